// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension TypedModel {
    /// What a to-many relation of the record leads to, to be asked and changed.
    ///
    /// ```swift
    /// let open = try await customer.related(\.orders, in: database).where { $0.status == .open }.limit(5).all()
    /// ```
    ///
    /// Only the record's key counts; nothing is sent until it is asked for.
    public func related<Target: TypedModel>(
        _ relation: KeyPath<Self, Many<Target>>, in session: some Session
    ) -> RelatedQuery<Target> {
        RelatedQuery(RelationRoot(self, Self.definition.name(ofRelation: relation), session))
    }

    /// What a many-to-many relation of the record leads to, to be asked and changed.
    public func related<Target: TypedModel, Link: TypedModel>(
        _ relation: KeyPath<Self, Linked<Target, Link>>, in session: some Session
    ) -> RelatedQuery<Target> {
        RelatedQuery(RelationRoot(self, Self.definition.name(ofRelation: relation), session))
    }

    /// The record that a to-one relation of the record leads to, to be asked for and changed.
    ///
    /// ```swift
    /// let customer = try await order.related(\.customer, in: database).get()
    /// ```
    ///
    /// Only the record's key counts; nothing is sent until it is asked for.
    public func related<Target: TypedModel>(
        _ relation: KeyPath<Self, One<Target>>, in session: some Session
    ) -> RelatedRecord<Target> {
        RelatedRecord(RelationRoot(self, Self.definition.name(ofRelation: relation), session))
    }
}

/// A relation of one record, and the session that is asked.
struct RelationRoot: Sendable {
    let session: any Session
    let model: String
    let relation: String
    /// The record's key.
    private let key: Result<JSONValue, any Error>

    init<Owner: TypedModel>(_ record: Owner, _ relation: String, _ session: some Session) {
        var trees = session.context.trees
        trees.isNarrowing = true
        self.session = session.with(trees: trees)
        self.relation = relation
        model = Owner.definition.name
        key = Result { try Owner.definition.key(of: record) }
    }

    var id: JSONValue { get throws { try key.get() } }

    /// What is written of a new target. The keys that lead to the record are written by the relation: those that a struct has to
    /// have, and that have no value yet, are left out.
    func newData<Target: TypedModel>(
        of target: Target, _ more: (inout Changes<Target>) -> Void
    ) throws -> JSONValue {
        let schema = session.context.state.planning.schema
        try Target.definition.refuseGiven(target)
        var members = try Target.definition.newData(of: target, in: schema)
        let written = schema.model(model)?.relation(relation).map { schema.keys(writtenBy: $0) } ?? []
        members.removeAll { written.contains($0.key) && $0.value.isBlank }
        var changes = Changes<Target>(members)
        more(&changes)
        return try changes.newJSON
    }
}

/// What a to-many relation of one record leads to: a query whose root is the relation, and the changes that go through it.
///
/// ```swift
/// let orders = customer.related(\.orders, in: database)
/// let large = try await orders.where { $0.total > 100 }.all()
/// let order = try await orders.create(Order(status: .open))
/// ```
///
/// The scopes of the relation and of its target hold, as for ``Session/related(_:id:relation:scopes:filter:)``.
public struct RelatedQuery<Record: TypedModel>: TypedFiltering {
    /// What has been said so far.
    public var parts = FilterParts()
    let root: RelationRoot
    private(set) var scopes: [ScopeRequest] = []

    init(_ root: RelationRoot) { self.root = root }

    /// A named scope of the target's definition; see ``TypedQuery/scope(_:_:)``.
    public func scope(_ name: String, _ parameters: [String: JSONValue] = [:]) -> RelatedQuery {
        var copy = self
        copy.scopes.append(parameters.isEmpty ? ScopeRequest(stringLiteral: name) : .named(name, parameters))
        return copy
    }

    /// The filter as JSON.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a value that can't be part of a filter.
    public var filter: JSONValue { get throws(PlannerError) { try parts.json(of: Record.self) } }

    /// The answer as rows that belong together, for JSON without records in between.
    ///
    /// - Throws: as ``Session/related(_:id:relation:scopes:filter:)``.
    /// - Note: The statements of ``all()``.
    public func graph() async throws -> RelatedRecords {
        try await root.session.related(
            root.model, id: try root.id, relation: root.relation, scopes: scopes, filter: try filter)
    }

    /// The records.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where the record itself isn't there; else as ``TypedQuery/all()``.
    /// - Note: One statement for the record's keys, one for the related rows, and one for each included relation.
    @inlinable
    public func all() async throws -> [Record] { try await graph().records() }

    /// The first record, nil where there is none.
    ///
    /// - Note: The statements of ``all()``.
    @inlinable
    public func first() async throws -> Record? { try await first(of: 1).records(as: Record.self).first }

    @usableFromInline
    func first(of most: Int) async throws -> RelatedRecords {
        var copy = self
        copy.parts.narrow(to: most)
        return try await copy.graph()
    }

    /// The one record that there is; see ``TypedQuery/one()``.
    public func one() async throws -> Record {
        let records = try await first(of: 2).records(as: Record.self)
        guard let record = records.first else {
            throw PlannerError(
                .modelNotFound, "No record of \(root.model)'s \(root.relation) meets the query's conditions.",
                model: Record.definition.name, relation: root.relation)
        }
        guard records.count == 1 else {
            throw PlannerError(
                .multipleInstances,
                "Several records of \(root.model)'s \(root.relation) meet the query's conditions; ask for first() if any will do.",
                model: Record.definition.name, relation: root.relation)
        }
        return record
    }

    /// How many records meet the conditions; limits have no effect.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where the query starts behind a cursor, or ends ahead of one.
    /// - Note: Two statements and round trips.
    public func count() async throws -> Int {
        Int(
            try await root.session.relatedCount(
                root.model, id: try root.id, relation: root.relation, scopes: scopes,
                filter: try parts.counting(Record.self)
            ).count)
    }

    /// Whether ``all()`` would give a record.
    ///
    /// - Note: The statements of ``first()``, which read one row.
    public func exists() async throws -> Bool {
        var copy = self
        copy.parts.request = parts.request.withoutIncludes
        let key = Record.definition.keyNames
        if !key.isEmpty { copy.parts.fields = key }
        return try await copy.first(of: 1).count > 0
    }

    /// Whether the relation leads to a record, whatever the query says.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where the record itself isn't there.
    /// - Note: Two statements and round trips.
    public func contains(_ record: Record) async throws -> Bool {
        try await root.session.relatedExists(
            root.model, id: try root.id, relation: root.relation, key: try Record.definition.key(of: record)
        ).count > 0
    }
}
