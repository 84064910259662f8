// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Conditions and orders on related rows.
extension ScopedSchema {
    func resolve(
        _ condition: Condition, _ model: Model, _ defaults: DefaultScopes
    ) throws(PlannerError) -> Condition {
        var resolved = condition
        try resolved.updateChildren { (child) throws(PlannerError) in child = try resolve(child, model, defaults) }
        try resolved.updateRelated { (related) throws(PlannerError) in
            let relation = model.relations[related.relation]
            guard let target = relation.target else { return }
            related.condition = try resolve(related.condition, schema.models[target], defaults)
            (related.scope, related.order) = try restriction(relation, schema.models[target], defaults)
            related.linkScope = try linkRestriction(relation, defaults)
        }
        return resolved
    }

    /// Which targets of a relation there are for conditions and orders: its scope's `where` and the target's default; and in
    /// which order they come, where it is to-one and the first of several is the record (D20).
    private func restriction(
        _ relation: Relation, _ target: Model, _ defaults: DefaultScopes
    ) throws(PlannerError) -> (condition: Condition, order: [OrderTerm]) {
        try refuseFunction(relation)
        var scope = scoped(Filter(), by: written(relation))
        if let own = try defaults.scope(of: target) { scope = scope.merging(scope: own) }
        let asked = try related?.condition(relation, target, .condition, self) ?? .always
        let condition = try resolve(scope.condition, target, defaults).and(try standing(target)).and(asked)
        guard !relation.isToMany, !schema.isSingle(relation) else { return (condition, []) }
        if scope.order.isEmpty { return (condition, nearness(condition).map { [$0] } ?? []) }
        guard scope.order.contains(where: { $0.related != nil }) else { return (condition, scope.order) }
        guard defaults.beginOrder(of: relation) else { throw orderedByItself(relation) }
        defer { defaults.endOrder(of: relation) }
        var order = scope.order
        for index in order.indices { order[index] = try resolve(order[index], target, defaults) }
        return (condition, order)
    }

    private func orderedByItself(_ relation: Relation) -> PlannerError {
        let model = schema.models[relation.source]
        return PlannerError(
            .invalidScope,
            "The scope of \(model.name).\(relation.name) orders its records by way of the relation itself: finding the first would never end. Order them by something else.",
            path: "relations.\(relation.name).scope.order", file: model.definition.file, model: model.name,
            relation: relation.name)
    }

    /// Which links of a relation there are.
    func linkRestriction(
        _ relation: Relation, _ defaults: DefaultScopes
    ) throws(PlannerError) -> Condition {
        guard let through = relation.through else { return .always }
        let model = schema.models[through.model]
        let scope = (written(relation).links?.condition ?? .always).and(
            try defaults.scope(of: model)?.condition ?? .always)
        return try resolve(scope, model, defaults).and(try standing(model))
    }

    func resolve(
        _ term: OrderTerm, _ model: Model, _ defaults: DefaultScopes
    ) throws(PlannerError) -> OrderTerm {
        guard var related = term.related else { return term }
        var owner = model
        for index in related.path.indices {
            let relation = owner.relations[related.path[index].relation]
            guard let target = relation.target else { break }
            (related.path[index].scope, related.path[index].order) = try restriction(
                relation, schema.models[target], defaults)
            related.path[index].linkScope = try linkRestriction(relation, defaults)
            owner = schema.models[target]
        }
        var resolved = term
        resolved.related = related
        return resolved
    }

    /// A scope that is a function of the record has no meaning where many records are asked about at once; leaving it out
    /// would show rows it was written to keep away.
    private func refuseFunction(_ relation: Relation) throws(PlannerError) {
        guard relation.hasScopeFunction else { return }
        let model = schema.models[relation.source].name
        throw PlannerError(
            .unsupported,
            "The scope of \(model).\(relation.name) is a function of the record, so the relation can be read and included, but not asked about or ordered by.",
            model: model, relation: relation.name)
    }

    /// Rows near a point come nearest first when no order is asked.
    func nearness(_ condition: Condition) -> OrderTerm? {
        for case .near(let operand, let nearness) in condition.conjuncts {
            var term = OrderTerm(operand)
            term.distance = nearness.center
            return term
        }
        return nil
    }
}
