// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The records that a deferred include hangs from.
struct Parents {
    let rows: RowSet
    let model: Model
    private let fetch: Fetch
    private let records: RecordRows
    /// What the model goes by in the fetch: another name for a record that is joined in.
    private let alias: String
    private let presence: [Int]
    /// Whether a row is one of the answer's records: more are fetched where limits are applied here, or the first of several
    /// is taken.
    private let isShown: [Bool]

    /// - Returns: nil when there are none.
    init?(of node: Node, in graph: Graph, _ schema: Schema) {
        guard let parent = node.parent.map({ graph.plan.nodes[$0] }), let id = parent.fetch,
            let rows = graph.rowSets[id.index]
        else { return nil }
        let fetch = graph.plan.fetches[id]
        let joined: [Int] = if case .joined(let presence)? = parent.link { presence } else { [] }
        self.rows = rows
        self.fetch = fetch
        model = schema[parent.model]
        presence = joined
        isShown = Self.shown(parent, in: graph)
        alias = joined.first.map { fetch.columns[$0].alias } ?? Fetch.Column.ownAlias
        records = RecordRows(rows, of: fetch, model, alias: alias)
    }

    /// The rows that hold a record of the answer.
    var present: [Int] {
        get throws(CancellationError) {
            var present: [Int] = []
            for row in 0..<rows.count {
                try checkCancellation(at: row)
                let isPresent = isShown[row] && presence.allSatisfy { rows.bytes(row: row, column: $0) != nil }
                if isPresent { present.append(row) }
            }
            return present
        }
    }

    /// Whether each row of a node belongs to a row of its parent that is shown itself.
    private static func shown(_ node: Node, in graph: Graph) -> [Bool] {
        let count = graph.rows(of: node)?.count ?? 0
        guard let parent = node.parent else { return [Bool](repeating: true, count: count) }
        var isShown = [Bool](repeating: false, count: count)
        for (row, isParentShown) in shown(graph.plan.nodes[parent], in: graph).enumerated() where isParentShown {
            let related = graph.related(node.id, toParentRow: row)
            for child in node.isToMany ? related[...] : related.prefix(1) { isShown[child] = true }
        }
        return isShown
    }

    /// A record as functions read it.
    func record(_ row: Int) -> ParentRecord { records.record(row) }

    /// Some of the rows with the columns of another fetch of the same model.
    func copy(_ rows: [Int], as other: Fetch) throws(PostgresError) -> RowSet {
        let sources = other.columns.map { column in
            fetch.columns.firstIndex {
                $0.property == column.property && $0.model == column.model && $0.alias == alias
            }
        }
        var builder = try RowSetBuilder(
            columns: other.columns.map { .init($0.output, TypeID(rawValue: $0.type.oid)) })
        for row in rows {
            try builder.addRow()
            for (column, source) in sources.enumerated() {
                try builder.set(source.flatMap { self.rows.bytes(row: row, column: $0) }, column: column)
            }
        }
        return builder.finish()
    }
}
