// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension TypedQuery {
    /// The records.
    ///
    /// - Throws: ``PlannerError``, ``PostgresError`` and `CancellationError` as ``Session/find(_:filter:)-(String,JSONValue?)``;
    ///   ``ModelError`` for a value that isn't of its property's type.
    /// - Note: One statement, and one for each included relation that has keys to ask for; one round trip for each level.
    @inlinable
    public func all() async throws -> [Record] { try await graph().records() }

    /// The answer as rows that belong together, for JSON without records in between.
    ///
    /// - Note: The statements of ``all()``.
    public func graph() async throws -> Graph {
        let filter = try filter
        return scopes.isEmpty
            ? try await session.find(model, filter: filter)
            : try await session.find(model, scopes: scopes, filter: filter)
    }

    /// The first record, nil where there is none.
    ///
    /// - Note: The statements of ``all()``.
    @inlinable
    public func first() async throws -> Record? { try await firstGraph().records(as: Record.self).first }

    @usableFromInline
    func firstGraph() async throws -> Graph { try await session.findOne(model, scopes: scopes, filter: try filter) }

    /// The one record that there is.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` without a record, `MULTIPLE_INSTANCES` with several; else as ``all()``.
    /// - Note: The statements of ``all()``; two records are read at most.
    @inlinable
    public func one() async throws -> Record {
        let records = try await pairGraph().records(as: Record.self)
        guard let record = records.first else { throw noRecord }
        guard records.count == 1 else { throw severalRecords }
        return record
    }

    @usableFromInline
    func pairGraph() async throws -> Graph {
        var pair = self
        pair.parts.narrow(to: 2)
        return try await pair.graph()
    }

    @usableFromInline
    var noRecord: PlannerError {
        PlannerError(.modelNotFound, "No \(model) meets the query's conditions.", model: model)
    }

    @usableFromInline
    var severalRecords: PlannerError {
        PlannerError(
            .multipleInstances, "Several \(model) meet the query's conditions; ask for first() if any will do.",
            model: model)
    }

    /// The record with a key, nil where there is none, or where the query's conditions and scopes leave it out.
    ///
    /// ```swift
    /// let order = try await database.query(Order.self).include(\.items).find(7)
    /// let own = try await database.query(Order.self).where { $0.customerId == me }.find(7)
    /// ```
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a key that its column can't hold; else as ``all()``.
    /// - Note: The statements of ``all()``.
    @inlinable
    public func find(_ id: some FilterPart) async throws -> Record? {
        try await graph(of: try id.part()).records(as: Record.self).first
    }

    /// The record with a key, which there has to be; else as ``find(_:)``.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where there is none; else as ``find(_:)``.
    /// - Note: The statements of ``all()``.
    @inlinable
    public func get(_ id: some FilterPart) async throws -> Record {
        guard let record = try await find(id) else { throw noRecord }
        return record
    }

    @usableFromInline
    func graph(of id: JSONValue) async throws -> Graph {
        let filter = try filter
        let isPlain =
            scopes.isEmpty && (filter.members ?? []).allSatisfy { $0.key == "include" || $0.key == "fields" }
        return isPlain
            ? try await session.findById(model, id: id, filter: filter)
            : try await session.find(model, id: id, scopes: scopes, filter: filter)
    }

    /// How many records meet the conditions; limits have no effect.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where the query starts behind a cursor, or ends ahead of one.
    /// - Note: One statement.
    public func count() async throws -> Int {
        let asked = try parts.counting(Record.self)
        if let asked, asked["withDeleted"] != nil {
            return Int(try await session.count(model, scopes: scopes, filter: asked))
        }
        let condition = asked?["where"]
        let result =
            scopes.isEmpty
            ? try await session.count(model, where: condition)
            : try await session.count(model, scopes: scopes, where: condition)
        return Int(result.count)
    }

    /// Whether ``all()`` would give a record.
    ///
    /// - Note: One statement, which reads one row.
    public func exists() async throws -> Bool {
        var copy = self
        copy.parts.request = parts.request.withoutIncludes
        let key = Record.definition.keyNames
        if !key.isEmpty { copy.parts.fields = key }
        return try await copy.firstGraph().count > 0
    }

    /// A page of the records, with the cursors of the pages around it.
    ///
    /// ```swift
    /// let query = database.query(Order.self).order { $0.placedAt.descending }.limit(20)
    /// var page = try await query.page()
    /// while let cursor = page.nextCursor { page = try await query.page(after: cursor) }
    /// ```
    ///
    /// A cursor is an opaque text that holds the exact values of the order's terms; it belongs to the model and the order.
    ///
    /// - Parameters:
    ///   - cursor: the ``Page/nextCursor`` of the page before; nil for the first page.
    ///   - total: whether the number of all records is wanted.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a cursor that is damaged, or of another model or order; else as ``all()``.
    /// - Note: The statements of ``all()``, and one that counts where the total is wanted.
    @inlinable
    public func page(after cursor: String? = nil, total: Bool = false) async throws -> Page<Record> {
        try Page(await (cursor.map { after($0) } ?? self).pageGraph(total))
    }

    /// The page ahead of one, by its ``Page/previousCursor``; see ``page(after:total:)``.
    @inlinable
    public func page(before cursor: String, total: Bool = false) async throws -> Page<Record> {
        try Page(await before(cursor).pageGraph(total))
    }

    @usableFromInline
    func pageGraph(_ total: Bool) async throws -> Graph {
        var copy = self
        copy.parts.request = parts.request.page(cursor: true, total: total)
        return try await copy.graph()
    }

    /// How the query is answered: the statements, and the reasons for them.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a query with named scopes.
    /// - Note: As ``Session/explain(_:filter:analyze:)-(String,JSONValue?,_)``.
    public func explain(analyze: Explanation.Analysis = .none) async throws -> Explanation {
        try refuseScopes()
        return try await session.explain(model, filter: try filter, analyze: analyze)
    }

    /// The plan that the query comes to; nothing is sent.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a query with named scopes.
    public var plan: Plan {
        get throws {
            try refuseScopes()
            return try session.plan(model, filter: try filter)
        }
    }

    /// A plan without them would be another one.
    private func refuseScopes() throws(PlannerError) {
        guard let scope = scopes.first else { return }
        throw PlannerError(
            .unsupported,
            "A query with the named scope \"\(scope.name)\" can't be explained; write what it says as conditions.",
            model: model)
    }
}

