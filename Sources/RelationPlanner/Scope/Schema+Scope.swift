// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Checks a scope, whether it stands in a definition or a function gave it.
    func scope(
        _ json: JSONValue, _ path: [String], at target: Model, _ position: FilterPosition,
        through relation: Relation? = nil
    ) throws(PlannerError) -> Filter {
        let context = ReadingContext(
            self, limits: .trusted, isTrusted: true, path: path, isNested: position != .root,
            way: relation.map { RelationWay($0, .definition) })
        let filter = try FilterReader(context: context).filter(json, target, position)
        if filter.page || filter.pageCursors || filter.cursor != nil || filter.distinct {
            throw context.error(
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
        let context = ReadingContext(self, limits: .trusted, isTrusted: true, path: path.dropLast())
        return try TypeScopeReader(context: context).typeScopes(json, .null, relation, owner, isWritten: true)
    }
}

extension Schema {
    /// Checks a condition of the program's own, which may ask about what is hidden.
    ///
    /// - Throws: ``PlannerError`` where it can't be asked of the model.
    package func trustedWhere(_ json: JSONValue, for model: Model) throws(PlannerError) -> Condition {
        try scope(.object([.init("where", json)]), ["where"], at: model, .root).condition
    }
}
