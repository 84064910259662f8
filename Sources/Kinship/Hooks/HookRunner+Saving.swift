// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension HookRunner {
    /// How data are checked ahead of the operation, which checks them as well.
    struct Check {
        var purpose: DataReader.Purpose
        /// The places of the records; nil for those of a list, or of the one record.
        var places: [String]?
        var isList = false
        /// Properties that others say.
        var given: Set<Property.ID> = []
        var takesKey = false
        /// Whether what isn't given is filled in ahead.
        var fills = true
    }

    /// Makes records.
    ///
    /// - Parameters:
    ///   - rows: the graph whose root they are.
    ///   - body: makes them.
    func create<R: Sendable>(
        _ data: [JSONValue], _ check: Check, rows: (R) -> Graph,
        _ body: (Transaction, [JSONValue]) async throws -> R
    ) async throws -> R {
        try await transact(readsAll: hooks.looksBehind) { transaction in
            var changes = data.map { change(.create, data: $0) }
            return try await save(&changes, check, transaction, { try await body(transaction.own, $0) }, rows: rows)
        }
    }

    /// Makes records, which are the answer's root.
    func create(
        _ data: [JSONValue], _ check: Check, _ body: (Transaction, [JSONValue]) async throws -> Graph
    ) async throws -> Graph {
        try await create(data, check, rows: { $0 }, body)
    }

    /// Changes one record.
    ///
    /// - Parameters:
    ///   - rows: the graph whose root it is.
    ///   - look: the record as it is, held; empty where there is none.
    ///   - body: changes it.
    func update<R: Sendable>(
        _ key: JSONValue?, _ data: JSONValue, _ check: Check, rows: (R) -> Graph,
        look: (Transaction) async throws -> Graph, _ body: (Transaction, JSONValue) async throws -> R
    ) async throws -> R {
        try await transact(readsAll: hooks.looksBehind) { transaction in
            var old: JSONValue?
            if hooks.savesLoad {
                let found = try HookedRows.records(try await look(transaction.own), of: model)
                // The operation knows best how that is told.
                guard let first = found.first else {
                    return try await body(transaction.own.only([], of: model), data)
                }
                old = .some(first)
            }
            let known = old.flatMap { HookedRows.key($0, of: model) }
            var changes = [change(.update, data: data, key: key ?? known, old: old)]
            let own = known.map { transaction.own.only([$0], of: model) } ?? transaction.own
            return try await save(&changes, check, transaction, { try await body(own, $0[0]) }, rows: rows)
        }
    }

    /// Changes one record, which is the answer's root.
    func update(
        _ key: JSONValue?, _ data: JSONValue, _ check: Check, look: (Transaction) async throws -> Graph,
        _ body: (Transaction, JSONValue) async throws -> Graph
    ) async throws -> Graph {
        try await update(key, data, check, rows: { $0 }, look: look, body)
    }

    /// Changes the record that is there, or makes one.
    ///
    /// - Parameter look: the record, held; none where there is none. Several are the operation's matter.
    func updateOrCreate(
        _ data: JSONValue, update: Check, create: Check, look: (Transaction) async throws -> Graph,
        _ body: (Transaction, JSONValue) async throws -> Graph
    ) async throws -> Graph {
        try await transact(findsWhatIsMade: true, readsAll: hooks.looksBehind) { transaction in
            let found = try HookedRows.records(try await look(transaction.own), of: model)
            let keys = found.map { HookedRows.key($0, of: model) }
            let own = transaction.own.only(keys.compactMap(\.self), of: model)
            guard found.count < 2 else {
                return try await body(own.only([], of: model).choosing(isNew: false, of: model), data)
            }
            let old = found.first
            var changes = [
                change(old == nil ? .create : .update, data: data, key: keys.first.flatMap(\.self), old: old)
            ]
            return try await save(
                &changes, old == nil ? create : update, transaction,
                { changed in
                    if old != nil { try requireKey(of: data, in: changed[0]) }
                    do {
                        return try await body(own.choosing(isNew: old == nil, of: model), changed[0])
                    } catch let error as PlannerError {
                        // It has been made or deleted meanwhile.
                        guard let now = try? await look(transaction.own),
                            try HookedRows.records(now, of: model).map({ HookedRows.key($0, of: model) }) != keys
                        else { throw error }
                        throw raced
                    }
                }, rows: { $0 })
        }
    }

    /// - Throws: ``PlannerError`` `KEY_OVERRIDE` where hooks have given data another key than that of the record that was found by it.
    private func requireKey(of data: JSONValue, in changed: JSONValue) throws(PlannerError) {
        for property in model.primaryKey {
            let name = model.properties[property].name
            guard let key = data[name], key != .null, changed[name] != key else { continue }
            throw PlannerError(
                .keyOverride,
                "A hook of \(model.name) has changed \(name), by which the record was found; leave it, or refuse the operation.",
                model: model.name, property: name)
        }
    }

    /// Finds a record, or makes one.
    func findOrCreate(
        _ data: JSONValue, isThere: (Transaction) async throws -> Bool,
        _ body: (Transaction, JSONValue) async throws -> (graph: Graph, isCreated: Bool)
    ) async throws -> (graph: Graph, isCreated: Bool) {
        let found = try await transact(findsWhatIsMade: true, readsAll: hooks.looksBehind) { transaction -> Found in
            if try await isThere(transaction.own) {
                let result = try await body(transaction.own, data)
                guard !result.isCreated else { throw raced }
                return Found(graph: result.graph, isCreated: false)
            }
            var changes = [change(.create, data: data)]
            return try await save(
                &changes, Check(purpose: .create, fills: false), transaction,
                { data in
                    let result = try await body(transaction.own, data[0])
                    guard result.isCreated else { throw raced }
                    return Found(graph: result.graph, isCreated: true)
                }, rows: \.graph)
        }
        return (found.graph, found.isCreated)
    }

    private struct Found: Sendable {
        let graph: Graph
        let isCreated: Bool
    }

    var raced: HookRace {
        HookRace(
            error: PlannerError(
                .conflict,
                "A record of \(model.name) was made or deleted by another one while its hooks ran; nothing was changed. Repeat the transaction.",
                model: model.name))
    }

    /// Changes all records that meet a condition.
    ///
    /// Where a hook asks for the records, they are read in the order of their keys, held, and each is a change of its own; those that
    /// are to become the same are changed by one statement.
    ///
    /// - Parameters:
    ///   - look: the records.
    ///   - body: changes them: all of those that it is left with, or those that meet the condition that was asked with.
    func updateAll(
        _ condition: JSONValue, _ data: JSONValue, look: (Transaction) async throws -> Graph,
        _ body: (_ session: Transaction, _ areKnown: Bool, _ data: JSONValue) async throws -> CountResult
    ) async throws -> CountResult {
        try await transact(readsAll: false) { transaction in
            guard hooks.savesLoad else {
                var changes = [change(.update, data: data, condition: condition)]
                let log = try log(changes, transaction)
                try await prepare(&changes, Check(purpose: .update), transaction)
                log?.note(changes)
                let result = try await body(transaction.own, false, changes[0].data)
                changes[0].count = result.count
                guard result.count > 0 else { return result }
                try await run(hooks.afterSave, &changes, transaction)
                log?.note(changes, isDone: true)
                return result
            }
            let found = try await look(transaction.own)
            let olds = try HookedRows.records(found, of: model)
            guard !olds.isEmpty else { return CountResult(count: 0, statistics: found.statistics) }
            try requireKey()
            var changes = olds.map {
                change(.update, data: data, key: HookedRows.key($0, of: model), old: $0)
            }
            let log = try log(changes, transaction)
            // Their data are one, as their places show.
            try await prepare(
                &changes, Check(purpose: .update, places: changes.map { _ in "" }), transaction)
            log?.note(changes)
            var result = CountResult(count: 0, statistics: found.statistics)
            for (data, keys) in grouped(changes) {
                let changed = try await body(transaction.own.only(keys, of: model), true, data)
                guard changed.count == keys.count else { throw raced }
                result = CountResult(count: result.count + changed.count, statistics: changed.statistics)
            }
            if hooks.looksBehind { try await reread(&changes, transaction) }
            try await run(hooks.afterSave, &changes, transaction)
            log?.note(changes, isDone: true)
            return result
        }
    }

    /// - Throws: ``PlannerError`` `UNSUPPORTED` where records have no key by which they could be told apart.
    func requireKey() throws(PlannerError) {
        guard model.primaryKey.isEmpty else { return }
        throw PlannerError(
            .unsupported,
            "\(model.name) has no primary key, by which its hooks could be told what becomes of which record; give it one, or let its hooks load nothing.",
            model: model.name)
    }

    private func grouped(_ changes: [HookedChange]) -> [(data: JSONValue, keys: [JSONValue])] {
        var order: [JSONValue] = []
        var keys: [JSONValue: [JSONValue]] = [:]
        for change in changes {
            if keys[change.data] == nil { order.append(change.data) }
            keys[change.data, default: []].append(change.key ?? .null)
        }
        return order.map { ($0, keys[$0] ?? []) }
    }

    /// Reads records as they are now.
    func reread(_ changes: inout [HookedChange], _ transaction: HookedTransaction) async throws {
        let records = try await transaction.own.looking(at: model, keys: changes.compactMap(\.key))
        for index in changes.indices { changes[index].record = changes[index].key.flatMap { records[$0] } }
    }

    // MARK: Parts

    private func save<R: Sendable>(
        _ changes: inout [HookedChange], _ check: Check, _ transaction: HookedTransaction,
        _ body: ([JSONValue]) async throws -> R, rows: (R) -> Graph
    ) async throws -> R {
        let log = try log(changes, transaction)
        try await prepare(&changes, check, transaction)
        log?.note(changes)
        let result = try await body(changes.map(\.data))
        guard hooks.looksBehind else { return result }
        let records = try HookedRows.records(rows(result), of: model)
        guard records.count == changes.count else { return result }
        for (index, record) in records.enumerated() {
            changes[index].record = record
            changes[index].key = HookedRows.key(record, of: model) ?? changes[index].key
        }
        try await run(hooks.afterSave, &changes, transaction)
        log?.note(changes, isDone: true)
        return result
    }

    /// All that comes ahead of writing.
    func prepare(
        _ changes: inout [HookedChange], _ check: Check, _ transaction: HookedTransaction
    ) async throws {
        try await run(hooks.beforeSave, &changes, transaction)
        try await validate(&changes, check, transaction)
        try await run(hooks.persist, &changes, transaction)
    }
}
