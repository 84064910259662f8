// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads the scopes of relations that lead to models of several types.
struct TypeScopeReader: ContextReader {
    let context: ReadingContext

    /// The scopes of a polymorphic belongsTo, checked for every type it can lead to (B5, D18).
    ///
    /// The common scope applies to the types it fits. What a type doesn't have is left out of its fields, order and
    /// includes; a condition on such a property excludes the type's rows, so that never more rows match than the
    /// condition says. A name that fits no type is an error.
    ///
    /// - Parameter isWritten: whether the word "scope" was written, for the path.
    func typeScopes(
        _ scope: JSONValue, _ scopes: JSONValue, _ relation: Relation, _ model: Model, isWritten: Bool
    ) throws(PlannerError) -> [Include.TypeScope] {
        let targets = relation.polymorphic?.targets ?? []
        var found: [Include.TypeScope] = []
        if scope != .null {
            found =
                isWritten
                ? try at("scope") { () throws(PlannerError) in
                    try commonScopes(scope, targets, isWritten: true)
                } : try commonScopes(scope, targets, isWritten: false)
        }
        guard scopes != .null else { return found }
        try at("scopes") { () throws(PlannerError) in
            guard case .object(let members) = scopes else {
                throw error(
                    .invalidInclude, "\"scopes\" is an object with a scope for each type, not \(scopes.kindName).",
                    model: model, relation: relation.name)
            }
            for member in members {
                try at(member.key) { () throws(PlannerError) in
                    try addScope(member, targets, relation, model, to: &found)
                }
            }
        }
        return found
    }

    /// The scope of one type, by its name.
    private func addScope(
        _ member: JSONValue.Member, _ targets: [Model.ID], _ relation: Relation, _ model: Model,
        to found: inout [Include.TypeScope]
    ) throws(PlannerError) {
        guard let target = schema.modelIDs[member.key], targets.contains(target) else {
            throw error(
                .invalidInclude, "\"\(member.key)\" is no model that \(model.name).\(relation.name) can lead to.",
                model: model, relation: relation.name)
        }
        let own = try nested { () throws(PlannerError) in
            try inside { () throws(PlannerError) in
                try filterReader.filter(member.value, schema.models[target], .toOne)
            }
        }
        if let known = found.firstIndex(where: { $0.model == target }) {
            found[known].scope = found[known].scope.merged(withLater: own)
        } else if own != Filter() {
            found.append(Include.TypeScope(target, own))
        }
    }

    /// One scope for every type.
    func commonScopes(
        _ json: JSONValue, _ targets: [Model.ID], isWritten: Bool
    ) throws(PlannerError) -> [Include.TypeScope] {
        var found: [Include.TypeScope] = []
        /// How many types each misfit was seen with.
        var counts: [PlannerError: Int] = [:]
        var order: [PlannerError] = []
        let before = context.misfits
        defer { context.misfits = before }
        // Each type is checked and planned by itself, so it counts by itself.
        for target in targets {
            context.misfits = []
            var scope = Filter()
            do {
                scope = try lenientScope(json, schema.models[target], isWritten: isWritten)
            } catch {
                // Values that don't fit the type's columns exclude it, too; anything else is wrong for all types.
                guard error.code == .invalidValue, error.model == schema.models[target].name else { throw error }
                context.misfits = (context.misfits ?? []) + [error]
                scope.condition = .never
            }
            for misfit in context.misfits ?? [] {
                // The same mistake has the same place in the filter, whatever the type is.
                var general = misfit
                (general.model, general.message) = (nil, "")
                if counts.updateValue((counts[general] ?? 0) + 1, forKey: general) == nil { order.append(misfit) }
            }
            if scope != Filter() { found.append(Include.TypeScope(target, scope)) }
        }
        for misfit in order {
            var general = misfit
            (general.model, general.message) = (nil, "")
            if counts[general] == targets.count { throw misfit }
        }
        return found
    }

    private func lenientScope(_ json: JSONValue, _ target: Model, isWritten: Bool) throws(PlannerError) -> Filter {
        try nested { () throws(PlannerError) in
            try inside { () throws(PlannerError) in
                if isWritten { return try filterReader.filter(json, target, .toOne) }
                var filter = Filter()
                filter.include = try includeReader.includes(json["include"] ?? .null, target)
                return filter
            }
        }
    }
}
