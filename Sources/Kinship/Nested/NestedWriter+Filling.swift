// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What relations write besides keys.
extension NestedWriter {
    /// New records with what the function of their relation writes into them.
    func filled(
        _ records: [(Int, NestedRecord)], _ relation: Relation, of model: Model,
        _ parents: [NestedParent]
    ) async throws -> [NestedRecord] {
        guard !records.isEmpty, let filling = Filling(relation, of: model), filling.isToTargets else {
            return records.map(\.1)
        }
        var owners: [Int: ParentRecord] = [:]
        var filled: [NestedRecord] = []
        for (parent, record) in records {
            let id = parents[parent].id
            if owners[parent] == nil {
                owners[parent] = try await context.wholeRecord(of: model, id: id, as: .createGraph)
            }
            guard let owner = owners[parent] else { throw planning.missing(model, id) }
            var record = record
            record.data = try filling.filled(record.data, from: owner)
            filled.append(record)
        }
        return filled
    }

    /// Writes what new records have of the targets that they refer to.
    ///
    /// - Parameter relations: with the positions of the records whose data name them.
    func writeCopies(
        of relations: [(relation: Relation, records: [Int])], of model: Model, _ made: [ParentRecord]
    ) async throws {
        for (relation, records) in relations {
            guard let filling = Filling(relation, of: model), !filling.isToTargets else { continue }
            for record in records {
                try await transaction.writeCopies(filling, id: key(of: model, made[record]), planning)
            }
        }
    }
}
