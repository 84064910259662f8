// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Checks the filter that the accessor of a relation is asked with, and gives the include that loads what it asks for.
    ///
    /// ```swift
    /// let include = try schema.accessor("orders", filter: ["limit": 3], of: customer.id)
    /// ```
    ///
    /// Unlike an include's scope the filter stands at the root: its paths begin with its own keys, protected properties
    /// may be asked about and are shown, and `disableInclude` has no say.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_RELATION`, and as ``filter(_:for:limits:)``; `LIMIT_ON_TO_ONE` for limits and
    ///   cursors where there is one row at most.
    package func accessor(
        _ name: String, filter: JSONValue?, of model: Model.ID, limits: FilterLimits = .standard,
        cursors: CursorSeal = .unsigned
    ) throws(PlannerError) -> Include {
        let model = try self.model(model)
        guard let relation = model.relation(name) else {
            throw PlannerError(
                .unknownRelation,
                "\(model.name) has no relation \"\(name)\".\(model.suggestion(forRelation: name))",
                model: model.name, relation: name)
        }
        let context = ReadingContext(self, limits: limits, seal: cursors)
        try AccessRules(context: context).requireTables(of: relation, model)
        var include = Include(relation.id)
        guard let target = relation.target else {
            if let filter, filter != .null {
                include.typeScopes = try TypeScopeReader(context: context).commonScopes(
                    filter, relation.polymorphic?.targets ?? [], isWritten: true)
            }
            return include
        }
        if let filter {
            include.scope = try FilterReader(context: context).filter(
                filter, models[target], relation.isToMany ? .toMany : .toOne)
        }
        let properties = models[target].properties
        if include.scope.fields == nil, properties.contains(where: \.isProtected) {
            include.scope.fields = properties.filter { !$0.isHidden }.map(\.id)
        }
        return include
    }
}
