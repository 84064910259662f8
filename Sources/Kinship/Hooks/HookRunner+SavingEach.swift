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
    ///   - look: those of them that are there and can be reached by the way by which they are changed, held.
    ///   - body: changes some of them, by their positions, with what hooks have made of their data, or fails. Where old values are looked
    ///     at those that aren't there come last, by themselves and with nothing in reach: it is the operation's to tell.
    func updateEach(
        _ items: [Each], look: (Transaction) async throws -> [JSONValue],
        _ body: (Transaction, [Int], [JSONValue]) async throws -> Void
    ) async throws {
        try await transact(readsAll: false) { transaction in
            var olds: [RecordName: JSONValue] = [:]
            if hooks.savesLoad {
                for record in try await look(transaction.own) {
                    if let name = RecordName(record, of: model) { olds[name] = record }
                }
            }
            var changes: [HookedChange] = []
            var (there, missing): ([Int], [Int]) = ([], [])
            for (position, item) in items.enumerated() {
                let old = RecordName(key: item.key, of: model).flatMap { olds[$0] }
                guard old != nil || !hooks.savesLoad else {
                    missing.append(position)
                    continue
                }
                var own = change(.update, data: item.data, key: item.key, old: old)
                own.parent = item.parent
                changes.append(own)
                there.append(position)
            }
            let log = try log(changes, transaction)
            try await prepare(
                &changes, Check(purpose: .update, places: there.map { items[$0].place }), transaction)
            log?.note(changes)
            if !there.isEmpty {
                let known = changes.compactMap(\.key)
                let own = hooks.savesLoad ? transaction.own.only(known, of: model) : transaction.own
                try await body(own, there, changes.map(\.data))
            }
            if !missing.isEmpty {
                try await body(transaction.own.only([], of: model), missing, missing.map { items[$0].data })
                // It has come meanwhile, without its hooks knowing of it.
                throw raced
            }
            if hooks.looksBehind {
                try await reread(&changes, transaction)
                try await run(hooks.afterSave, &changes, transaction)
            }
            log?.note(changes, isDone: true)
        }
    }
}
