// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension TypedQuery {
    /// Some properties of the records, as tuples.
    ///
    /// ```swift
    /// let rows = try await database.query(Customer.self).where { $0.vip == true }.fields { ($0.id, $0.name) }.all()
    /// for (id, name) in rows { print(id, name) }
    /// ```
    public func fields<each Value: PropertyValue>(
        _ fields: (Fields<Record>) -> (repeat TypedField<each Value>)
    ) -> TypedSelection<Record, repeat each Value> {
        let fields = fields(Fields())
        var names: [String] = []
        for field in repeat each fields { names.append(field.name) }
        return TypedSelection(query: self, names: names)
    }
}

/// A query of some properties of records, as tuples.
public struct TypedSelection<Record: TypedModel, each Value: PropertyValue>: Sendable {
    private var query: TypedQuery<Record>
    private let names: [String]

    init(query: TypedQuery<Record>, names: [String]) {
        self.query = query
        self.names = names
        self.query.parts.fields = names
    }

    /// Each combination of the properties once.
    public func distinct() -> TypedSelection {
        var copy = self
        copy.query.parts.request = query.parts.request.distinct()
        return copy
    }

    /// The filter as JSON.
    public var filter: JSONValue { get throws(PlannerError) { try query.filter } }

    /// The tuples.
    ///
    /// - Throws: as ``TypedQuery/all()``.
    /// - Note: One statement.
    public func all() async throws -> [(repeat each Value)] { try await read(limit: nil) }

    /// The first tuple, nil where there is none.
    ///
    /// - Note: One statement.
    public func first() async throws -> (repeat each Value)? { try await read(limit: 1).first }

    /// The answer as rows, for JSON without tuples in between.
    ///
    /// - Throws: as ``TypedQuery/all()``.
    /// - Note: One statement.
    public func graph() async throws -> Graph {
        try refuseIncludes()
        return try await query.graph()
    }

    /// How many tuples there are, whatever the limits: of ``distinct()`` ones how many combinations.
    ///
    /// ```swift
    /// let cities = try await database.query(Customer.self).fields { $0.city }.distinct().count()
    /// ```
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where the query starts behind a cursor, or ends ahead of one.
    /// - Note: One statement; of distinct ones two in one round trip.
    public func count() async throws -> Int {
        try refuseIncludes()
        guard query.parts.request.member("distinct") != nil else { return try await query.count() }
        _ = try query.parts.counting(Record.self)
        var query = query
        (query.parts.order, query.parts.isNone) = ([], false)
        query.parts.request = query.parts.request.without("skip").limit(1).page(cursor: false, total: true)
        return Int(try await query.graph().total ?? 0)
    }

    /// The plan that the query comes to; nothing is sent.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a query with named scopes.
    public var plan: Plan { get throws { try query.plan } }

    private func refuseIncludes() throws(PlannerError) {
        guard query.parts.request.hasIncludes else { return }
        throw PlannerError(
            .invalidFilter, "Tuples have no related records; leave the includes out, or ask for whole records.",
            path: "include", model: query.model)
    }

    private func read(limit: Int?) async throws -> [(repeat each Value)] {
        var query = query
        try refuseIncludes()
        if let limit { query.parts.narrow(to: limit) }
        let graph = try await query.graph()
        var reader = TupleReader(graph, query.model, names)
        var tuples: [(repeat each Value)] = []
        tuples.reserveCapacity(graph.count)
        for row in 0..<graph.count {
            try reader.begin(row)
            tuples.append((repeat try reader.next(as: (each Value).self)))
        }
        return tuples
    }
}
