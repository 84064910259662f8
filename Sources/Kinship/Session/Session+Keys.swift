// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// The records with any of these keys, in the order of the keys, each once; keys without a record are left out.
    ///
    /// ```swift
    /// let graph = try await database.findByIds("Customer", ids: [5, 1, 3], filter: ["fields": ["id", "name"]])
    /// ```
    ///
    /// - Parameters:
    ///   - ids: the keys: numbers, texts, UUIDs, JSON; nulls match nothing.
    ///   - filter: a LoopBack filter; its condition holds beside the keys, and its order takes the place of theirs.
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a key that its column can't hold, with its place (`ids[2]`).
    /// - Note: The statements of ``find(_:filter:)-(String,JSONValue?)``, however many keys there are.
    public func findByIds(_ model: String, ids: [some FilterPart], filter: JSONValue? = nil) async throws -> Graph {
        try await findByIds(
            model,
            ids: ids.enumerated().map { position, id in
                do {
                    return try id.part()
                } catch let error as PlannerError {
                    throw error.below("ids[\(position)]")
                }
            }, filter: filter)
    }

    /// ``findByIds(_:ids:filter:)-(String,[FilterPart],_)`` with keys as JSON.
    ///
    /// ```swift
    /// let graph = try await database.findByIds("Customer", ids: [5, "1", .null])
    /// ```
    public func findByIds(_ model: String, ids: [JSONValue], filter: JSONValue? = nil) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(model)
            let key = try planning.simpleKey(of: target)
            let type = target.properties[key].columnType
            var keys: [BoundValue] = []
            for (position, id) in ids.enumerated() where id != .null {
                do throws(PlannerError) {
                    let value = try planning.schema.value(id, of: key, in: target.id)
                    // No day is an instant inside one (B10).
                    if value.type.category == type.category { keys.append(value) }
                } catch {
                    var error = error
                    error.path = "ids[\(position)]"
                    throw error
                }
            }
            let list = BoundValue(type.array, .array(keys.map(\.contents)))
            let operand = Condition.Operand(key)
            let (plan, values) = try planning.prepare(
                model, filter: filter, unscoped: context.isUnscoped
            ) {
                filter, _ in
                filter.condition = .all([
                    filter.condition, .member(operand, values: list, matchesNull: false, negated: false),
                ])
                if filter.order.isEmpty, !filter.distinct {
                    var term = OrderTerm(operand)
                    term.list = list
                    filter.order = [term]
                }
            }
            return try await context.run(plan, values, planning, as: .findByIds)
        }
    }
}
