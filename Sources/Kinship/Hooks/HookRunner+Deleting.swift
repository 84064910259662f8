// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension HookRunner {
    /// Deletes one record.
    ///
    /// - Parameters:
    ///   - look: the record, held; empty where there is none.
    ///   - body: deletes it.
    func delete(
        _ key: JSONValue?, look: (Transaction) async throws -> Graph,
        _ body: (Transaction) async throws -> CountResult
    ) async throws -> CountResult {
        try await transact(readsAll: false) { transaction in
            var old: JSONValue?
            if hooks.deletesLoad {
                old = try HookedRows.records(try await look(transaction.own), of: model).first
                // The operation knows best how that is told.
                guard old != nil else { return try await body(transaction.own.only([], of: model)) }
            }
            let known = old.flatMap { HookedRows.key($0, of: model) }
            var changes = [change(.delete, key: key ?? known, old: old)]
            let own = known.map { transaction.own.only([$0], of: model) } ?? transaction.own
            let log = try log(changes, transaction)
            try await run(hooks.beforeDelete, &changes, transaction)
            log?.note(changes)
            let result = try await body(own)
            guard result.count > 0 else { return result }
            try await run(hooks.afterDelete, &changes, transaction)
            log?.note(changes, isDone: true)
            return result
        }
    }

    /// Deletes all records that meet a condition. Where a hook asks for the records, they are read in the order of their keys, held,
    /// and each is a change of its own; one statement deletes them.
    ///
    /// - Parameters:
    ///   - look: the records.
    ///   - body: deletes them: all of those that it is left with, or those that meet the condition that was asked with.
    func deleteAll(
        _ condition: JSONValue, look: (Transaction) async throws -> Graph,
        _ body: (_ session: Transaction, _ areKnown: Bool) async throws -> CountResult
    ) async throws -> CountResult {
        try await transact(readsAll: false) { transaction in
            var changes: [HookedChange]
            var keys: [JSONValue]?
            if hooks.deletesLoad {
                let found = try await look(transaction.own)
                let olds = try HookedRows.records(found, of: model)
                guard !olds.isEmpty else { return CountResult(count: 0, statistics: found.statistics) }
                try requireKey()
                changes = olds.map { change(.delete, key: HookedRows.key($0, of: model), old: $0) }
                keys = changes.compactMap(\.key)
            } else {
                changes = [change(.delete, condition: condition)]
            }
            let log = try log(changes, transaction)
            try await run(hooks.beforeDelete, &changes, transaction)
            log?.note(changes)
            let own = keys.map { transaction.own.only($0, of: model) } ?? transaction.own
            let result = try await body(own, keys != nil)
            if keys == nil { changes[0].count = result.count }
            guard result.count > 0 else { return result }
            if let keys, result.count < keys.count {
                // Those that a trigger, or a hook ahead, has kept from going aren't told of.
                let left = try await transaction.own.looking(at: model, keys: keys, areThere: true)
                changes.removeAll { change in change.key.map { left[$0] != nil } ?? false }
            }
            try await run(hooks.afterDelete, &changes, transaction)
            log?.note(changes, isDone: true)
            return result
        }
    }
}
