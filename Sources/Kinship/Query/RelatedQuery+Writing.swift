// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension RelatedQuery {
    /// Makes a record that the relation leads to.
    ///
    /// ```swift
    /// let order = try await customer.related(\.orders, in: database).create(Order(status: .open, total: 5))
    /// ```
    ///
    /// The keys that say whose it is are written by the relation: 0, an empty text and nil in their place mean nothing.
    ///
    /// - Parameter more: what is to be written besides, as for ``Session/create(_:_:)-(Record,_)``.
    /// - Returns: the record as the database has it now.
    /// - Throws: as ``Session/createRelated(_:id:relation:_:filter:)`` and ``Session/create(_:_:)-(Record,_)``.
    /// - Note: As ``Session/createRelated(_:id:relation:_:filter:)``.
    @discardableResult
    public func create(_ record: Record, _ more: (inout Changes<Record>) -> Void = { _ in }) async throws -> Record {
        try await create(try root.newData(of: record, more))
    }

    /// Makes a record of what is set; see ``create(_:_:)``.
    @discardableResult
    public func create(_ set: (inout Changes<Record>) -> Void) async throws -> Record {
        var changes = Changes<Record>()
        set(&changes)
        return try await create(try changes.newJSON)
    }

    private func create(_ data: JSONValue) async throws -> Record {
        try parts.refuse(in: "create", Record.self, scopes.isEmpty)
        let made = try await root.session.createRelated(
            root.model, id: try root.id, relation: root.relation, data, filter: Record.definition.answer)
        return try made.records(as: Record.self)[0]
    }

    /// Makes several records that the relation leads to, all of them or none.
    ///
    /// - Returns: the records in the order of the structs.
    /// - Note: As ``create(_:_:)``, however many there are; none for no records.
    @discardableResult
    public func createAll(_ records: [Record]) async throws -> [Record] {
        try parts.refuse(in: "createAll", Record.self, scopes.isEmpty)
        guard !records.isEmpty else { return [] }
        let data = try records.map { try root.newData(of: $0) { _ in } }
        return try await root.session.createRelated(
            root.model, id: try root.id, relation: root.relation, .array(data), filter: Record.definition.answer
        ).records()
    }

    /// The first record of the relation that meets the query's conditions, or a new one where there is none.
    ///
    /// ```swift
    /// let (order, isNew) = try await customer.related(\.orders, in: database).where { $0.status == .open }
    ///     .findOrCreate(Order(status: .open, total: 5))
    /// ```
    ///
    /// - Parameters:
    ///   - record: the new record; the keys that say whose it is are written by the relation.
    ///   - more: what is to be written besides, as for ``Session/create(_:_:)-(Record,_)``.
    /// - Returns: the record as the database has it, and whether it is new.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for whatever the query says besides conditions; else as
    ///   ``Session/findOrCreateRelated(_:id:relation:filter:_:)``.
    /// - Note: As ``Session/findOrCreateRelated(_:id:relation:filter:_:)``.
    @discardableResult
    public func findOrCreate(
        _ record: Record, _ more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> (record: Record, isNew: Bool) {
        var filter = [
            JSONValue.Member("where", try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: nil))
        ]
        if let fields = Record.definition.answer?["fields"] { filter.append(.init("fields", fields)) }
        let found = try await root.session.findOrCreateRelated(
            root.model, id: try root.id, relation: root.relation, filter: .object(filter),
            try root.newData(of: record, more))
        return (try found.record.records(as: Record.self)[0], found.isCreated)
    }

    /// Links a record that is there, by its key.
    ///
    /// - Throws: as ``Session/addRelated(_:id:relation:key:_:)``.
    /// - Note: As ``Session/addRelated(_:id:relation:key:_:)``.
    public func add(_ record: Record) async throws { try await add(record, [:]) }

    /// Links a record that is there, with data of the link.
    ///
    /// ```swift
    /// try await author.related(\.books, in: database).add(book, through: Authorship.self) { $0.role = "editor" }
    /// ```
    ///
    /// Where the two are linked already the link gets the data.
    ///
    /// - Parameters:
    ///   - record: the record; its key counts.
    ///   - link: the model of the links.
    ///   - set: the link's own properties.
    /// - Throws: as ``Session/addRelated(_:id:relation:key:_:)``; ``ModelError`` `INVALID_MODEL` where the links are another model's.
    /// - Note: As ``Session/addRelated(_:id:relation:key:_:)``.
    public func add<Link: TypedModel>(
        _ record: Record, through link: Link.Type, _ set: (inout Changes<Link>) -> Void
    ) async throws {
        let schema = root.session.context.state.planning.schema
        let through = schema.model(root.model)?.relation(root.relation)?.through.map { schema[$0.model].name }
        guard through == Link.definition.name else {
            throw ModelError(
                .invalidModel,
                "The links of \(root.model).\(root.relation) are \(through ?? "none"), and not \(Link.definition.name).",
                model: root.model, relation: root.relation)
        }
        var changes = Changes<Link>()
        set(&changes)
        try await add(record, try changes.newJSON)
    }

    private func add(_ record: Record, _ data: JSONValue) async throws {
        try parts.refuse(in: "add", Record.self, scopes.isEmpty)
        try await root.session.addRelated(
            root.model, id: try root.id, relation: root.relation, key: try Record.definition.key(of: record), data)
    }

    /// Takes the link to a record away; the record stays.
    ///
    /// - Returns: what became of the links.
    /// - Throws: as ``Session/removeRelated(_:id:relation:key:)``.
    /// - Note: As ``Session/removeRelated(_:id:relation:key:)``.
    @discardableResult
    public func remove(_ record: Record) async throws -> RemovedLinks {
        try parts.refuse(in: "remove", Record.self, scopes.isEmpty)
        return try await root.session.removeRelated(
            root.model, id: try root.id, relation: root.relation, key: try Record.definition.key(of: record))
    }

    /// Lets the relation lead to these records and no others; links that stay keep their data.
    ///
    /// - Throws: as ``Session/setRelated(_:id:relation:keys:)``.
    /// - Note: As ``Session/setRelated(_:id:relation:keys:)``.
    public func set(_ records: [Record]) async throws {
        try parts.refuse(in: "set", Record.self, scopes.isEmpty)
        try await root.session.setRelated(
            root.model, id: try root.id, relation: root.relation,
            keys: try records.map { try Record.definition.key(of: $0) })
    }

    /// Changes those records of the relation that meet the query's conditions; all of them where it has none.
    ///
    /// ```swift
    /// try await customer.related(\.orders, in: database).where { $0.status == .open }.update { $0.status = .closed }
    /// ```
    ///
    /// - Returns: how many there were.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for whatever the query says besides, as it would have no effect; else as
    ///   ``Session/updateAllRelated(_:id:relation:where:_:)``.
    /// - Note: As ``Session/updateAllRelated(_:id:relation:where:_:)``.
    @discardableResult
    public func update(_ set: (inout Changes<Record>) -> Void) async throws -> Int {
        let condition = try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: nil)
        var changes = Changes<Record>()
        set(&changes)
        return Int(
            try await root.session.updateAllRelated(
                root.model, id: try root.id, relation: root.relation,
                where: condition == [:] ? JSONValue?.none : .some(condition), try changes.json
            ).count)
    }

    /// Deletes those records of the relation that meet the query's conditions; all of them where it has none.
    ///
    /// - Returns: how many there were.
    /// - Throws: as ``update(_:)``; else as ``Session/deleteAllRelated(_:id:relation:where:)``.
    /// - Note: As ``Session/deleteAllRelated(_:id:relation:where:)``.
    @discardableResult
    public func delete() async throws -> Int {
        let condition = try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: nil)
        return Int(
            try await root.session.deleteAllRelated(
                root.model, id: try root.id, relation: root.relation,
                where: condition == [:] ? JSONValue?.none : .some(condition)
            ).count)
    }
}

extension FilterParts {
    /// Refuses whatever a query says where it would have no effect.
    func refuse<Record: TypedModel>(
        in method: String, _: Record.Type, _ isUnscoped: Bool
    ) throws(PlannerError) {
        guard try condition(toChange: Record.self, isUnscoped, orAll: nil) != [:] else { return }
        throw PlannerError(
            .invalidFilter, "Conditions have no effect on \(method); leave where out.", path: "where",
            model: Record.definition.name)
    }
}
