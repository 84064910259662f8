// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Makes a record of a draft: what it doesn't set gets its default, or is made by the database.
    ///
    /// ```swift
    /// let draft = try Changes<Order>(json: body, allowing: [\.status, \.total])
    /// let order = try await database.create(draft) { $0.customerId = me }
    /// ```
    ///
    /// - Parameter more: what is to be written besides, and instead.
    /// - Returns: the record as the database has it now.
    /// - Throws: as ``create(_:_:filter:)``; ``ModelError`` where the answer isn't of the model's types.
    /// - Note: One statement and round trip.
    @discardableResult
    public func create<Record: TypedModel>(
        _ draft: Changes<Record>, _ more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> Record {
        var changes = draft
        more(&changes)
        let definition = Record.definition
        return try await create(definition.name, try changes.newJSON, filter: definition.answer)
            .records(as: Record.self)[0]
    }

    /// Makes many records of drafts, which may set different properties: all of them or none.
    ///
    /// - Returns: the records in the order of the drafts.
    /// - Throws: as ``create(_:_:)-(Changes<Record>,_)`` and ``createAll(_:_:filter:)``.
    /// - Note: One statement and round trip; none for no drafts.
    @discardableResult
    public func createAll<Record: TypedModel>(_ drafts: [Changes<Record>]) async throws -> [Record] {
        let definition = Record.definition
        let data = try drafts.map { try $0.newJSON }
        return try await createAll(definition.name, data, filter: definition.answer).records(as: Record.self)
    }
}

extension TypedQuery {
    /// Changes the records that meet the query's conditions by a patch; see ``update(_:)-((inoutChanges<Record>)->Void)``.
    @discardableResult
    public func update(_ patch: Changes<Record>) async throws -> Int { try await update { $0 = patch } }

    /// Changes the record with a key, if it meets the query's conditions.
    ///
    /// ```swift
    /// let patch = try Changes<Order>(json: body, allowing: [\.status])
    /// let order = try await database.query(Order.self).where { $0.customerId == me }.update(7, patch)
    /// ```
    ///
    /// - Returns: the record as the database has it now.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where there is none, or the conditions leave it out; `INVALID_FILTER` for whatever else
    ///   the query says, as it would have no effect; `KEY_OVERRIDE` for a patch that sets another key; else as
    ///   ``Session/updateById(_:id:_:filter:)``.
    /// - Note: One statement and round trip; with conditions a transaction of two.
    @discardableResult
    public func update(_ id: some FilterPart, _ patch: Changes<Record>) async throws -> Record {
        let definition = Record.definition
        let key = try id.part()
        let condition = try parts.condition(toChange: Record.self, isUnscoped, orAll: nil)
        let data = try patch.json
        guard condition != [:] else {
            return try await session.updateById(model, id: key, data, filter: definition.answer)
                .records(as: Record.self)[0]
        }
        let names = definition.keyNames
        let values = names.map { name in names.count == 1 ? key[name] ?? key : key[name] ?? .null }
        let one = JSONValue.object(zip(names, values).map { .init($0, ["eq": $1]) })
        // What says again which record it is changes nothing.
        let rest = (data.members ?? []).filter { member in
            !zip(names, values).contains { $0 == member.key && member.value.isSame(as: $1) }
        }
        return try await session.withTransaction { transaction in
            let changed = try await transaction.updateAll(model, where: ["and": [one, condition]], .object(rest))
            if changed.count == 0 {
                guard try await transaction.count(model, where: ["and": [one, condition]]).count > 0 else {
                    throw noRecord
                }
                // It is there: another number of changes than the one that the patch has seen.
                try await transaction.updateById(model, id: key, .object(rest))
            }
            // By the change it may have left the model's default scope.
            return try await transaction.unscoped.findById(model, id: key, filter: definition.answer)
                .records(as: Record.self)[0]
        }
    }
}

extension RelatedQuery {
    /// Makes a record of a draft that the relation leads to; see ``create(_:_:)``.
    @discardableResult
    public func create(
        _ draft: Changes<Record>, _ more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> Record {
        try await create {
            $0 = draft
            more(&$0)
        }
    }

    /// Changes those records of the relation that meet the query's conditions by a patch; see ``update(_:)-((inoutChanges<Record>)->Void)``.
    @discardableResult
    public func update(_ patch: Changes<Record>) async throws -> Int { try await update { $0 = patch } }
}
