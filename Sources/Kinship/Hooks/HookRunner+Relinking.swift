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
        /// Whether its data are the caller's, so that hooks may change them.
        var isFree = false
    }

    /// Records that are kept in a row.
    struct Items {
        let data: [JSONValue]
        let isList: Bool
        let areNew: Bool
    }

    /// What an operation is about to write.
    struct Planned: Sendable {
        var rows: [Relinked]
        /// The keys of rows that it writes nothing new to.
        var others: [JSONValue] = []
        /// Whether it has to fail, for what it needs isn't there.
        var isInVain = false

        static var inVain: Planned {
            var planned = Planned([])
            planned.isInVain = true
            return planned
        }

        init(_ rows: [Relinked]) { self.rows = rows }
    }

    /// A row that is made or changed, with what hooks have added to it.
    struct Written: Sendable {
        var change: HookedChange
        let addition: JSONValue
    }

    /// Runs an operation that makes, changes and deletes rows that its caller hasn't named; each is a change of its own.
    ///
    /// - Parameters:
    ///   - items: records that are kept in the rows, as they are given.
    ///   - readsAll: whether the rows that it answers with are read with all properties.
    ///   - look: the rows, held.
    ///   - writes: whether the operation writes what hooks have added.
    ///   - body: the operation itself, which changes no other rows; with the rows that it has made, in the order in which they were planned.
    func relink<R: Sendable>(
        items: Items? = nil, readsAll: Bool, look: (Transaction) async throws -> Planned, writes: Bool,
        _ body: (Transaction, [Written]) async throws -> (R, made: [JSONValue])
    ) async throws -> R {
        try await transact(findsWhatIsMade: true, readsAll: readsAll) { transaction in
            if let items {
                try await validate(embedded: items.data, isList: items.isList, isNew: items.areNew, transaction)
            }
            let planned = try await look(transaction.own)
            let known = planned.rows.compactMap { $0.old.flatMap { HookedRows.key($0, of: model) } } + planned.others
            let own = transaction.own.only(known, of: model)
            guard !planned.rows.isEmpty else {
                let result = try await body(own, []).0
                // What wasn't there is there by now.
                guard !planned.isInVain else { throw raced }
                return result
            }
            var saved: [HookedChange] = []
            var deleted: [HookedChange] = []
            for row in planned.rows {
                let own = change(
                    row.kind, data: row.data, key: row.old.flatMap { HookedRows.key($0, of: model) }, old: row.old)
                if row.kind == .delete { deleted.append(own) } else { saved.append(own) }
            }
            let log = try log(saved + deleted, transaction)
            try await run(hooks.beforeDelete, &deleted, transaction)
            try await prepare(saved: &saved, transaction)
            var written: [Written] = []
            for (change, row) in zip(saved, planned.rows.filter { $0.kind != .delete }) {
                written.append(Written(change: change, addition: try addition(change, to: row)))
            }
            log?.note(saved + deleted)
            let (result, made) = try await body(own, written)
            let new = saved.indices.filter { saved[$0].isNew }
            if !new.isEmpty {
                guard made.count == new.count else { throw raced }
                for (index, record) in zip(new, made) {
                    saved[index].record = record
                    saved[index].key = HookedRows.key(record, of: model)
                }
            }
            if !writes {
                for (change, row) in zip(saved, written) where row.addition != .object([]) {
                    guard let key = change.key else { continue }
                    try await own.free.context.write(row.addition, to: model, key: key, as: operation)
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

    /// What hooks have added to the data of a row.
    ///
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE` where they have changed what the relation says.
    private func addition(_ change: HookedChange, to row: Relinked) throws(PlannerError) -> JSONValue {
        guard !row.isFree else { return .object([]) }
        for member in row.data.members ?? [] where change.data[member.key] != member.value {
            throw PlannerError(
                .keyOverride,
                "A hook of \(model.name) has changed \(member.key), which the relation says; leave it, or refuse the operation.",
                model: model.name, property: member.key)
        }
        return .object((change.data.members ?? []).filter { row.data[$0.key] == nil })
    }
}