/// A page of records.
public struct Page<Record: TypedModel>: Sendable {
    /// The records.
    public let records: [Record]
    /// What to give as `after` for the page behind this one; nil on the last page, and without a limit.
    public let nextCursor: String?
    /// What to give as `before` for the page ahead of this one; nil on the first page.
    public let previousCursor: String?
    /// How many records there are on all pages; nil where it wasn't asked.
    public let total: Int?

    /// A page of a program's own making.
    public init(records: [Record], nextCursor: String? = nil, previousCursor: String? = nil, total: Int? = nil) {
        self.records = records
        self.nextCursor = nextCursor
        self.previousCursor = previousCursor
        self.total = total
    }

    @inlinable
    init(_ graph: Graph) throws {
        records = try graph.records()
        nextCursor = graph.nextCursor
        previousCursor = graph.previousCursor
        total = graph.total.map { Int($0) }
    }
}

extension Page {
    /// The page with other records made of its own, and the same cursors.
    public func map<Other: TypedModel>(_ transform: (Record) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(
            records: try records.map(transform), nextCursor: nextCursor, previousCursor: previousCursor, total: total)
    }
}

extension Page: Encodable where Record: Encodable {}
extension Page: Equatable where Record: Equatable {}
extension Page: Hashable where Record: Hashable {}
