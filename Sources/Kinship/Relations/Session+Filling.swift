// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Makes related records with what the relation writes into them, or into the record that has it.
    func createFilled(
        _ filling: Filling, _ model: String, id: JSONValue, _ data: JSONValue,
        through link: JSONValue?, filter: JSONValue?, _ planning: Planning, as operation: Operation
    ) async throws -> ChangedRecords {
        try await inTransaction { transaction in
            let owner = try await transaction.heldOwner(filling, id, planning)
            guard filling.isToTargets else {
                context.recorder?.noteMore()
                let made = try await transaction.createAsGiven(
                    model, id: id, relation: filling.relation.name, data, through: link, filter: filter, as: operation)
                try await transaction.writeCopies(filling, id: id, planning)
                return made
            }
            let filled: JSONValue
            if let list = data.elements, filling.relation.isToMany {
                var elements: [JSONValue] = []
                elements.reserveCapacity(list.count)
                for element in list { elements.append(try filling.filled(element, from: owner)) }
                filled = .array(elements)
            } else {
                filled = try filling.filled(data, from: owner)
            }
            return try await transaction.createAsGiven(
                model, id: id, relation: filling.relation.name, filled, through: link, filter: filter, as: operation)
        }
    }

    /// Does what changes which target a record has, and writes what the record has of it.
    func copyingBack<Output: Sendable>(
        _ filling: Filling, id: JSONValue, _ planning: Planning,
        _ body: @Sendable (Transaction) async throws -> Output
    ) async throws -> Output {
        context.recorder?.noteMore()
        return try await inTransaction { transaction in
            let output = try await body(transaction)
            try await transaction.writeCopies(filling, id: id, planning)
            return output
        }
    }

    /// Runs in the transaction there is, else in one that is made again where it loses against another one.
    func inTransaction<Output: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Output
    ) async throws -> Output {
        if case .transaction(let held, _) = context.source { return try await body(Transaction(context, held)) }
        return try await withRetryingTransaction(maxAttempts: 5, isolation: .readCommitted, body)
    }

    /// The record that has the relation, as it is until the transaction ends.
    private func heldOwner(_ filling: Filling, _ id: JSONValue, _ planning: Planning) async throws -> ParentRecord {
        guard id != .null else {
            throw PlannerError(
                .unsavedInstance,
                "A \(filling.owner.name) without a key has no \(filling.relation.name) yet; make the record first, or give its key.",
                model: filling.owner.name, relation: filling.relation.name)
        }
        guard
            let owner = try await context.heldRecord(
                of: filling.owner, id: id, filling.lock, as: .createRelated)
        else { throw planning.missing(filling.owner, id) }
        return owner
    }

    /// Writes what a record has of the target that it refers to.
    func writeCopies(_ filling: Filling, id: JSONValue, _ planning: Planning) async throws {
        let (relation, owner) = (filling.relation, filling.owner)
        guard let target = relation.target.map({ planning.schema[$0] }),
            let record = try await context.wholeRecord(of: owner, id: id, as: .createRelated)
        else { return }
        var parts: [Condition] = []
        for (own, other) in zip(relation.sourceKey, relation.targetKey) {
            let key = record[owner.properties[own].name]
            guard key != .null else { return }
            parts.append(
                .comparison(Condition.Operand(other), .equal, try planning.schema.value(key, of: other, in: target.id)))
        }
        guard
            let found = try await context.wholeRecord(
                of: target, where: parts.count == 1 ? parts[0] : .all(parts), planning, as: .createRelated)
        else { return }
        let names = owner.properties.map { JSONValue.Member($0.name, record[$0.name]) }
        var values = try filling.values(from: found, .object(names))
        if case .embedded(let property) = filling.direction {
            for key in relation.targetKey {
                let name = target.properties[key].name
                values[name] = found[name]
            }
            let object = values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
            values = [property.name: .object(object)]
        }
        guard !values.isEmpty else { return }
        let data = values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
        try await updateById(owner.name, id: id, .object(data))
    }
}
