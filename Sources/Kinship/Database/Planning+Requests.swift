// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Planning {
    /// A model that has a table.
    func model(_ name: String) throws(PlannerError) -> Model {
        let model = schema[try schema.id(of: name)]
        try schema.requireTable(of: model)
        return model
    }

    /// The filter, checked and with the scopes merged.
    func resolve(
        _ model: Model, scopes: [ScopeRequest] = [], filter: JSONValue?, unscoped: Bool,
        adjust: (inout Filter, Schema) throws(PlannerError) -> Void = { _, _ in }
    ) throws -> Filter {
        var checked = try filter.map { try schema.filter($0, for: model.id, cursors: trees.cursors) } ?? Filter()
        for scope in scopes { checked = try schema.scoped(checked, by: scope, of: model.id) }
        try adjust(&checked, schema)
        return try schema.resolved(checked, for: model.id, unscoped: unscoped)
    }

    /// The plan of a filter's shape, made at first use, and the values taken out of it.
    func prepare(
        _ name: String, scopes: [ScopeRequest] = [], filter: JSONValue?, unscoped: Bool,
        adjust: (inout Filter, Schema) throws(PlannerError) -> Void = { _, _ in }
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let model = try self.model(name)
        return try prepare(
            resolve(model, scopes: scopes, filter: filter, unscoped: unscoped, adjust: adjust), for: model)
    }

    /// The plan of a filter that is resolved.
    ///
    /// - Parameter isRootGiven: for runs whose root rows come from elsewhere: their statements go out level by level.
    func prepare(
        _ resolved: Filter, for model: Model, isRootGiven: Bool = false
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let (shape, values) = resolved.parameterized()
        let strategy =
            isRootGiven
            ? .byLevel
            : trees.strategy(roundTrip: roundTrip, isPoint: resolved.include.isEmpty || shape.asksForOne(of: model))
        let key = PlanKey(model: model.id, shape: shape, strategy: strategy, isRootGiven: isRootGiven)
        let plan = try plans.value(key) {
            PreparedPlan(
                try planner.plan(shape, for: model.id, strategy: strategy, isRootGiven: isRootGiven), schema: schema)
        }
        return (plan, values)
    }

    /// `key = id`, checked against the key's type.
    func keyCondition(_ id: JSONValue, of model: Model) throws(PlannerError) -> Condition {
        let key = try simpleKey(of: model)
        return .comparison(Condition.Operand(key), .equal, try schema.value(id, of: key, in: model.id))
    }

    /// The one property of the model's primary key.
    func simpleKey(of model: Model) throws(PlannerError) -> Property.ID {
        guard let key = model.primaryKey.first, model.primaryKey.count == 1 else {
            throw PlannerError(
                .unsupported, "\(model.name) has no primary key of one property; use find with a where.",
                model: model.name)
        }
        return key
    }

    /// The plan of a count under a condition that is resolved, and the values taken out of it.
    func prepareCount(_ condition: Condition, of model: Model) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let (shape, values) = condition.parameterized()
        return (PreparedPlan(try planner.countPlan(shape, for: model.id), schema: schema), values)
    }
}
