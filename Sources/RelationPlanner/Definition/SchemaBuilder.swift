// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes a schema of definitions: inheritance, keys, link models and relations, in that order.
struct SchemaBuilder {
    /// A model on its way: its properties grow by what relations imply.
    struct Draft {
        var definition: ModelDefinition
        var properties: [PropertyDraft] = []
        var positions: [String: Int] = [:]
        var primaryKey: [Int] = []
        var alternateName: String?
        var isPersisted = true

        mutating func add(_ property: PropertyDraft) -> Int {
            positions[property.definition.name] = properties.count
            properties.append(property)
            return properties.count - 1
        }
    }

    struct PropertyDraft {
        var definition: PropertyDefinition
        var isImplied = false
        /// The key an implied foreign key takes its type from.
        var copiedFrom: (model: Int, property: Int)?
    }

    var definitions: [ModelDefinition]
    var drafts: [Draft] = []
    var indexes: [String: Int] = [:]
    var lowercased: [String: Int] = [:]
    var problems: [PlannerError] = []
    var warnings: [DefinitionWarning] = []

    /// Relations that don't come in, by their models' and their own names.
    let leavingOut: Set<RelationPlace>

    init(_ definitions: [ModelDefinition], warnings: [DefinitionWarning] = [], leavingOut: Set<RelationPlace> = []) {
        self.definitions = definitions
        self.warnings = warnings
        self.leavingOut = leavingOut
    }

    mutating func build() throws(SchemaError) -> Schema {
        let given = (definitions: definitions, warnings: warnings)
        addBuiltIns()
        for definition in definitions { warnings += definition.warnings }
        mergeInheritance()
        applyConfigurations()
        noteMixins()
        for index in drafts.indices { layOutProperties(index) }
        makeLinkModels()
        for index in drafts.indices { implyKeys(index) }
        for index in drafts.indices { checkVisibility(index) }
        let relations = drafts.indices.map { resolveRelations($0) }
        // Scopes can only be checked when every name is resolved; a schema with holes would report the same twice.
        guard problems.isEmpty else { throw SchemaError(problems) }
        var schema = Schema(models: drafts.indices.map { model($0, relations[$0]) }, warnings: warnings)
        schema.origin = Schema.Origin(
            definitions: given.definitions, warnings: given.warnings, leftOut: leavingOut)
        try schema.checkScopes()
        return schema
    }

    // MARK: Problems

    mutating func problem(
        _ draft: Int, _ path: String, _ message: String, property: String? = nil, relation: String? = nil
    ) {
        let definition = drafts[draft].definition
        problems.append(
            PlannerError(
                .invalidDefinition, message, path: path, file: definition.file, model: definition.name,
                property: property, relation: relation))
    }

    /// Registers a draft under its name.
    mutating func register(_ draft: Draft) -> Int {
        let index = drafts.count
        drafts.append(draft)
        indexes[draft.definition.name] = index
        let lower = draft.definition.name.lowercased()
        if lowercased[lower] == nil { lowercased[lower] = index }
        return index
    }

    // MARK: Inheritance

    private static let rootBases: Set<String> = ["PersistedModel", "Model", "TransientModel"]

    private mutating func mergeInheritance() {
        var byName: [String: ModelDefinition] = [:]
        for definition in definitions {
            if let other = byName[definition.name] {
                problems.append(
                    PlannerError(
                        .invalidDefinition,
                        "The model \(definition.name) is defined twice\(other.file.map { ", also in \($0)" } ?? "").",
                        path: "name", file: definition.file, model: definition.name))
            } else {
                byName[definition.name] = definition
            }
        }
        var merged: [String: ModelDefinition] = [:]
        for definition in definitions where indexes[definition.name] == nil {
            // From the model up to the first ancestor that is merged, then down again.
            var line = [definition]
            var ancestor: ModelDefinition?
            while let current = line.last, !Self.rootBases.contains(current.base) {
                if let known = merged[current.base] {
                    ancestor = known
                    break
                }
                guard let base = byName[current.base] else {
                    problems.append(unknownBase(current, Array(byName.keys)))
                    break
                }
                if line.contains(where: { $0.name == base.name }) {
                    problems.append(
                        PlannerError(
                            .invalidDefinition, "The model extends itself by way of \(current.name).", path: "base",
                            file: definition.file, model: definition.name))
                    break
                }
                line.append(base)
            }
            while let current = line.popLast() {
                let result = ancestor.map { current.inheriting($0) } ?? current
                merged[current.name] = result
                ancestor = result
            }
            var draft = Draft(definition: merged[definition.name] ?? definition)
            draft.isPersisted = rootBase(of: definition, byName) != "Model"
            _ = register(draft)
        }
    }

    private func unknownBase(_ definition: ModelDefinition, _ names: [String]) -> PlannerError {
        let hint = Suggestion.text(for: definition.base, among: names)
        return PlannerError(
            .invalidDefinition,
            "The base model \"\(definition.base)\" doesn't exist.\(hint) Add its definition, or use \"PersistedModel\".",
            path: "base", file: definition.file, model: definition.name)
    }

    private func rootBase(of definition: ModelDefinition, _ byName: [String: ModelDefinition]) -> String {
        var base = definition.base
        for _ in byName {
            guard let next = byName[base] else { break }
            base = next.base
        }
        return base
    }

    // MARK: Properties

