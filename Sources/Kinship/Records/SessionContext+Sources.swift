// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What is copied and kept right (`sync`) is shown to whoever has the copy: nobody gets it of a record that is kept back from them.
extension SessionContext {
    /// Sees to it that a change refers to no record that the program keeps back from this request, where it would get its values.
    ///
    /// - Parameter trusted: the keys of each row that are those of records which have been looked at.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND`.
    /// - Note: A statement for each model with such values that an `access` hook says something of.
    func requireReachableSources(
        of change: Change, trusting trusted: [[TrustedKey]], _ planning: Planning
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
                if trusted.indices.contains(row),
                    trusted[row].contains(where: { $0.covers(referred, in: planning.schema) })
                {
                    continue
                }
                let shown = values.map { value -> JSONValue in
                    let text = value.shown ?? "null"
                    return (try? JSONValue(parsing: text)) ?? .string(text)
                }
                keys[zip(shown, referred.properties).map { RecordName.Part($0, source.properties[$1]) }] = shown
            }
            try await requireReached(keys, referred.properties, of: source, reach, planning)
        }
    }

    /// What a change lets refer by a part of a key to sources that the program says something of.
    func partlyReferred(
        by change: Change, _ planning: Planning
    ) throws(PlannerError) -> [(rows: PartlyReferred, reach: Condition)] {
        guard planning.scoped.access != nil, !planning.schema.copies.groups.isEmpty, recorder?.isRunning != false else {
            return []
        }
        var partly: [(rows: PartlyReferred, reach: Condition)] = []
        for rows in change.partlyReferred(in: planning.schema) {
            let reach = try planning.scoped.reachable(planning.schema[rows.source])
            if reach != .always { partly.append((rows, reach)) }
        }
        return partly
    }

    /// Makes a change that says what rows refer to in part only, and looks at what they refer to when it is made: all of it is undone where
    /// that is kept back.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND`.
    /// - Note: Statements more: the rows as they are, held, and as they have become; and the sources.
    func lookingBehind(
        _ partly: [(rows: PartlyReferred, reach: Condition)], _ planning: Planning,
        _ body: (SessionContext) async throws -> Graph
    ) async throws -> Graph {
        func all(_ transaction: Transaction) async throws -> Graph {
            var keys: [[JSONValue]] = []
            for (rows, _) in partly {
                let holder = planning.schema[rows.holder]
                let found = try await transaction.context.looking(rows.look, of: holder, planning)
                keys.append(
                    try HookedRows.records(found, of: holder).compactMap { HookedRows.key($0, of: holder) })
            }
            let graph = try await body(transaction.context)
            for ((rows, reach), keys) in zip(partly, keys) {
                let (holder, source) = (planning.schema[rows.holder], planning.schema[rows.source])
                var referred: [[RecordName.Part]: [JSONValue]] = [:]
                for record in try await transaction.looking(at: holder, keys: keys).values {
                    if let type = rows.type,
                        record[holder.properties[type].name]?.text?.lowercased() != rows.typeName.lowercased()
                    {
                        continue
                    }
                    let key = rows.holders.map { record[holder.properties[$0].name] ?? .null }
                    guard !key.contains(.null) else { continue }
                    referred[zip(key, rows.properties).map { RecordName.Part($0, source.properties[$1]) }] = key
                }
                try await transaction.context.requireReached(referred, rows.properties, of: source, reach, planning)
            }
            return graph
        }
        let session = HookSession(self)
        if case .transaction = source { return try await session.withTransaction { try await all($0) } }
        return try await session.withRetryingTransaction(maxAttempts: 5, isolation: .readCommitted) {
            try await all($0)
        }
    }

    private func requireReached(
        _ keys: [[RecordName.Part]: [JSONValue]], _ properties: [Property.ID], of source: Model, _ reach: Condition,
        _ planning: Planning
    ) async throws {
        var rest = Array(keys)[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(max(1, planning.trees.filterLimits.listLength)))
            rest = rest.dropFirst(some.count)
            let found = try await reached(some.map(\.value), properties, of: source, reach, planning)
            for (name, key) in some where !found.contains(name) {
                // Which spellings are one key only the server knows.
                let one = try await reached([key], properties, of: source, reach, planning)
                guard one.isEmpty else { continue }
                throw planning.missing(source, key.count == 1 ? key[0] : .array(key))
            }
        }
    }

    func reached(
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
