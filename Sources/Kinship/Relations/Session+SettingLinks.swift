// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Lets a many-to-many relation lead to these targets and no others, with data of the links: whole or not at all.
    func setWithData(_ model: String, id: JSONValue, relation: String, _ keys: [JSONValue]) async throws -> Graph {
        let targets = try linkedTargets(model, relation: relation, keys)
        context.recorder?.noteMore()
        return try await inWholeTransaction { transaction in
            // Who only looks waits for nobody.
            if context.recorder?.isRunning != false {
                try await transaction.waitToSet(model, id: id, relation: relation, targets.map { $0.key })
            }
            for target in targets {
                guard let data = target.data else { continue }
                try await transaction.addRelated(model, id: id, relation: relation, key: target.key, data)
            }
            return try await transaction.setRelated(
                model, id: id, relation: relation, keys: targets.map { $0.key })
        }
    }

    /// The keys of targets, with what their links get.
    private func linkedTargets(
        _ model: String, relation: String, _ keys: [JSONValue]
    ) throws -> [(key: JSONValue, data: JSONValue?)] {
        let planning = context.planning
        let source = try planning.model(model)
        guard let known = source.relation(relation) else {
            // As it is told without data.
            throw try unknownRelation(relation, of: source, planning)
        }
        guard let target = known.target.map({ planning.schema[$0] }), known.through != nil else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(known.name) has no links that could have data; give the keys alone, without \"through\".",
                path: "keys", model: source.name, relation: known.name)
        }
        let names = target.primaryKey.map { target.properties[$0].name }
        return try keys.enumerated().map { place, element in
            guard let members = element.members else { return (element, nil) }
            let own = members.filter { $0.key != "through" }
            guard own.count == names.count, own.allSatisfy({ names.contains($0.key) }) else {
                throw PlannerError(
                    .invalidValue,
                    "The key of \(target.name) is meant, and what its link gets: {\"\(names.first ?? "id")\": 1, \"through\": {…}}.",
                    path: "keys[\(place)]", model: target.name, relation: known.name)
            }
            return (names.count == 1 ? own[0].value : .object(own), element["through"])
        }
    }

    private func unknownRelation(
        _ name: String, of source: Model, _ planning: Planning
    ) throws(PlannerError) -> PlannerError {
        _ = try planning.schema.accessor(name, filter: nil, of: source.id)
        return PlannerError(
            .unknownRelation, "\(source.name) has no relation \"\(name)\".", model: source.name, relation: name)
    }

    /// Waits until nobody else sets the links of a record.
    private func waitToSet(
        _ model: String, id: JSONValue, relation: String, _ keys: [JSONValue]
    ) async throws {
        try await context.answering { planning in
            let changes = try await context.changes(of: relation, model, id: id, planning)
            var values: [[BoundValue]] = []
            for key in keys { values.append(try planning.keyValues(key, of: changes.target)) }
            let held = try await context.looking(changes.waitToSet(values), of: changes.source, planning)
            guard held.count > 0 else { throw planning.missing(changes.source, id) }
        }
    }

    /// Runs in a transaction of its own; inside of a caller's nothing of it stays where it fails.
    private func inWholeTransaction<Output: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Output
    ) async throws -> Output {
        guard case .transaction(let held, _) = context.source else { return try await inTransaction(body) }
        return try await Transaction(context, held).withTransaction { try await body($0) }
    }
}
