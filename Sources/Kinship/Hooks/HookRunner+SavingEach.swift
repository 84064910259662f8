// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension HookRunner {
    /// One of several records that are changed at once, each to values of its own.
    struct Each: Sendable {
        let key: JSONValue
        let data: JSONValue
        let place: String
        let parent: HookedChange.Parent?
    }

    /// Changes several records, each of which is a change of its own for hooks.
    ///
    /// - Parameters:
    ///   - scoped: whether the model's default scope and what the program says of access hold.
    ///   - body: changes them, or fails; with what hooks have made of the data.
    func updateEach(
        _ items: [Each], scoped: Bool, _ body: (Transaction, [JSONValue]) async throws -> Void
    ) async throws {
        try await transact(readsAll: false) { transaction in
            var changes: [HookedChange] = []
            let olds = hooks.savesLoad ? try await held(items.map(\.key), scoped: scoped, transaction.own) : [:]
            for item in items {
                let old = RecordName(key: item.key, of: model).flatMap { olds[$0] }
                var own = change(.update, data: item.data, key: item.key, old: old)
                own.parent = item.parent
                changes.append(own)
            }
            // The operation knows best how it is told that one isn't there.
            guard !hooks.savesLoad || changes.allSatisfy({ $0.old != nil }) else {
                return try await body(transaction.own, items.map(\.data))
            }
            let log = try log(changes, transaction)
            try await prepare(&changes, Check(purpose: .update, places: items.map(\.place)), transaction)
            log?.note(changes)
            try await body(transaction.own, changes.map(\.data))
            guard hooks.looksBehind else { return }
            try await reread(&changes, transaction)
            try await run(hooks.afterSave, &changes, transaction)
            log?.note(changes, isDone: true)
        }
    }

    /// Records by their keys, held in the order of these.
    private func held(
        _ keys: [JSONValue], scoped: Bool, _ transaction: Transaction
    ) async throws -> [RecordName: JSONValue] {
        let found = try await transaction.context.looking(
            at: model, keys: keys, scoped: scoped)
        var olds: [RecordName: JSONValue] = [:]
        for record in found {
            if let name = RecordName(record, of: model) { olds[name] = record }
        }
        return olds
    }
}
