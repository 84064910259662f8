// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Planning {
    /// A model that has a table.
    func model(_ name: String) throws(PlannerError) -> Model {
        let model = try heldModel(name)
        if !isFollowing { try scoped.requireOwned(model) }
        return model
    }

    /// The model of a name, whoever asks for it: for what an operation does besides.
    func heldModel(_ name: String) throws(PlannerError) -> Model {
        let model = schema[try schema.id(of: name)]
        try schema.requireTable(of: model)
        return model
    }

    /// The filter, checked and with the scopes merged.
    func resolve(
        _ model: Model, scopes: [ScopeRequest] = [], filter: JSONValue?, unscoped: Bool,
        adjust: (inout Filter, Schema) throws(PlannerError) -> Void = { _, _ in }
    ) throws -> Filter {
        var checked =
            try filter.map { try schema.filter($0, for: model.id, limits: trees.filterLimits, cursors: trees.cursors) }
            ?? Filter()
        if trees.isNarrowing { checked.beNarrowed() }
        for scope in scopes { checked = try scoped.scoped(checked, by: scope, of: model.id) }
        try adjust(&checked, schema)
        return try scoped.resolved(checked, for: model.id, unscoped: unscoped)
    }

    /// The plan of a request, and the values to bind: without checking, merging and planning where a request like it came before.
    ///
    /// - Parameter kind: what is done with it.
    func prepare(
        _ kind: RequestKey.Kind, _ name: String, scopes: [ScopeRequest] = [], filter: JSONValue?,
        unscoped: Bool
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        // What a function gives is this request's alone.
        guard !schema.hasScopeFunctions, !scoped.isOwn,
            !trees.isNarrowing || !kind.isOfRecords || !isCut(filter, scopes, name),
            let key = RequestKey(
                kind, model: name, scopes: scopes, filter: filter, isUnscoped: unscoped, trees: trees)
        else { return try make(kind, name, scopes, filter, unscoped) }
        let hash = requests.hash(key)
        let literals = key.literals
        let known = requests.value(key, hash: hash)
        if let known, let values = known.values(for: literals) {
            requests.noteHit()
            return (known.plan, values)
        }
        let (plan, values) = try make(kind, name, scopes, filter, unscoped)
        requests.keep(
            known?.learned(plan, values, literals) ?? RequestTemplate(plan, values, literals), of: key, hash: hash,
            weight: plan.size)
        return (plan, values)
    }

    /// Whether both a filter and a scope may say how many records there are: then its limit isn't what is bound, and can't be put
    /// in its place for the next request.
    private func isCut(_ filter: JSONValue?, _ scopes: [ScopeRequest], _ name: String) -> Bool {
        guard case .object(let members)? = filter, members.contains(where: { $0.key == "limit" || $0.key == "skip" })
        else { return false }
        if !scopes.isEmpty { return true }
        guard let model = try? schema.id(of: name), let scope = try? scoped.scopes(of: model).byDefault else {
            return false
        }
        return scope.limit != nil || scope.skip != nil
    }

    private func make(
        _ kind: RequestKey.Kind, _ name: String, _ scopes: [ScopeRequest], _ filter: JSONValue?, _ unscoped: Bool
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let model = try self.model(name)
        switch kind {
        case .list:
            return try prepare(
                limited(try resolve(model, scopes: scopes, filter: filter, unscoped: unscoped)), for: model)
        case .first:
            var resolved = try resolve(model, scopes: scopes, filter: filter, unscoped: unscoped)
            // Behind the scopes, whose limits would win (K2).
            resolved.limit = .rows(1)
            return try prepare(resolved, for: model)
        case .count:
            return try prepareCount(try counted(model, scopes, filter, unscoped), of: model)
        case .numbers(let functions, let count):
            let numbers = try schema.summary(functions, count: count, for: model.id, limits: trees.filterLimits)
            return try prepare(numbers, of: try counted(model, scopes, filter, unscoped), of: model)
        }
    }

    /// The condition of what is counted, with the scopes merged.
    private func counted(
        _ model: Model, _ scopes: [ScopeRequest], _ condition: JSONValue?, _ unscoped: Bool
    ) throws -> Condition {
        var checked = Filter()
        if let condition { checked.condition = try schema.where(condition, for: model.id, limits: trees.filterLimits) }
        for scope in scopes { checked = try scoped.scoped(checked, by: scope, of: model.id) }
        return try scoped.resolved(
            checked.condition, for: model.id, unscoped: unscoped, isCounted: true, deleted: checked.deleted)
    }

    /// The plan of a filter that the caller adds to; the default limit doesn't hold, for it has said which records.
    func prepare(
        _ name: String, filter: JSONValue?, unscoped: Bool,
        adjust: (inout Filter, Schema) throws(PlannerError) -> Void
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let model = try self.model(name)
        return try prepare(
            try resolve(model, filter: filter, unscoped: unscoped, adjust: adjust), for: model)
    }

    /// The plan of a filter that is resolved.
    ///
    /// - Parameters:
    ///   - isRootGiven: for runs whose root rows come from elsewhere: their statements go out level by level.
    ///   - isInParts: and these come part by part.
    func prepare(
        _ resolved: Filter, for model: Model, isRootGiven: Bool = false, isInParts: Bool = false
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let (shape, values) = try scoped.within(resolved, model).parameterized()
        let strategy =
            isRootGiven || isInParts
            ? .byLevel
            : trees.strategy(roundTrip: roundTrip, isPoint: resolved.include.isEmpty || shape.asksForOne(of: model))
        let key = PlanKey(
            model: model.id, shape: shape, strategy: strategy, isRootGiven: isRootGiven, isInParts: isInParts)
        return (try plan(key), values)
    }

    /// The plan of a shape, made at first use.
    func plan(_ key: PlanKey) throws -> PreparedPlan {
        try plans.value(key, weight: \.size) {
            PreparedPlan(
                try planner.plan(
                    key.shape, for: key.model, strategy: key.strategy, isRootGiven: key.isRootGiven,
                    isInParts: key.isInParts),
                of: key.shape, for: key.model, schema: schema, key: key)
        }
    }

    /// `key = id`, checked against the types of the key's properties.
    func keyCondition(_ id: JSONValue, of model: Model) throws(PlannerError) -> Condition {
        let key = try primaryKey(of: model)
        let values = try keyValues(id, of: model)
        let parts = zip(key, values).map { Condition.comparison(Condition.Operand($0), .equal, $1) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    /// A key's values, in the order of the model's primary key; null is none.
    ///
    /// - Parameter id: the value of a key of one property; an object for one of several.
    func keyValues(_ id: JSONValue, of model: Model) throws(PlannerError) -> [BoundValue] {
        let key = try primaryKey(of: model)
        guard key.count > 1 else { return [try schema.value(id, of: key[0], in: model.id)] }
        let names = key.map { model.properties[$0].name }
        func wrong(_ what: String) -> PlannerError {
            let example = names.map { "\"\($0)\": …" }.joined(separator: ", ")
            return PlannerError(
                .invalidValue, "\(what); the key of \(model.name) is an object such as {\(example)}.", model: model.name
            )
        }
        guard let members = id.members else { throw wrong("\(id) is no key") }
        for member in members where !names.contains(member.key) {
            throw wrong("\"\(member.key)\" is no property of the key")
        }
        var values: [BoundValue] = []
        for (property, name) in zip(key, names) {
            guard let value = id[name] else { throw wrong("\"\(name)\" is missing") }
            values.append(try schema.value(value, of: property, in: model.id))
        }
        return values
    }

    /// The properties of the model's primary key.
    func primaryKey(of model: Model) throws(PlannerError) -> [Property.ID] {
        guard !model.primaryKey.isEmpty else {
            throw PlannerError(
                .unsupported, "\(model.name) has no primary key; use find with a where.", model: model.name)
        }
        return model.primaryKey
    }

    /// The one property of the model's primary key.
    func simpleKey(of model: Model) throws(PlannerError) -> Property.ID {
        let key = try primaryKey(of: model)
        guard key.count == 1 else {
            throw PlannerError(
                .unsupported, "\(model.name) has a primary key of several properties; use find with a where.",
                model: model.name)
        }
        return key[0]
    }

    /// The plan of a count under a condition that is resolved, and the values taken out of it.
    func prepareCount(_ condition: Condition, of model: Model) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        try prepare(Include.Summary(count: true), of: condition, of: model)
    }

    /// The plan of numbers about what meets a condition that is resolved, and the values taken out of it.
    func prepare(
        _ numbers: Include.Summary, of condition: Condition, of model: Model
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let (shape, values) = try scoped.within(condition, model).parameterized()
        var filter = Filter()
        filter.condition = shape
        let key = PlanKey(
            model: model.id, shape: filter, strategy: .byLevel, isRootGiven: false, isInParts: false, numbers: numbers)
        let plan = try plans.value(key, weight: \.size) {
            PreparedPlan(
                try planner.numbersPlan(numbers, of: shape, for: model.id), of: filter, for: model.id, schema: schema,
                numbers: numbers)
        }
        return (plan, values)
    }
}
