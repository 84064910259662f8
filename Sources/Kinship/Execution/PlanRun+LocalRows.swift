// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// Rows that no statement gives.
extension PlanRun {
    /// Makes the rows of a wave that are made of those that have come.
    ///
    /// - Parameters:
    ///   - usage: what the whole tree has taken, before and after.
    ///   - carrier: asks the server what is to be known of rows that have come.
    mutating func makeLocalRows(of wave: [Fetch.ID], _ usage: inout TreeUsage, asking carrier: Carrier) async throws {
        for id in wave {
            let fetch = plan.fetches[id]
            guard let local = fetch.local, let source = fetch.keys.first, let parents = rowSets[source.fetch.index]
            else {
                continue
            }
            switch local {
            case .references(let list, let key):
                var budget = usage.work.begin()
                let made = try ReferenceRows(
                    of: parents, column: source.columns[0], type: list, key: key, budget: &budget)
                usage.work.settle(budget)
                try keep(made.rows, of: id, &usage)
            case .embedded(let rows):
                guard let filter = embedded[id] else { continue }
                let owner = prepared.schema[rows.owner]
                let column = EmbeddedColumn(
                    owner.properties[rows.property], of: owner, isList: rows.isList, position: source.columns[0])
                let model = prepared.schema[fetch.model]
                let request = EmbeddedRows.Request(
                    parents: parents, column: column, filter: filter,
                    ranks: try await ranks(for: filter, of: parents, in: column, model, &usage.work, asking: carrier),
                    concealment: prepared.concealments[id],
                    keys: rows.keys.map { .init(name: model.properties[$0.property].name, type: $0.type) })
                try keep(try await make(request, of: model, &usage.work), of: id, &usage)
            case .counts(let rows): try keep(try EmbeddedRows.counts(totals[rows] ?? []), of: id, &usage)
            }
        }
    }

    private func make(
        _ request: EmbeddedRows.Request, of model: Model, _ work: inout MemoryWork
    ) async throws -> EmbeddedRows {
        var budget = work.begin()
        do {
            let made = try await EmbeddedRows.make(request, budget: &budget)
            work.settle(budget)
            return made
        } catch is StepBudget.Exhausted {
            return try await work.runInLane(model, holding: request.parents.memorySize) {
                try EmbeddedRows(request, budget: &$0)
            }
        }
    }

    /// The order of the embedded texts that a filter compares, where the database has another one than that of their bytes.
    private mutating func ranks(
        for filter: EmbeddedFilter, of parents: RowSet, in column: EmbeddedColumn, _ model: Model,
        _ work: inout MemoryWork, asking carrier: Carrier
    ) async throws -> TextRanks? {
        guard filter.needsTextOrder, prepared.schema.catalog?.ordersTextsByCodePoints == false else { return nil }
        let texts = try await texts(for: filter, of: parents, in: column, model, &work)
        guard texts.count > 1 else { return nil }
        let list = BoundValue(ColumnType.text.array, .array(texts.map { .text($0) }))
        var parameters = Parameters()
        try parameters.append(list)
        let rows = try await carrier.execute(Statement(Self.ranking, parameters))
        statistics.statements += 1
        statistics.roundTrips += 1
        return TextRanks(texts, ranks: try rows.decode(Int64.self))
    }

    private func texts(
        for filter: EmbeddedFilter, of parents: RowSet, in column: EmbeddedColumn, _ model: Model,
        _ work: inout MemoryWork
    ) async throws -> [String] {
        @Sendable func texts(_ row: Int, _ budget: inout StepBudget) throws -> [String] {
            try filter.texts(in: column.items(of: parents, row: row, budget: &budget), budget: &budget)
        }
        var budget = work.begin()
        do {
            var all: [String] = []
            var bytes = 0
            for row in 0..<parents.count {
                all += try texts(row, &budget)
                bytes += parents.bytes(row: row, column: column.position)?.count ?? 0
                guard bytes > MemoryWork.bytesBetweenYields else { continue }
                bytes = 0
                await Task.yield()
            }
            work.settle(budget)
            return all
        } catch is StepBudget.Exhausted {
            return try await work.runInLane(model, holding: parents.memorySize) { budget in
                var all: [String] = []
                for row in 0..<parents.count { all += try texts(row, &budget) }
                return all
            }
        }
    }

    private static let ranking = """
        SELECT dense_rank() OVER (ORDER BY u.text) FROM unnest($1) WITH ORDINALITY AS u(text, place) ORDER BY u.place
        """
}
