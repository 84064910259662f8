// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedFiltering {
    /// Loads a belongsTo to several models, and says what is asked of the records of each.
    ///
    /// ```swift
    /// database.query(Note.self).include(\.noteable) { $0.for(Order.self) { $0.include(\.items) } }
    /// ```
    public func include<Target: PolymorphicTarget>(
        _ relation: KeyPath<Record, OneOf<Target>>,
        _ scopes: (PolymorphicScopes<Target>) -> PolymorphicScopes<Target> = { $0 }
    ) -> Self {
        let name = Record.definition.relationName(of: relation)
        do throws(PlannerError) {
            let members = try scopes(PolymorphicScopes()).members
            if members.isEmpty { return include(.string(name)) }
            return include(
                .object([.init("relation", .string(name)), .init("scopes", .object(members))]))
        } catch {
            // The mistake is told where the filter is used.
            var copy = self
            copy.parts.conditions.append(FilterExpression(failing: error))
            return copy
        }
    }
}

/// What is asked of the records of each model that a belongsTo can lead to.
public struct PolymorphicScopes<Target: PolymorphicTarget>: Sendable {
    private var said: [(model: String, filter: FilterExpression)] = []

    init() {}

    /// What is asked of the records of one model.
    public func `for`<Record: TypedModel>(
        _ type: Record.Type, _ scope: (TypedFilter<Record>) -> TypedFilter<Record>
    ) -> PolymorphicScopes {
        var copy = self
        do throws(PlannerError) {
            copy.said.append((Record.definition.name, FilterExpression(try scope(TypedFilter()).filter)))
        } catch {
            copy.said.append((Record.definition.name, FilterExpression(failing: error)))
        }
        return copy
    }

    var members: [JSONValue.Member] {
        get throws(PlannerError) {
            var members: [JSONValue.Member] = []
            for (model, filter) in said { members.append(.init(model, try filter.json)) }
            // What a struct doesn't have isn't read.
            for kind in Target.types.kinds where !said.contains(where: { $0.model == kind.model() }) {
                guard let fields = kind.fields() else { continue }
                members.append(.init(kind.model(), ["fields": .array(fields.map { .string($0) })]))
            }
            return members
        }
    }
}

extension TypedModel {
    /// The record of one of several models that a belongsTo leads to, to be asked for and changed.
    ///
    /// ```swift
    /// try await note.related(\.noteable, in: database).set(.order(order))
    /// ```
    ///
    /// Only the record's key counts; nothing is sent until it is asked for.
    public func related<Target: PolymorphicTarget>(
        _ relation: KeyPath<Self, OneOf<Target>>, in session: some Session
    ) -> RelatedVariant<Target> {
        RelatedVariant(root: RelationRoot(self, Self.definition.relationName(of: relation), session))
    }
}

/// The record of one of several models that a belongsTo of one record leads to.
public struct RelatedVariant<Target: PolymorphicTarget>: Sendable {
    let root: RelationRoot

    /// The record, nil where there is none.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where the record itself isn't there; ``ModelError`` `UNREADABLE_VALUE` where the
    ///   type has no case for the record's model; else as ``Session/related(_:id:relation:scopes:filter:)``.
    /// - Note: One statement for the record's keys, and one for the related row.
    public func get() async throws -> Target? {
        let found = try await root.session.related(root.model, id: try root.id, relation: root.relation)
        guard let row = found.rows.first else { return nil }
        let decoding = GraphDecoding(found.graph)
        let model = found.graph.layout.nodes[found.node.id.index].model
        guard let kind = Target.types.kind(of: model) else {
            throw ModelError.noCase(of: model, Target.self, root.relation)
        }
        return try kind.prepare(decoding, found.node.id)(row)
    }

    /// Lets the relation lead to a record that is there.
    ///
    /// - Throws: ``ModelError`` `INVALID_MODEL` where a case holds no record; else as ``Session/addRelated(_:id:relation:key:_:)``.
    /// - Note: As ``Session/addRelated(_:id:relation:key:_:)``.
    public func set(_ target: Target) async throws {
        func key<Record: TypedModel>(_ record: Record) throws -> JSONValue {
            .object([.init(Record.definition.name, try Record.definition.key(of: record))])
        }
        guard let record = OneOf<Target>.record(of: target) else {
            throw ModelError(
                .invalidModel, "Each case of \(Target.self) has to hold a record, and nothing besides.",
                relation: root.relation)
        }
        try await root.session.addRelated(root.model, id: try root.id, relation: root.relation, key: try key(record))
    }

    /// Lets the relation lead to nothing; the record that it led to stays.
    ///
    /// - Throws: as ``Session/removeRelated(_:id:relation:key:)``.
    /// - Note: As ``Session/removeRelated(_:id:relation:key:)``.
    public func clear() async throws {
        try await root.session.removeRelated(root.model, id: try root.id, relation: root.relation)
    }
}
