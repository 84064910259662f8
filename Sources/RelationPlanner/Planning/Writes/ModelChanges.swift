// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The changes of a model's own records.
package struct ModelChanges: Sendable {
    let schema: Schema
    let model: Model

    package init(_ schema: Schema, _ model: Model) {
        self.schema = schema
        self.model = model
    }

    // MARK: Making

    /// New records; they come back in their order.
    package func create(_ records: [RecordData]) -> Change { create(Insert(records, of: model, in: schema)) }

    /// The same of records that are there property by property.
    package func create(_ records: RecordColumns) -> Change { create(Insert(records, of: model, in: schema)) }

    private func create(_ insert: Insert) -> Change {
        Change([ChangePart("made", model.id, .insert(insert), output: .answer)], answers: ["made"])
    }

    /// New records, each of which changes the one that has its values of some properties, where there is one; they come back in
    /// their order, but for those that may not be changed.
    ///
    /// - Parameters:
    ///   - properties: those of a unique index that keeps records apart by them.
    ///   - set: what is changed of one that is there; all records have to give it.
    ///   - scope: what one that is there has to meet to be changed.
    package func upsertAll(
        _ records: [RecordData], on properties: [Property.ID], set: [Property.ID], _ scope: Condition
    ) -> Change {
        var insert = Insert(records, of: model, in: schema)
        insert.conflict = .update(properties, set: set, counting: nil, condition: scope)
        return Change([ChangePart("made", model.id, .insert(insert), output: .answer)], answers: ["made"])
    }

    // MARK: Changing

    /// Changes the record with a key.
    ///
    /// - Parameter scope: what it has to meet besides.
    package func update(key: [BoundValue], _ scope: Condition, _ data: RecordData) -> Change {
        var match = RowMatch(keys: model.key(key), scope)
        let action = match.changing(data, of: model)
        return Change([ChangePart("changed", model.id, action, output: .answer)], answers: ["changed"])
    }

    /// Holds the record with a key, as it is.
    package func hold(key: [BoundValue], _ scope: Condition, _ lock: RowLock) -> Change {
        let find = Find(RowMatch(keys: model.key(key), scope), lock: lock)
        return Change([ChangePart("held", model.id, .find(find), output: .answer)], answers: ["held"])
    }

    /// Changes all records that a filter finds; its limits count.
    package func updateAll(_ filter: Filter, _ data: RecordData) -> Change {
        var (parts, match) = matching(filter, .noKeyUpdate)
        let action = match.changing(data, of: model)
        return Change(counting: parts + [ChangePart("changed", model.id, action)])
    }

    /// Deletes all records that a filter finds; its limits count.
    package func deleteAll(_ filter: Filter) -> Change {
        let (parts, match) = matching(filter, .update)
        return Change(counting: parts + [ChangePart("removed", model.id, model.removal(match))])
    }

    /// Deletes the record with a key.
    package func delete(key: [BoundValue], _ scope: Condition) -> Change {
        Change(counting: [ChangePart("removed", model.id, model.removal(RowMatch(keys: model.key(key), scope)))])
    }

    /// Deletes the records with some keys.
    package func deleteEach(_ keys: [[BoundValue]]) -> Change {
        var match = RowMatch()
        match.name(keys, of: model)
        return Change(counting: [ChangePart("removed", model.id, model.removal(match))])
    }

    private func matching(_ filter: Filter, _ lock: RowLock) -> ([ChangePart], RowMatch) {
        guard filter.limit.isSet || filter.skip.isSet else { return ([], RowMatch(filter.condition)) }
        var find = Find(RowMatch(filter.condition), lock: lock)
        find.order = schema.completedOrder(filter.order, for: model.id)
        (find.limit, find.skip) = (filter.limit?.bound, filter.skip?.bound)
        var match = RowMatch()
        match.within = [.same("found", model)]
        return ([ChangePart("found", model.id, .find(find), output: .properties(model.primaryKey))], match)
    }

    // MARK: One or the other

    /// Changes the record with the key that the data have, or makes it: what isn't given stays as it is.
    ///
    /// An INSERT with ON CONFLICT alone would ask for all that is required of a new record, also where there is one.
    ///
    /// - Parameters:
    ///   - scope: what a record has to meet to be changed.
    ///   - data: for the record that is there.
    ///   - new: for the one that is made; nil where the data don't do for one.
    package func upsert(key: [BoundValue], _ scope: Condition, _ data: RecordData, _ new: RecordData?) -> Change {
        var match = RowMatch(keys: model.key(key), scope)
        let set = data.seen(in: model, &match).assignments.filter { !model.primaryKey.contains($0.property) }
        let action: ChangePart.Action =
            set.isEmpty
            ? .find(Find(match, lock: .noKeyUpdate))
            : .update(Update(set.map { Insert.Cell($0.property, $0.value) }, match))
        let changed = ChangePart("changed", model.id, action, output: .answer)
        guard let new else { return Change([changed], answers: ["changed"]) }
        // What the database makes is what isn't said.
        var insert = Insert(new.cells.filter { $0.value != .byDefault })
        insert.unless = ["changed"]
        // Somebody else may make it meanwhile. One that the scope hides is an error, and what is made meanwhile is seen when
        // it is tried again.
        let isArbitrated = schema.hasArbiter(model.primaryKey, of: model)
        if isArbitrated, scope == .always {
            insert.conflict = .update(
                model.primaryKey, set: set.map(\.property), counting: nil,
                condition: data.seenVersion(of: model))
        }
        var change = Change(
            [
                changed, ChangePart("made", model.id, .insert(insert), output: .answer),
            ], answers: ["changed", "made"])
        change.findsWhatIsMade = true
        if !isArbitrated { change.ahead = [.names([name(key)])] }
        return change
    }

    /// What all wait for who want the record with a key where no index keeps such records apart.
    private func name(_ key: [BoundValue]) -> String {
        "kinship:\(model.tableSchema).\(model.table):\(key.map(\.contents))"
    }

    /// Puts a record in the place of the one with its key, or makes it.
    ///
    /// - Parameters:
    ///   - seen: what the data say themselves, without what is filled in.
    ///   - isDecided: whether it is known which of the two it is, so that one statement needn't find out.
    package func replaceOrCreate(
        key: [BoundValue], _ scope: Condition, _ data: RecordData, seen: RecordData, isDecided: Bool = false
    ) -> Change {
        guard scope == .always, !isDecided, schema.hasArbiter(model.primaryKey, of: model) else {
            var changed = data
            if let version = model.version { changed[version.id] = seen[version.id] }
            return upsert(key: key, scope, changed, data.beginning(of: model))
        }
        let data = data.beginning(of: model)
        var insert = Insert(data.cells)
        let set = data.assignments.map(\.property).filter { !model.primaryKey.contains($0) }
        insert.conflict = .update(
            model.primaryKey, set: set, counting: nil, condition: seen.seenVersion(of: model))
        return Change([ChangePart("made", model.id, .insert(insert), output: .answer)], answers: ["made"])
    }

    /// Changes the one record that a condition finds, or makes one where there is none; nothing where there are several, nor where
    /// the data have another key than the one there is.
    package func upsert(where condition: Condition, _ data: RecordData, _ new: RecordData?) -> Change {
        var data = data
        var find = Find(RowMatch(condition), lock: .noKeyUpdate)
        find.limit = BoundValue(.int8, .integer(2))
        var match = RowMatch()
        match.within = [.same("found", model)]
        match.counted = RowMatch.Counted("found")
        for property in model.primaryKey {
            if let value = data[property] { match.keys.append(RowMatch.Key(property, value)) }
            data[property] = nil
        }
        let action = match.changing(data, of: model)
        var change = Change(
            [
                ChangePart("found", model.id, .find(find), output: .properties(model.primaryKey)),
                ChangePart("changed", model.id, action, output: .answer),
            ], answers: ["changed"])
        if let new {
            var insert = Insert(new.cells)
            insert.unless = ["found"]
            change.parts.append(ChangePart("made", model.id, .insert(insert), output: .answer))
            change.answers.append("made")
        }
        change.findsWhatIsMade = true
        change.ahead = [.names([name(condition)])]
        return change
    }

    /// What all wait for who want a record that meets a condition, so that only one of them makes it.
    private func name(_ condition: Condition) -> String {
        "kinship:\(model.tableSchema).\(model.table):\(condition.agreedText)"
    }

    /// The first record that a filter finds, or a new one.
    package func findOrCreate(_ filter: Filter, _ new: RecordData) -> Change {
        var find = Find(RowMatch(filter.condition))
        find.order = schema.completedOrder(filter.order, for: model.id)
        find.limit = BoundValue(.int8, .integer(1))
        find.skip = filter.skip?.bound
        var insert = Insert(new.cells)
        insert.unless = ["found"]
        var change = Change(
            [
                ChangePart("found", model.id, .find(find), output: .answer),
                ChangePart("made", model.id, .insert(insert), output: .answer),
            ], answers: ["found", "made"])
        change.tellsParts = true
        change.findsWhatIsMade = true
        change.ahead = [.names([name(filter.condition)])]
        return change
    }
}

extension Model {
    /// The key's properties with their values.
    func key(_ values: [BoundValue]) -> [RowMatch.Key] {
        zip(primaryKey, values).map { RowMatch.Key($0, .value($1)) }
    }
}

extension RowMatch.Within {
    /// The rows of a part of the same model.
    static func same(_ part: String, _ model: Model) -> RowMatch.Within {
        RowMatch.Within(
            part: part, model: model.id, pairs: model.primaryKey.map { RowSource.Pair(own: $0, other: $0) })
    }
}

extension Condition {
    /// What all who ask the same have for it, in whatever order its parts are written.
    var agreedText: String { conjuncts.map { "\($0)" }.sorted().joined(separator: "&") }
}

extension Filter.RowLimit {
    /// The number as it is bound; nil where there is none.
    var bound: BoundValue? {
        if case .rows(let count) = self { BoundValue(.int8, .integer(Int64(count))) } else { nil }
    }
}