    private mutating func layOutProperties(_ index: Int) {
        let definition = drafts[index].definition
        for property in definition.properties {
            if drafts[index].positions[property.name] != nil {
                problem(index, "properties.\(property.name)", "The property is defined twice.", property: property.name)
                continue
            }
            _ = drafts[index].add(PropertyDraft(definition: property))
        }
        let keys = drafts[index].properties.indices.filter {
            drafts[index].properties[$0].definition.keyPosition != nil
        }
        let isInjected = definition.idInjection ?? drafts[index].isPersisted
        if keys.isEmpty, isInjected, drafts[index].positions["id"] == nil {
            let injected = PropertyDraft(definition: .id("id"), isImplied: false)
            // The key comes first, as LoopBack shows it.
            drafts[index].properties.insert(injected, at: 0)
            drafts[index].positions = drafts[index].positions.mapValues { $0 + 1 }
            drafts[index].positions["id"] = 0
            drafts[index].primaryKey = [0]
        } else {
            // Several `id: true` are a composite key in the order they are written.
            drafts[index].primaryKey = keys.enumerated().sorted { one, other in
                let first = drafts[index].properties[one.element].definition.keyPosition ?? 1
                let second = drafts[index].properties[other.element].definition.keyPosition ?? 1
                return (first, one.offset) < (second, other.offset)
            }.map(\.element)
        }
    }

    // MARK: The finished model

    private func columnType(_ draft: Int, _ property: Int) -> (type: ColumnType, isAssumed: Bool) {
        var place = (draft, property)
        // A foreign key can refer to a key that is a foreign key itself; a circle ends with the last one's default.
        for _ in 0...drafts.count {
            let property = drafts[place.0].properties[place.1]
            guard let origin = property.copiedFrom, property.definition.dataType == nil else { break }
            place = (origin.model, origin.property)
        }
        let definition = drafts[place.0].properties[place.1].definition
        return (definition.columnType, definition.dataType == nil)
    }

    private func model(_ index: Int, _ relations: [Relation]) -> Model {
        let draft = drafts[index]
        let definition = draft.definition
        let hidden = Set(definition.hidden).union(
            draft.properties.lazy.map(\.definition).filter(\.isHidden).map(\.name))
        let protected = Set(definition.protected)
        let properties = draft.properties.enumerated().map { position, property in
            let type = columnType(index, position)
            let isKey = draft.primaryKey.contains(position)
            return Property(
                id: position, name: property.definition.name, kind: property.definition.kind,
                column: property.definition.column ?? property.definition.name.lowercased(),
                columnType: type.type, isTypeAssumed: type.isAssumed,
                isNullable: property.definition.isNullable ?? !(isKey || property.definition.isRequired),
                isHidden: hidden.contains(property.definition.name),
                isProtected: protected.contains(property.definition.name),
                isGenerated: property.definition.isGenerated, isRequired: property.definition.isRequired,
                isImplied: property.isImplied, boxedDefinition: .box(property.definition))
        }
        var relations = relations
        for index in relations.indices {
            relations[index].isHidden = hidden.contains(relations[index].name)
            relations[index].isProtected = protected.contains(relations[index].name)
        }
        return Model(
            id: index, name: definition.name, plural: definition.plural ?? Inflection.plural(definition.name),
            tableSchema: definition.tableSchema ?? "public", table: definition.table ?? definition.name.lowercased(),
            isPersisted: draft.isPersisted, properties: properties, primaryKey: draft.primaryKey,
            relations: relations, defaultScope: nil, namedScopes: [], strictness: definition.strict ?? .allow,
            boxedDefinition: .box(definition), hiddenNames: hidden, protectedNames: protected,
            propertyIDs: draft.positions,
            relationIDs: Dictionary(relations.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first }),
            alternateName: draft.alternateName)
    }
}

extension ModelDefinition {
    /// The definition with what it takes over from its base: properties and relations are patched by name, scopes
    /// likewise, the default scope is replaced, hidden and protected names add up.
    func inheriting(_ base: ModelDefinition) -> ModelDefinition {
        var merged = self
        let excluded = Set(excludeBaseProperties)
        let own = Set(properties.map(\.name))
        // The base's order first, each property in its latest form.
        merged.properties =
            base.properties.filter { !excluded.contains($0.name) }.map { property in
                properties.first { $0.name == property.name } ?? property
            }
            + properties.filter { property in
                !base.properties.contains { $0.name == property.name && !excluded.contains($0.name) }
                    && own.contains(property.name)
            }
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
        merged.hidden = base.hidden.filter { !hidden.contains($0) } + hidden
        merged.protected = base.protected.filter { !protected.contains($0) } + protected
        merged.tableSchema = tableSchema ?? base.tableSchema
        merged.idInjection = idInjection ?? base.idInjection
        merged.forceId = forceId ?? base.forceId
        merged.strict = strict ?? base.strict
        merged.replaceOnPUT = replaceOnPUT ?? base.replaceOnPUT
        merged.validateUpsert = validateUpsert ?? base.validateUpsert
        merged.updateOnLoad = updateOnLoad ?? base.updateOnLoad
        merged.automaticValidation = automaticValidation ?? base.automaticValidation
        merged.strictDelete = strictDelete ?? base.strictDelete
        merged.persistUndefinedAsNull = persistUndefinedAsNull ?? base.persistUndefinedAsNull
        merged.defaultIdSort = defaultIdSort ?? base.defaultIdSort
        return merged
    }
}
