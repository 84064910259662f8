// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// In which form structs are written with their related ones.
struct GraphForm: Sendable {
    let schema: Schema
    /// Whether it is about records that are there, and those that were loaded with them.
    let isKept: Bool

    /// The keys of a relation's targets that the relation writes.
    func keys(of model: String, _ relation: String) -> Set<String> {
        schema.model(model)?.relation(relation).map { schema.keys(writtenBy: $0) } ?? []
    }
}

extension TypedDefinition {
    /// A record and what is to be written with it.
    ///
    /// - Parameter keys: properties that a relation writes, where they have no value.
    func graphData(of record: Record, _ form: GraphForm, without keys: Set<String>) throws -> JSONValue {
        let model = form.schema.model(name)
        var members: [JSONValue.Member]
        if form.isKept, try !isNew(record, in: model, form.schema) {
            members = try storedData(of: record, in: form.schema)
        } else {
            members = try newData(of: record, in: form.schema)
        }
        members.removeAll { keys.contains($0.key) && $0.value.isBlank }
        for relation in relations {
            guard let data = try relation.data(record, form) else { continue }
            // Of a belongsTo it is this record's key that is written.
            if let known = model?.relation(relation.name), known.kind == .belongsTo, let model, data != .null {
                let own = Set(known.sourceKey.map { model.properties[$0].name })
                members.removeAll { own.contains($0.key) && $0.value.isBlank }
            }
            members.append(.init(relation.name, data))
        }
        return .object(members)
    }

    /// Whether a record has no key yet, which the database makes.
    private func isNew(_ record: Record, in model: Model?, _ schema: Schema) throws(PlannerError) -> Bool {
        guard let model else { return false }
        for id in model.primaryKey {
            let property = model.properties[id]
            guard let value = try value(of: property.name, in: record) else { continue }
            let isMade = property.isGenerated || schema.filling(of: property, in: model) != .none
            if value == .null || (isMade && value.isBlank) { return true }
        }
        return false
    }

    /// The include that loads of a relation what was loaded with some records.
    func include(_ relation: String, of records: [Record]) -> JSONValue {
        var scope: [JSONValue.Member] = []
        let inner = relations.compactMap { relation in records.lazy.compactMap { relation.include($0) }.first }
        if !inner.isEmpty { scope.append(.init("include", .array(inner))) }
        if let fields = answer?["fields"] { scope.append(.init("fields", fields)) }
        return ["relation": .string(relation), "scope": .object(scope)]
    }
}

extension Schema {
    /// The properties of a relation's targets that say whose they are.
    func keys(writtenBy relation: Relation) -> Set<String> {
        guard [.hasMany, .hasOne].contains(relation.kind), relation.through == nil, relation.embedded == nil,
            let target = relation.target
        else { return [] }
        let model = self[target]
        let discriminator = relation.polymorphic.map { [$0.discriminator] } ?? []
        return Set((relation.targetKey + discriminator).map { model.properties[$0].name })
    }
}

extension JSONValue {
    /// Whether it is what a struct has for a key that isn't known yet.
    var isBlank: Bool { self == .null || self == .number("0") || self == .string("") }
}
