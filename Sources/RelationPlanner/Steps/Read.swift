// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a step reads, without the keys.
struct Read: Sendable, Hashable {
    /// What comes back.
    enum Result: Sendable, Hashable {
        /// Rows.
        case rows
        /// How many rows there are without limits.
        case total
        /// How many rows a change was about.
        case changed
        /// Numbers about the rows of each key; without keys about all rows.
        case numbers(Include.Summary)
        /// Numbers about the rows whose keys stand in lists; the lists are sent row by row.
        case listNumbers(Include.Summary, key: Property.ID, as: ColumnType)
    }

    /// A condition on one of the tables.
    struct Restriction: Sendable, Hashable {
        let model: Model.ID
        let alias: String
        let condition: Condition
    }

    /// The tables.
    var source: RowSource
    /// The change whose rows come back; nil for rows that are only read.
    var change: Change?
    /// What comes back.
    var result = Result.rows
    /// What columns are for, in the order they stand in.
    var uses: [ColumnUse] = []
    /// The columns, laid out when no pass adds any more.
    var list = ColumnList()

    // MARK: Which rows

    /// The condition on the model's rows.
    var condition = Condition.always
    /// The asked order, without what completes it.
    var order: [OrderTerm] = []
    var limit: Filter.RowLimit?
    var skip: Filter.RowLimit?
    var cursor: Filter.Cursor?
    var distinct = false
    /// Whether one row more than the limit is read, for the cursors of a page.
    var readsOneMore = false
    /// Conditions beside the model's own: a polymorphic type, the scope of links.
    var restrictions: [Restriction] = []
    /// The order of the links, behind the asked one (B4).
    var linkOrder: [OrderTerm] = []
    /// What the record of a to-one relation has to meet once it has been chosen among several, see ``Include/probe``.
    var probe = Condition.always
    /// Whether the rows come in an order.
    var isOrdered = true
    /// Whether every column of the result is found by its name, for keys to be handed over.
    var isNamed = false

    /// All rows.
    init(_ source: RowSource) { self.source = source }

    /// The rows a filter asks for.
    init(_ source: RowSource, _ filter: Filter) {
        self.source = source
        condition = filter.condition
        order = filter.order
        limit = filter.limit
        skip = filter.skip
        cursor = filter.cursor
        distinct = filter.distinct
        readsOneMore = filter.pageCursors
    }

    /// `before` takes the rows just ahead of a place: they are found in the opposite order and turned round again.
    var isReversed: Bool { cursor?.side == .before && limit.isSet }

    /// Whether there is a column for what is looked for.
    func has(_ column: StepColumn) -> Bool { uses.contains { $0.columns.contains(column) } }
}

extension Filter {
    /// Whether the rows ahead of a place are asked for, see ``Read/isReversed``.
    var readsBackwards: Bool { cursor?.side == .before && limit.isSet }
}
