// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Checks a scope, whether it stands in a definition or a function gave it.
    func scope(
        _ json: JSONValue, _ path: [String], at target: Model, _ position: FilterChecker.Position,
        through relation: Relation? = nil
    ) throws(PlannerError) -> Filter {
        var checker = FilterChecker(self, limits: .trusted, isTrusted: true)
        checker.way = relation.map { .init($0, .definition) }
        for key in path { checker.path(push: key) }
        if position != .root { checker.isNested = true }
        let filter = try checker.filter(json, target, position)
        if filter.page || filter.pageCursors || filter.cursor != nil || filter.distinct {
            throw checker.error(
                .invalidFilter, "A scope can't have \"page\", \"distinct\", \"after\" or \"before\".")
        }
        return filter
    }

    /// Checks the scope of a relation to several types, for each of them.
    ///
    /// - Parameter path: the place of the scope, whose last key is `scope`.
    func typeScopes(
        _ json: JSONValue, _ path: [String], _ relation: Relation, _ owner: Model
    ) throws(PlannerError) -> [Include.TypeScope] {
        var checker = FilterChecker(self, limits: .trusted, isTrusted: true)
        for key in path.dropLast() { checker.path(push: key) }
        return try checker.typeScopes(json, .null, relation, owner, isWritten: true)
    }
}
