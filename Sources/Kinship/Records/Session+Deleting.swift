// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Deletes the record with a key; its count is 0 where there is none.
    ///
    /// - Parameter id: the key, as ``findById(_:id:filter:)`` takes it.
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a key that its column can't hold; `MODEL_NOT_FOUND` where there is none and
    ///   the model's `strictDelete` says that there has to be; ``ConstraintViolation`` where something refers to it.
    /// - Note: One statement and round trip.
    @discardableResult
    public func deleteById(_ model: String, id: some FilterPart) async throws -> CountResult {
        try await deleteById(model, id: try id.part(), seen: nil)
    }

    /// Deletes the record with a key, where it has been changed as often as was seen.
    ///
    /// - Parameter seen: the number of its changes (``Model/version``); nil for any.
    /// - Throws: ``PlannerError`` `CONFLICT` where it has been changed meanwhile; as ``deleteById(_:id:)``.
    func deleteById(_ model: String, id: JSONValue, seen: JSONValue?) async throws -> CountResult {
        if let hooked = context.hooked(model, as: .deleteById) {
            return try await hooked.delete(id, look: { try await $0.looking(at: model, key: id, toDelete: true) }) {
                try await $0.deleteById(model, id: id, seen: seen)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let key = try planning.keyValues(id, of: target)
            var scope = try planning.defaultCondition(of: target, unscoped: context.isUnscoped)
            var record = RecordData()
            if let seen, let version = target.version {
                let number = try planning.schema.value(seen, of: version.id, in: target.id)
                record[version.id] = .value(number)
                scope = .all([scope, .comparison(Condition.Operand(version.id), .equal, number)])
            }
            let result = try await context.count(
                ModelChanges(planning.schema, target).delete(key: key, scope), of: target, planning, as: .deleteById)
            if result.count == 0, seen != nil, let conflict = try await staleVersion(record, of: target, id: id) {
                throw conflict
            }
            if result.count == 0, target.definition.strictDelete == true { throw planning.missing(target, id) }
            return result
        }
    }

    /// Deletes all records that meet a condition.
    ///
    /// ```swift
    /// let gone = try await database.deleteAll("Item", where: ["orderId": ["inq": [1, 2]]]).count
    /// ```
    ///
    /// - Parameter condition: the `where` of a filter; an empty one, `[:]`, means all records, and there has to be one (D39).
    /// - Returns: how many there were.
    /// - Throws: as ``updateAll(_:where:_:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func deleteAll(_ model: String, where condition: JSONValue?) async throws -> CountResult {
        if let hooked = context.hooked(model, as: .deleteAll) {
            return try await hooked.deleteAll(
                condition ?? .null, look: { try await $0.looking(at: model, where: condition, toDelete: true) }
            ) { session, areKnown in
                // Whatever a scope says of how many there are.
                guard areKnown else { return try await session.deleteAll(model, where: condition) }
                return try await session.unscoped.deleteAll(model, where: [:])
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let filter = try planning.targets(condition, of: target, unscoped: context.isUnscoped)
            return try await context.count(
                ModelChanges(planning.schema, target).deleteAll(filter), of: target, planning, as: .deleteAll)
        }
    }
}
