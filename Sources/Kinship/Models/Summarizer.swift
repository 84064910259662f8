// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Reads the numbers about a relation's records below each row, or those about all records that a query found.
@usableFromInline
struct Summarizer {
    private let rows: RowSet?
    private let adjacency: Adjacency?
    private let layout: GraphLayout.SummaryLayout
    private let model: String
    private let relation: StaticString?
    private let options: JSONOptions

    /// Whether the records are there too.
    @usableFromInline var hasRecords: Bool { layout.rows }

    init(
        _ graph: Graph, _ layout: GraphLayout.SummaryLayout, _ node: Node, _ adjacency: Adjacency?,
        _ relation: StaticString
    ) {
        rows = graph.rowSets[layout.fetch.index]
        self.adjacency = adjacency
        self.layout = layout
        self.relation = relation
        model = node.name
        options = graph.jsonOptions
    }

    /// Numbers about all that was found, in the only row there is.
    init(_ graph: Graph, _ layout: GraphLayout.SummaryLayout, of model: String) {
        rows = graph.rowSets[layout.fetch.index]
        adjacency = nil
        self.layout = layout
        relation = nil
        self.model = model
        options = graph.jsonOptions
    }

    @usableFromInline
    func callAsFunction(_ parent: Int) -> RelationSummary {
        let range = adjacency?.range(ofParentRow: parent) ?? 0..<0
        return summary(inRow: range.isEmpty ? nil : adjacency?.childRow(at: range.lowerBound))
    }

    /// The numbers in a row; without one those of no records.
    func summary(inRow row: Int?) -> RelationSummary {
        let count = layout.count.map { column in
            rows.flatMap { rows in row.flatMap { integerCell(rows, row: $0, column: column) } }.map { Int($0) } ?? 0
        }
        var values: [RelationSummary.Value] = []
        for function in layout.functions {
            for column in function.columns {
                let cell = rows.flatMap { rows in row.flatMap { rows.bytes(row: $0, column: column.position) } }
                var content = RelationSummary.Value.Content.none
                if let cell, let rows {
                    content = .cell(
                        Array(cell), rows.typeID(column: column.position), rows.format(column: column.position),
                        column.format, options)
                }
                values.append(
                    RelationSummary.Value(function: function.function, property: column.name, content: content))
            }
        }
        return RelationSummary(relation, of: model, count: count, values)
    }
}
