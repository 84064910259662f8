// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FilterChecker {
    /// The scopes of a polymorphic belongsTo, checked for every type it can lead to (B5, D18).
    ///
    /// The common scope applies to the types it fits. What a type doesn't have is left out of its fields, order and
    /// includes; a condition on such a property excludes the type's rows, so that never more rows match than the
    /// condition says. A name that fits no type is an error.
    mutating func typeScopes(
        _ scope: JSONValue, _ scopes: JSONValue, _ relation: Relation, _ model: Model, isWritten: Bool
    ) throws(PlannerError) -> [Include.TypeScope] {
        let targets = relation.polymorphic?.targets ?? []
        var found: [Include.TypeScope] = []
        if scope != .null {
            if isWritten { path(push: "scope") }
            defer { if isWritten { pathPop() } }
            found = try commonScopes(scope, targets, isWritten: isWritten)
        }
        guard scopes != .null else { return found }
        path(push: "scopes")
        defer { pathPop() }
        guard case .object(let members) = scopes else {
            throw error(
                .invalidInclude, "\"scopes\" is an object with a scope for each type, not \(scopes.kindName).",
                model: model,
                relation: relation.name)
        }
        for member in members {
            path(push: member.key)
            defer { pathPop() }
            guard let target = schema.modelIDs[member.key], targets.contains(target) else {
                throw error(
                    .invalidInclude, "\"\(member.key)\" is no model that \(model.name).\(relation.name) can lead to.",
                    model: model, relation: relation.name)
            }
            let targetModel = schema.models[target]
            let own = try nested { (checker) throws(PlannerError) in
                try checker.inside { (checker) throws(PlannerError) in
                    try checker.filter(member.value, targetModel, .toOne)
                }
            }
            if let known = found.firstIndex(where: { $0.model == target }) {
                found[known].scope = found[known].scope.merged(withLater: own)
            } else if own != Filter() {
                found.append(Include.TypeScope(target, own))
            }
        }
        return found
    }

    /// One scope for every type.
    mutating func commonScopes(
        _ json: JSONValue, _ targets: [Model.ID], isWritten: Bool
    ) throws(PlannerError) -> [Include.TypeScope] {
        var found: [Include.TypeScope] = []
        /// How many types each misfit was seen with.
        var misfits: [PlannerError: Int] = [:]
        var order: [PlannerError] = []
        // Each type is checked and planned by itself, so it counts by itself.
        var last = self
        for target in targets {
            var checker = self
            checker.misfits = []
            checker.adoptNodes(of: last)
            var scope = Filter()
            do {
                scope = try checker.lenientScope(json, schema.models[target], isWritten: isWritten)
            } catch {
                // Values that don't fit the type's columns exclude it, too; anything else is wrong for all types.
                guard error.code == .invalidValue, error.model == schema.models[target].name else { throw error }
                checker.misfits = (checker.misfits ?? []) + [error]
                scope.condition = .never
            }
            for misfit in checker.misfits ?? [] {
                // The same mistake has the same place in the filter, whatever the type is.
                var general = misfit
                (general.model, general.message) = (nil, "")
                if misfits.updateValue((misfits[general] ?? 0) + 1, forKey: general) == nil { order.append(misfit) }
            }
            if scope != Filter() { found.append(Include.TypeScope(target, scope)) }
            last = checker
        }
        adoptNodes(of: last)
        for misfit in order {
            var general = misfit
            (general.model, general.message) = (nil, "")
            if misfits[general] == targets.count { throw misfit }
        }
        return found
    }

    private mutating func lenientScope(
        _ json: JSONValue, _ target: Model, isWritten: Bool
    ) throws(PlannerError) -> Filter {
        try nested { (checker) throws(PlannerError) in
            try checker.inside { (checker) throws(PlannerError) in
                if isWritten { return try checker.filter(json, target, .toOne) }
                var filter = Filter()
                filter.include = try checker.includes(json["include"] ?? .null, target)
                return filter
            }
        }
    }
}
