// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What is copied and kept right (`sync`) is shown to whoever has the copy: nobody gets it of a record that is kept back from them.
extension SessionContext {
    /// Sees to it that a change refers to no record that the program keeps back from this request, where it would get its values.
    ///
    /// - Parameter trusted: the properties of each row whose values are those of records that have been looked at.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND`.
    /// - Note: A statement for each model with such values that an `access` hook says something of.
    func requireReachableSources(
        of change: Change, trusting trusted: [Set<Property.ID>], _ planning: Planning
    ) async throws {
        guard planning.scoped.access != nil, !planning.schema.copies.groups.isEmpty, recorder?.isRunning != false else {
            return
        }
        for referred in change.referredKeys(in: planning.schema) {
            let source = planning.schema[referred.source]
            let reach = try planning.scoped.reachable(source)
            guard reach != .always else { continue }
            var keys: [[RecordName.Part]: [JSONValue]] = [:]
            for (row, values) in referred.keys {
                if trusted.indices.contains(row), referred.holders.allSatisfy(trusted[row].contains) { continue }
                let shown = values.map { JSONValue.string($0.shown ?? "") }
                keys[zip(shown, referred.properties).map { RecordName.Part($0, source.properties[$1]) }] = shown
            }
            var rest = Array(keys)[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(max(1, planning.trees.filterLimits.listLength)))
                rest = rest.dropFirst(some.count)
                let found = try await reached(some.map(\.value), referred.properties, of: source, reach, planning)
                for (name, key) in some where !found.contains(name) {
                    // Which spellings are one key only the server knows.
                    let one = try await reached([key], referred.properties, of: source, reach, planning)
                    guard one.isEmpty else { continue }
                    throw planning.missing(source, key.count == 1 ? key[0] : .array(key))
                }
            }
        }
    }

    private func reached(
        _ keys: [[JSONValue]], _ properties: [Property.ID], of source: Model, _ reach: Condition, _ planning: Planning
    ) async throws -> Set<[RecordName.Part]> {
        var alternatives: [Condition] = []
        var columns: [[BoundValue.Contents]] = Array(repeating: [], count: properties.count)
        for key in keys {
            let values = try zip(key, properties).map { try planning.schema.value($0, of: $1, in: source.id) }
            for (position, value) in values.enumerated() { columns[position].append(value.contents) }
            if properties.count > 1 {
                alternatives.append(
                    .all(zip(properties, values).map { .comparison(Condition.Operand($0), .equal, $1) }))
            }
        }
        var filter = Filter()
        filter.condition =
            properties.count == 1
            ? .member(
                Condition.Operand(properties[0]),
                values: BoundValue(source.properties[properties[0]].columnType.array, .array(columns[0])),
                matchesNull: false, negated: false)
            : .any(alternatives)
        filter.condition = .all([filter.condition, reach])
        filter.readsAll = true
        let (plan, values) = try planning.prepare(filter, for: source)
        let graph = try await ask(plan, values, planning, as: .find)
        guard let rows = graph.rowSets[0] else { return [] }
        var found: Set<[RecordName.Part]> = []
        for record in RecordRows(rows, of: graph.plan.fetches[Fetch.root], source).all {
            found.insert(
                properties.map { RecordName.Part(record[source.properties[$0].name], source.properties[$0]) })
        }
        return found
    }
}
