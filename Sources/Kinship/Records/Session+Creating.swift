// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Makes a record.
    ///
    /// ```swift
    /// let order = try await database.create("Order", ["customerId": 7, "status": "open"], filter: ["include": "customer"])
    /// ```
    ///
    /// The data are checked as a whole before anything is sent. What they leave out gets the property's default, else the
    /// database's; the equality values of the model's default scope are written (D39). Related records in them are not stored.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - data: the record, as an object.
    ///   - filter: what comes back: `fields` and `include`; nothing else of it counts.
    /// - Returns: a graph of the one record, as the database has it now.
    /// - Throws: ``ValidationError`` with all that is wrong with the data; ``PlannerError``; ``ConstraintViolation`` for what the
    ///   database's constraints forbid.
    /// - Note: One statement and round trip; with includes a transaction, whose statements are those of
    ///   ``find(_:filter:)-(String,JSONValue?)`` besides.
    @discardableResult
    public func create(_ model: String, _ data: JSONValue, filter: JSONValue? = nil) async throws -> Graph {
        if let hooked = context.hooked(model, as: .create) {
            return try await hooked.create([data], .init(purpose: .create)) { session, data in
                try await session.create(model, data[0], filter: filter)
            }
        }
        return try await context.answering { planning in
            let graph: Graph
            if filter == nil, context.isPlain,
                let (plan, values) = try planning.knownCreation(data, of: model, unscoped: context.isUnscoped)
            {
                graph = try await context.make(plan, values, planning, as: .create)
            } else {
                let target = try planning.model(model)
                let change = try planning.creation([data], isList: false, of: target, unscoped: context.isUnscoped)
                graph = try await context.change(
                    change, of: target, answering: try planning.answer(filter, of: target), planning, as: .create)
            }
            guard graph.count == 1 else { throw planning.notMade(1, of: 1, try planning.model(model)) }
            return graph
        }
    }

    /// Makes many records (D35): all of them or none.
    ///
    /// ```swift
    /// let items = try await database.createAll("Item", [["sku": "A", "qty": 1], ["sku": "B", "qty": 2]])
    /// ```
    ///
    /// - Returns: the records in the order of the data.
    /// - Throws: as ``create(_:_:filter:)``; the problems of all records at once, their places beginning with `[n]`.
    /// - Note: One statement, whose text is the same for any number of records, and one round trip; none at all for no records.
    @discardableResult
    public func createAll(_ model: String, _ data: [JSONValue], filter: JSONValue? = nil) async throws -> Graph {
        if let hooked = context.hooked(model, as: .createAll), !data.isEmpty {
            return try await hooked.create(data, .init(purpose: .create, isList: true)) { session, data in
                try await session.createAll(model, data, filter: filter)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            guard !data.isEmpty else { return try context.nothing(of: target, planning) }
            let change = try planning.creation(data, isList: true, of: target, unscoped: context.isUnscoped)
            let graph = try await context.change(
                change, of: target, answering: try planning.answer(filter, of: target), planning, as: .createAll)
            guard graph.count == data.count else {
                throw planning.notMade(data.count - graph.count, of: data.count, target)
            }
            return graph
        }
    }
}
