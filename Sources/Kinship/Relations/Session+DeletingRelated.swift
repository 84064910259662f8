// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Deletes one of the records that a relation of another one leads to; of a many-to-many relation with its links to that one.
    /// A belongsTo refers to nothing then, and its target stays (K6).
    ///
    /// - Parameter key: the key of the target; nil for that of a to-one relation.
    /// - Returns: how many there were: 0 of an embedsMany that has no such record, as in LoopBack.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such target or it is another record's, `RELATION_EMPTY` of a
    ///   to-one relation without one; ``ConstraintViolation`` where something else refers to the target.
    /// - Note: One statement and round trip, of a many-to-many relation with a lock ahead of it.
    @discardableResult
    public func deleteRelated(
        _ model: String, id: some FilterPart, relation: String, key: JSONValue? = nil
    ) async throws -> CountResult {
        let id = try id.part()
        if context.needsTransaction(relation, model) {
            return try await inTransaction { try await $0.deleteRelated(model, id: id, relation: relation, key: key) }
        }
        if let links = try Relinking(
            context, model, id: id, relation: relation, .delete(key, where: nil), as: .deleteRelated)
        {
            return try await links.run { session, _ in
                try await session.deleteRelated(model, id: id, relation: relation, key: key)
            }
        }
        // Of a belongsTo the target stays (K6).
        if let hooked = context.hooked(relation: relation, of: model, id: id, as: .deleteRelated),
            hooked.kind(of: relation, model) != .belongsTo
        {
            return try await hooked.delete(
                key,
                look: { try await $0.looking(atRelated: relation, of: model, id: id, key: key, toDelete: true) }
            ) {
                try await $0.deleteRelated(model, id: id, relation: relation, key: key)
            }
        }
        return try await context.answering { planning in
            let (changes, include) = try await context.changesAndRecords(
                of: relation, model, id: id, planning)
            guard changes.relation.embedded == nil else {
                guard key != nil || !changes.relation.isToMany else { throw changes.needsKey }
                return try await context.deleteEmbedded(
                    changes, include, id: id, try key.map { try changes.item($0) } ?? .all, planning, as: .deleteRelated
                )
            }
            let change: Change
            if changes.relation.kind == .belongsTo {
                change = changes.unlinkOwner()
            } else if let key {
                change = changes.destroy(try planning.keyValues(key, of: changes.target))
            } else {
                guard !changes.relation.isToMany else { throw changes.needsKey }
                change = changes.destroyOne()
            }
            let result = try await context.count(change, of: changes.target, planning, as: .deleteRelated)
            guard result.count > 0 else { throw changes.missing(key, of: id) }
            return result
        }
    }

    /// Deletes all records that a relation of another one leads to and that meet a condition; of a many-to-many relation with
    /// its links to them.
    ///
    /// - Parameter condition: the `where` of a filter for the targets; nil for all of them.
    /// - Returns: how many targets there were.
    /// - Throws: as ``deleteRelated(_:id:relation:key:)``; none when there is no such record.
    /// - Note: One statement and round trip.
    @discardableResult
    public func deleteAllRelated(
        _ model: String, id: some FilterPart, relation: String, where condition: JSONValue? = nil
    ) async throws -> CountResult {
        let id = try id.part()
        if context.needsTransaction(relation, model) {
            return try await inTransaction {
                try await $0.deleteAllRelated(model, id: id, relation: relation, where: condition)
            }
        }
        if let links = try Relinking(
            context, model, id: id, relation: relation, .delete(nil, where: condition), as: .deleteAllRelated)
        {
            return try await links.run { session, _ in
                try await session.deleteAllRelated(
                    model, id: id, relation: relation, where: condition)
            }
        }
        if let hooked = context.hooked(relation: relation, of: model, id: id, as: .deleteAllRelated) {
            return try await hooked.deleteAll(
                condition ?? [:],
                look: {
                    try await $0.looking(atRelated: relation, of: model, id: id, where: condition, toDelete: true)
                }
            ) { session, areKnown in
                try await session.deleteAllRelated(
                    model, id: id, relation: relation, where: areKnown ? nil : condition)
            }
        }
        return try await context.answering { planning in
            let (changes, include) = try await context.changesAndRecords(
                of: relation, model, id: id, where: condition, planning)
            guard changes.relation.embedded == nil else {
                return try await context.deleteEmbedded(
                    changes, include, id: id, try changes.items(include), planning, as: .deleteAllRelated)
            }
            guard changes.relation.kind != .belongsTo else { throw changes.unsupported("delete all of") }
            return try await context.count(
                changes.freed(isKnown(changes)).destroyAll(.always), of: changes.target, planning, as: .deleteAllRelated
            )
        }
    }
}
