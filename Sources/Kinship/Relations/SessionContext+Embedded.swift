// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Changes of records that are kept in another one's row.
extension SessionContext {
    /// Makes embedded records.
    func createEmbedded(
        _ changes: RelationChanges, _ include: Include, id: JSONValue, _ data: [JSONValue], isList: Bool,
        _ planning: Planning, as operation: Operation
    ) async throws -> ChangedRecords {
        var reader = DataReader(planning.schema, changes.target, .create, planning.defaults)
        reader.takesKey = true
        let items = data.enumerated().map { reader.item($1, at: isList ? "[\($0)]" : "") }
        try reader.finish()
        let keys = items.compactMap { item in changes.itemKey.flatMap { item[$0.name] } }.filter { $0 != .null }
        var seen: Set<String> = []
        for key in keys where !seen.insert(key.keyText).inserted { throw changes.duplicateKey(key) }
        let isOne = !changes.relation.isToMany
        let value = try planning.json(isOne ? items[0] : .array(items), of: changes)
        let change = changes.createEmbedded(value, keys: keys.map(\.keyText))
        let graph = try await changeEmbedded(change, changes, include, planning, as: operation)
        guard graph.count > 0 else {
            let exists = try await isThere(changes, id, planning)
            throw exists ? changes.duplicateKey(keys.first ?? .null) : planning.missing(changes.source, id)
        }
        let related = RelatedRecords(graph, of: graph.plan.nodes[1])
        return ChangedRecords(related) { rows in
            isOne || rows.count <= items.count
                ? rows : Array(changes.isPrepending ? rows.prefix(items.count) : rows.suffix(items.count))
        }
    }

    /// Changes embedded records: the one with a key, the one of an embedsOne, or those that meet a condition; or puts another in the
    /// place of one, which keeps its key.
    func updateEmbedded(
        _ changes: RelationChanges, _ include: Include, id: JSONValue, _ match: ItemMatch, _ data: JSONValue,
        _ planning: Planning, _ purpose: DataReader.Purpose = .update, as operation: Operation
    ) async throws -> (records: ChangedRecords, count: Int64) {
        let isReplaced = purpose == .replace
        // What isn't given isn't there in JSON: as of a new record, whose key is known.
        var reader = DataReader(planning.schema, changes.target, isReplaced ? .create : .update, planning.defaults)
        reader.takesKey = isReplaced
        var data = data
        if isReplaced, case .keyed(let name, let texts) = match, data[name] == nil, let members = data.members,
            case .array(let keys) = texts.contents, case .text(let text)? = keys.first
        {
            data = .object(members + [.init(name, .string(text))])
        }
        let item = reader.item(data)
        try reader.finish()
        let value = try planning.json(item, of: changes)
        let graph = try await changeEmbedded(
            isReplaced ? changes.replaceEmbedded(match, value) : changes.updateEmbedded(match, value), changes,
            include, planning, as: operation)
        guard graph.count > 0 else {
            guard try await isThere(changes, id, planning) else { throw planning.missing(changes.source, id) }
            throw changes.missing(nil, of: id)
        }
        return (ChangedRecords(RelatedRecords(graph, of: graph.plan.nodes[1])), try tally(graph, changes))
    }

    /// Takes embedded records away.
    func deleteEmbedded(
        _ changes: RelationChanges, _ include: Include, id: JSONValue, _ match: ItemMatch, _ planning: Planning,
        as operation: Operation
    ) async throws -> CountResult {
        let graph = try await changeEmbedded(
            changes.destroyEmbedded(match), changes, include, planning, as: operation)
        guard graph.count > 0 else { throw planning.missing(changes.source, id) }
        return CountResult(count: try tally(graph, changes), statistics: graph.statistics)
    }

    /// The row that keeps the records, and these below it.
    private func changeEmbedded(
        _ change: Change, _ changes: RelationChanges, _ include: Include, _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        var shown = Filter()
        shown.fields = []
        shown.include = [include]
        return try await self.change(change, of: changes.source, answering: shown, planning, as: operation)
    }

    /// How many records a change of a list was about.
    private func tally(_ graph: Graph, _ changes: RelationChanges) throws -> Int64 {
        guard changes.relation.isToMany, let rows = graph.rowSets[0] else { return 1 }
        return try rows.decode(Int64.self, row: 0, column: rows.columnCount - 1)
    }

    private func isThere(_ changes: RelationChanges, _ id: JSONValue, _ planning: Planning) async throws -> Bool {
        let condition = try planning.scoped.resolved(
            try planning.keyCondition(id, of: changes.source), for: changes.source.id, unscoped: isUnscoped)
        return try await count(condition, of: changes.source, planning, as: .exists).count > 0
    }
}

extension Planning {
    /// JSON as it is bound.
    fileprivate func json(_ json: JSONValue, of changes: RelationChanges) throws(PlannerError) -> BoundValue {
        guard let contents = ValueReader.contents(json, .jsonb, .any) else {
            throw PlannerError(
                .invalidValue,
                "The data of \(changes.target.name) hold the character NUL, or a number that no column takes.",
                model: changes.target.name)
        }
        return BoundValue(.jsonb, contents)
    }
}

extension RelationChanges {
    fileprivate func duplicateKey(_ key: JSONValue) -> ValidationError {
        let list = relation.embedded.map { source.properties[$0].name } ?? relation.name
        return ValidationError(
            model: source.name,
            [
                .init(
                    .uniqueness, at: relation.name, property: list,
                    "has a record with the key \(key.description) already")
            ])
    }

    /// The records that meet the condition of the relation as it is asked; of an embedsOne there is no choosing.
    func items(_ include: Include) throws(PlannerError) -> ItemMatch {
        let condition = include.scope.condition
        guard relation.isToMany || condition == .always else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(relation.name) is one record, kept in the record's own row: it is changed or deleted whatever it is. Leave the where out.",
                path: "where", model: source.name, relation: relation.name)
        }
        return condition == .always ? .all : .condition(condition, of: relation.id)
    }

    /// The record of the list with a key.
    func item(_ key: JSONValue) throws(PlannerError) -> ItemMatch {
        guard let property = itemKey else {
            throw PlannerError(
                .unsupported, "\(target.name) has no key by which one of its records could be named.",
                model: target.name, relation: relation.name)
        }
        return .keys(property.name, [key.keyText])
    }
}

extension JSONValue {
    /// A key as the text that JSON has for it.
    var keyText: String { text ?? description }
}
