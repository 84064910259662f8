// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension HookRunner {
    /// A row that an operation on a relation makes, changes or deletes because of what the relation leads to.
    struct Relinked: Sendable {
        let kind: HookedChange.Kind
        var old: JSONValue?
        /// What the operation writes: hooks may add to it, not change it.
        var data: JSONValue = .object([])
    }

    /// Records that are kept in a row.
    struct Items {
        let data: [JSONValue]
        let isList: Bool
        let areNew: Bool
    }

    /// Runs an operation that makes, changes and deletes rows that its caller hasn't named; each is a change of its own.
    ///
    /// - Parameters:
    ///   - items: records that are kept in the rows, as they are given.
    ///   - look: the rows, held.
    ///   - links: rows that were made, among others; asked for before and after where some are.
    ///   - write: writes to a row what hooks have added; nil where the operation does.
    ///   - body: the operation itself.
    func relink<R: Sendable>(
        items: Items? = nil,
        look: (Transaction) async throws -> [Relinked], links: ((Transaction) async throws -> Graph)?,
        write: ((Transaction, JSONValue, JSONValue) async throws -> Void)?,
        _ body: (Transaction, [HookedChange]) async throws -> R
    ) async throws -> R {
        try await transact(findsWhatIsMade: true, readsAll: false) { transaction in
            if let items {
                try await validate(embedded: items.data, isList: items.isList, isNew: items.areNew, transaction)
            }
            let planned = try await look(transaction.own)
            guard !planned.isEmpty else { return try await body(transaction.own, []) }
            var saved: [HookedChange] = []
            var deleted: [HookedChange] = []
            for row in planned {
                let own = change(
                    row.kind, data: row.data, key: row.old.flatMap { HookedRows.key($0, of: model) }, old: row.old)
                if row.kind == .delete { deleted.append(own) } else { saved.append(own) }
            }
            let log = try log(saved + deleted, transaction)
            try await run(hooks.beforeDelete, &deleted, transaction)
            try await prepare(saved: &saved, transaction)
            let writes = planned.filter { $0.kind != .delete }
            var additions: [JSONValue] = []
            for (change, row) in zip(saved, writes) {
                additions.append(try addition(change, to: row, isWritten: write == nil))
            }
            log?.note(saved + deleted)
            let isMaking = saved.contains(where: \.isNew)
            let before = isMaking ? try await keys(links, transaction) : []
            let result = try await body(transaction.own, saved)
            if isMaking, let links {
                var made = try HookedRows.records(try await links(transaction.own), of: model)[...]
                made = made.filter { !before.contains(HookedRows.key($0, of: model) ?? .null) }[...]
                for index in saved.indices where saved[index].isNew {
                    guard let record = made.popFirst() else { break }
                    saved[index].record = record
                    saved[index].key = HookedRows.key(record, of: model)
                }
            }
            if let write {
                for (change, addition) in zip(saved, additions) where addition != .object([]) {
                    guard let key = change.key else { continue }
                    try await write(transaction.own, key, addition)
                }
            }
            if hooks.looksBehind, saved.contains(where: { $0.key != nil }) { try await reread(&saved, transaction) }
            try await run(hooks.afterSave, &saved, transaction)
            try await run(hooks.afterDelete, &deleted, transaction)
            log?.note(saved + deleted, isDone: true)
            return result
        }
    }

    private func prepare(saved: inout [HookedChange], _ transaction: HookedTransaction) async throws {
        try await run(hooks.beforeSave, &saved, transaction)
        for isNew in [true, false] {
            var some = saved.filter { $0.isNew == isNew }
            guard !some.isEmpty else { continue }
            try await validate(
                &some,
                Check(
                    purpose: isNew ? .create : .update, places: some.map { _ in "" },
                    given: Set(model.properties.map(\.id)), fills: false), transaction)
        }
        try await run(hooks.persist, &saved, transaction)
    }

    private func keys(
        _ links: ((Transaction) async throws -> Graph)?, _ transaction: HookedTransaction
    ) async throws -> Set<JSONValue> {
        guard let links else { return [] }
        let records = try HookedRows.records(try await links(transaction.own), of: model)
        return Set(records.compactMap { HookedRows.key($0, of: model) })
    }

    /// What hooks have added to the data of a row.
    ///
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE` where they have changed what the relation says.
    private func addition(
        _ change: HookedChange, to row: Relinked, isWritten: Bool
    ) throws(PlannerError) -> JSONValue {
        guard !isWritten else { return .object([]) }
        for member in row.data.members ?? [] where change.data[member.key] != member.value {
            throw PlannerError(
                .keyOverride,
                "A hook of \(model.name) has changed \(member.key), which the relation says; leave it, or refuse the operation.",
                model: model.name, property: member.key)
        }
        return .object((change.data.members ?? []).filter { row.data[$0.key] == nil })
    }
}
