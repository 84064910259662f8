// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What the data of a whole graph may do: no more than single requests could. What has no route of its own isn't done by a graph either.
struct GraphRoutes: Sendable {
    /// What a relation's data may say; a plain object or list means `create`.
    static let words: Set<String> = [
        "create", "connect", "connectOrCreate", "disconnect", "set", "update", "upsert", "delete",
    ]

    private struct Key: Hashable {
        let model: String
        let operation: RouteOperation
    }

    private let offered: Set<Key>

    init(_ routes: [Route]) { offered = Set(routes.map { Key(model: $0.model, operation: $0.operation) }) }

    /// Looks at the data of a graph.
    ///
    /// - Throws: ``PlannerError`` `PROHIBITED_PROPERTY` for a relation without routes, and for what none of the routes does.
    func check(_ json: JSONValue, of model: Model, in schema: Schema) throws(PlannerError) {
        for element in json.elements ?? [] { try check(element, of: model, in: schema) }
        for member in json.members ?? [] where model.property(member.key) == nil {
            guard let relation = model.relation(member.key), relation.embedded == nil else { continue }
            // One that is hidden is as good as not there.
            guard !relation.isHidden else {
                throw PlannerError(
                    .unknownRelation, "\(model.name) has no relation \"\(member.key)\".", path: member.key,
                    model: model.name, relation: member.key)
            }
            for target in schema.targets(of: relation) { try check(member.value, relation, model, target, schema) }
        }
    }

    private func check(
        _ json: JSONValue, _ relation: Relation, _ source: Model, _ target: Model, _ schema: Schema
    ) throws(PlannerError) {
        let members = json.members ?? []
        if relation.polymorphic != nil, relation.target == nil {
            // `{"connect": {"Group": 2}}`, or `{"Group": {…}}`.
            for member in members {
                if schema.model(member.key) != nil {
                    try allow("create", relation, source, target)
                    try check(member.value, of: target, in: schema)
                } else {
                    try allow(member.key, relation, source, target)
                    for one in member.value.members ?? [] { try check(one.value, of: target, in: schema) }
                }
            }
            return
        }
        guard !members.isEmpty, members.allSatisfy({ Self.words.contains($0.key) }) else {
            try allow("create", relation, source, target)
            return try check(json, of: target, in: schema)
        }
        for member in members {
            try allow(member.key, relation, source, target)
            guard member.key == "connectOrCreate" else {
                try check(member.value, of: target, in: schema)
                continue
            }
            for one in member.value.elements ?? [member.value] {
                try check(one["create"] ?? .null, of: target, in: schema)
            }
        }
    }

    private func allow(
        _ word: String, _ relation: Relation, _ source: Model, _ target: Model
    ) throws(PlannerError) {
        func below(_ operations: RelationOperation...) -> Bool {
            operations.contains { offered.contains(Key(model: source.name, operation: .relation(relation.name, $0))) }
        }
        func has(_ operation: RecordOperation) -> Bool {
            offered.contains(Key(model: target.name, operation: .records(operation)))
        }
        let creates = below(.create) || has(.create)
        let updates = below(.updateById, .update) || has(.patchAttributes)
        // Whose row the link is in: the record's own, that of a link, or the target's.
        let links =
            relation.kind == .belongsTo || relation.kind == .referencesMany || below(.link, .unlink)
            || has(.patchAttributes)
        let isAllowed =
            switch word {
            case "create": creates
            case "update": updates
            case "upsert": creates && updates
            case "delete": below(.deleteById, .delete) || has(.deleteById)
            case "connectOrCreate": creates && links
            default: links
            }
        guard isAllowed else {
            throw PlannerError(
                .prohibitedProperty,
                "\"\(word)\" of \(source.name).\(relation.name) isn't offered here, nor is it as part of a graph.",
                path: relation.name, model: source.name, relation: relation.name)
        }
    }
}

extension Schema {
    /// The models that a relation can lead to.
    func targets(of relation: Relation) -> [Model] {
        if let target = relation.target { return [self[target]] }
        return (relation.polymorphic?.targets ?? []).map { self[$0] }
    }
}
