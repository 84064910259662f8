// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension RelationHandler {
    /// What a relation of a related record leads to; the record between has to be one of those of the first.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND`, or `RELATION_EMPTY` where a to-one relation leads nowhere.
    init(nestedIn outer: String, of exchange: Exchange, name: String) async throws {
        let model = exchange.model
        guard let relation = model.relation(outer), let target = relation.target else {
            throw PlannerError(
                .unknownRelation, "\(model.name) has no relation \"\(outer)\" to one model.", model: model.name,
                relation: outer)
        }
        let between = try exchange.session.schema.model(target)
        let key: JSONValue
        if relation.isToMany {
            key = exchange.key("nk")
            let isThere =
                try await exchange.session.relatedExists(
                    model.name, id: exchange.id, relation: outer, key: key
                ).count > 0
            guard isThere else {
                throw PlannerError(
                    .modelNotFound,
                    "\(model.name) \(exchange.id.description) has no record \(key.description) among its \(outer).",
                    model: between.name, relation: outer)
            }
        } else {
            key = try await Self.key(of: outer, exchange)
        }
        try self.init(exchange: exchange, source: between, id: key, name: name)
    }

    /// The key of the record that a to-one relation leads to.
    private static func key(of outer: String, _ exchange: Exchange) async throws -> JSONValue {
        let session = exchange.session
        guard let key = try await session.relatedKey(exchange.model.name, id: exchange.id, relation: outer) else {
            throw PlannerError(
                .relationEmpty, "\(exchange.model.name) \(exchange.id.description) has no \(outer).",
                model: exchange.model.name, relation: outer)
        }
        return key
    }
}
