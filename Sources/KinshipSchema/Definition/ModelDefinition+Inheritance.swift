// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ModelDefinition {
    /// The definition with what it takes over from its base: properties and relations are patched by name, scopes
    /// likewise, the default scope is replaced, hidden and protected names add up.
    func inheriting(_ base: ModelDefinition) -> ModelDefinition {
        var merged = self
        let excluded = Set(excludeBaseProperties)
        // A model with a key of its own doesn't take over its base's.
        let hasKey = properties.contains { $0.keyPosition != nil }
        let inherited = base.properties.filter { property in
            !excluded.contains(property.name)
                && (!hasKey || property.keyPosition == nil || properties.contains { $0.name == property.name })
        }
        // The base's order first, each property in its latest form; what is hidden stays so.
        merged.properties =
            inherited.map { property in
                guard var own = properties.first(where: { $0.name == property.name }) else { return property }
                own.isHidden = own.isHidden || property.isHidden
                return own
            }
            + properties.filter { property in !inherited.contains { $0.name == property.name } }
        merged.excludeBaseProperties =
            base.excludeBaseProperties.filter { !excluded.contains($0) } + excludeBaseProperties
        merged.relations =
            base.relations.map { relation in relations.first { $0.name == relation.name } ?? relation }
            + relations.filter { relation in !base.relations.contains { $0.name == relation.name } }
        merged.scopes =
            base.scopes.filter { scopeFunctions[$0.key] == nil }
            .map { scope in scopes.first { $0.key == scope.key } ?? scope }
            + scopes.filter { scope in !base.scopes.contains { $0.key == scope.key } }
        for (name, function) in base.scopeFunctions
        where merged.scopeFunctions[name] == nil && !scopes.contains(where: { $0.key == name }) {
            merged.scopeFunctions[name] = function
        }
        if scope == nil, scopeFunction == nil {
            (merged.scope, merged.scopeFunction) = (base.scope, base.scopeFunction)
        }
        merged.methods =
            base.methods.filter { method in !methods.contains { $0.name == method.name } } + methods
        merged.hidden = base.hidden.filter { !hidden.contains($0) } + hidden
        merged.protected = base.protected.filter { !protected.contains($0) } + protected
        if case .object(let mixins)? = base.settings["mixins"] {
            var own = settings["mixins"]?.members ?? []
            own += mixins.filter { own[$0.key] == nil }
            merged.settings.removeAll { $0.key == "mixins" }
            merged.settings.append(.init("mixins", .object(own)))
        }
        merged.settings = merged.settings.inheritingRules(of: base.settings)
        merged.tableSchema = tableSchema ?? base.tableSchema
        merged.idInjection = idInjection ?? base.idInjection
        merged.forceId = forceId ?? base.forceId
        merged.strict = strict ?? base.strict
        merged.replaceOnPUT = replaceOnPUT ?? base.replaceOnPUT
        merged.validateUpsert = validateUpsert ?? base.validateUpsert
        merged.updateOnLoad = updateOnLoad ?? base.updateOnLoad
        merged.automaticValidation = automaticValidation ?? base.automaticValidation
        merged.softDelete = softDelete ?? base.softDelete
        merged.tenant = tenant ?? base.tenant
        merged.version = version ?? base.version
        merged.strictDelete = strictDelete ?? base.strictDelete
        merged.persistUndefinedAsNull = persistUndefinedAsNull ?? base.persistUndefinedAsNull
        merged.defaultIdSort = defaultIdSort ?? base.defaultIdSort
        return merged
    }
}

extension [JSONValue.Member] {
    /// With what a base model says of who may do what: its rules ahead of the own ones, the rest where nothing else is said.
    fileprivate func inheritingRules(of base: Self) -> Self {
        var merged = self
        let own = self["acls"]?.elements ?? []
        let rules = (base["acls"]?.elements ?? []) + own
        if !rules.isEmpty {
            merged.removeAll { $0.key == "acls" }
            merged.append(.init("acls", .array(rules)))
        }
        for name in ["aclErrorStatus", "defaultPermission", "ownerRelations", "allowEternalTokens", "ttl", "maxTTL"] {
            if self[name] == nil, let value = base[name] { merged.append(.init(name, value)) }
        }
        return merged
    }
}
