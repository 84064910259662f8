// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// What is done with what a relation of one record leads to.
struct RelationHandler {
    let exchange: Exchange
    /// The model of the record.
    let source: Model
    /// The record's key.
    let id: JSONValue
    let relation: Relation
    private var session: Database { exchange.session }

    init(exchange: Exchange, source: Model, id: JSONValue, name: String) throws {
        guard let relation = source.relation(name) else {
            throw PlannerError(
                .unknownRelation, "\(source.name) has no relation \"\(name)\".", model: source.name, relation: name)
        }
        (self.exchange, self.source, self.id, self.relation) = (exchange, source, id, relation)
    }

    func answer(_ operation: RelationOperation) async throws -> Answer {
        do {
            return try await done(operation)
        } catch let error as PlannerError where error.code == .modelNotFound || error.code == .relationEmpty {
            // What isn't there may be the record itself.
            guard error.model != source.name || error.relation != nil else { throw error }
            try await requireRecord()
            throw error
        }
    }

    private func done(_ operation: RelationOperation) async throws -> Answer {
        let (model, name) = (source.name, relation.name)
        // What is kept in the record's own row needs no second look.
        if operation.changesOthers, relation.embedded == nil { try await requireRecord() }
        switch operation {
        case .get: return try await get()
        case .count:
            let condition = try exchange.arguments.condition
            return .count(try await session.relatedCount(model, id: id, relation: name, where: condition))
        case .findById:
            return .json(try await session.relatedFindById(model, id: id, relation: name, key: key).firstJSON())
        case .exists:
            guard try await session.relatedExists(model, id: id, relation: name, key: key).count > 0 else {
                throw missing
            }
            return Answer()
        case .create: return try await create()
        case .update: return try await update()
        case .updateById:
            let data = try await exchange.data()
            return .json(
                try await session.updateRelated(model, id: id, relation: name, key: key, data).firstJSON())
        case .deleteById:
            try await session.deleteRelated(model, id: id, relation: name, key: key)
            return .noContent
        case .delete: return try await delete()
        case .link:
            let data = try await exchange.data()
            return .json(try await session.addRelated(model, id: id, relation: name, key: key, data).firstJSON())
        case .unlink:
            try await session.removeRelated(model, id: id, relation: name, key: key)
            return .noContent
        }
    }

    // MARK: Operations

    private func get() async throws -> Answer {
        guard !relation.isToMany else {
            return try await RelatedListHandler(exchange: exchange, source: source, id: id, relation: relation).answer()
        }
        // What leads to one record takes no filter in LoopBack.
        let found = try await session.related(source.name, id: id, relation: relation.name)
        guard found.count > 0 || relation.kind == .belongsTo else {
            throw PlannerError(
                .modelNotFound, "\(source.name) \(id.description) has no \(relation.name).", model: source.name,
                relation: relation.name)
        }
        return .json(try found.json())
    }

    private func create() async throws -> Answer {
        let data = try await exchange.data(list: relation.isToMany)
        let made = try await session.createRelated(source.name, id: id, relation: relation.name, data)
        return .json(data.elements == nil ? try made.firstJSON() : try made.json())
    }

    /// Changes the one record; one that is kept in the record's own row is made where there is none, as in LoopBack.
    private func update() async throws -> Answer {
        let data = try await exchange.data()
        do {
            return .json(
                try await session.updateRelated(source.name, id: id, relation: relation.name, data).firstJSON())
        } catch let error as PlannerError where error.code == .relationEmpty && relation.embedded != nil {
            return .json(
                try await session.createRelated(source.name, id: id, relation: relation.name, data).firstJSON())
        }
    }

    private func delete() async throws -> Answer {
        let (model, name) = (source.name, relation.name)
        guard relation.isToMany else {
            do {
                try await session.deleteRelated(model, id: id, relation: name)
            } catch let error as PlannerError where error.code == .relationEmpty && relation.embedded != nil {
                // As in LoopBack, where it is no error.
                try await requireRecord()
            }
            return .noContent
        }
        let condition = try exchange.arguments.condition
        try await session.deleteAllRelated(model, id: id, relation: name, where: condition)
        return .noContent
    }

    // MARK: Parts

    /// The key of the related record.
    private var key: JSONValue { exchange.key("fk") }

    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where there is no such record.
    private func requireRecord() async throws {
        guard try await session.exists(source.name, id: id).count == 0 else { return }
        throw PlannerError(
            .modelNotFound, "There is no \(source.name) with the key \(id.description).", model: source.name)
    }

    private var missing: PlannerError {
        PlannerError(
            .modelNotFound,
            "\(source.name) \(id.description) has no record \(key.description) among its \(relation.name).",
            model: relation.target.flatMap { try? session.schema.model($0).name }, relation: relation.name)
    }
}

extension RelationOperation {
    /// Whether it changes records that may be there without the one they refer to: of one that is gone, or that its model's default
    /// scope hides, nothing is to be changed.
    fileprivate var changesOthers: Bool {
        switch self {
        case .update, .delete, .updateById, .deleteById, .unlink: true
        case .get, .create, .count, .findById, .link, .exists: false
        }
    }
}
