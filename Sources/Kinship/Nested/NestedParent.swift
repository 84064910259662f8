// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A record of a graph that others hang on.
struct NestedParent: Sendable {
    /// Its key, as operations take it.
    let id: JSONValue
    /// Whether a statement of this graph has made, changed or found it; others may not be there any more.
    let isReached: Bool
}

extension NestedWriter {
    /// The rows of some records as they are now, where what is taken of them may be another by now: what a graph does ahead of it
    /// can lead back to them.
    ///
    /// - Parameters:
    ///   - properties: what is taken of them. Keys stay what they are.
    ///   - positions: of those records whose rows are needed.
    ///   - lock: how all of them are held; nil where they only have to stay.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where one isn't there any more, or isn't to be reached.
    /// - Note: A statement for the records that nothing has looked at yet, and for all where more than the key is taken.
    func rows(
        of parents: [NestedParent], at positions: [Int], of model: Model, taking properties: [Property.ID],
        lock: RowLock? = nil
    ) async throws -> [Int: ParentRecord] {
        let takesMore = !properties.allSatisfy(model.primaryKey.contains)
        var rows: [Int: ParentRecord] = [:]
        // What this graph has made or changed may be out of its model's scope by now, and is there all the same.
        for isReached in [true, false] {
            var asked: [(position: Int, name: RecordName)] = []
            for position in Set(positions).sorted() where parents[position].isReached == isReached {
                if lock == nil, !takesMore, isReached {
                    rows[position] = keyRecord(parents[position].id, of: model)
                } else if let name = RecordName(key: parents[position].id, of: model) {
                    asked.append((position, name))
                }
            }
            guard !asked.isEmpty else { continue }
            let found = try await context.records(
                of: model, keys: asked.map { parents[$0.position].id }, lock: lock ?? .keyShare, scoped: !isReached,
                as: .createGraph)
            for (position, name) in asked {
                // Of keys that only the server compares the one answer is meant.
                guard let row = found[name] ?? (asked.count == 1 ? found.values.first : nil) else {
                    throw planning.missing(model, parents[position].id)
                }
                rows[position] = row
            }
        }
        return rows
    }

    /// The same of records that were made or found.
    func rows(
        _ records: [ParentRecord], of model: Model, taking properties: [Property.ID]
    ) async throws -> [ParentRecord] {
        guard !properties.allSatisfy(model.primaryKey.contains) else { return records }
        let rows = try await rows(
            of: records.map { parent($0, of: model) }, at: Array(records.indices), of: model, taking: properties)
        return records.indices.map { rows[$0] ?? records[$0] }
    }

    func parent(_ record: ParentRecord, of model: Model) -> NestedParent {
        NestedParent(id: key(of: model, record), isReached: true)
    }

    /// A record of which nothing is known, nor asked, but its key.
    func keyRecord(_ id: JSONValue, of model: Model) -> ParentRecord {
        let key = model.condition(key: id)
        return ParentRecord(of: model) { property in key[model.properties[property].name] ?? .null }
    }
}

extension Relation {
    /// What new targets take of the record that has the relation.
    func takenOfSource(_ source: Model) -> [Property.ID] {
        var names = definition.throughProperties.map(\.from)
        if !definition.invertProperties { names += definition.properties.map(\.from) }
        return sourceKey + names.compactMap { source.property($0)?.id }
    }

    /// What the record that has the relation takes of its target.
    func takenOfTarget(_ target: Model) -> [Property.ID] {
        guard kind == .belongsTo, definition.invertProperties, !definition.embedsProperties else { return targetKey }
        return targetKey + definition.properties.compactMap { target.property($0.from)?.id }
    }
}
