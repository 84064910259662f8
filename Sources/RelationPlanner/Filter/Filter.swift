// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A filter that has been checked against a schema: names are positions, values are bound values of column types.
public struct Filter: Sendable, Hashable {
    /// How many rows; `unlimited` differs from not saying when scopes are merged.
    package enum RowLimit: Sendable, Hashable {
        case unlimited
        case rows(Int)
        /// In a filter's shape: there is a limit, its value is the `n`th taken out.
        case slot(Int)
    }

    /// A place in an order to start behind, or to end before (B6).
    package struct Cursor: Sendable, Hashable {
        /// Which side of the place the rows are.
        package enum Side: String, Sendable, Hashable {
            case after
            /// The `limit` rows just ahead of the place, in the asked order.
            case before
        }

        /// Which side of the place the rows are.
        package var side: Side
        /// The order's terms and their values at the place, NULL included. Once the filter is resolved they stand in
        /// the order's order, completed by the primary key.
        package var keys: [Key]
        /// What an opaque cursor holds, until the filter is resolved.
        package var opaque: OpaqueCursor?
        /// What the row that it names has to meet to be looked at, once the filter is resolved: others aren't there for who asks.
        package var reach = Condition.always

        /// A cursor.
        package init(_ side: Side, _ keys: [Key]) {
            self.side = side
            self.keys = keys
        }

        /// One term's value.
        package struct Key: Sendable, Hashable {
            /// A term of the order; its direction has no meaning until the filter is resolved.
            package var term: OrderTerm
            /// The value at the place; may be NULL. Where less is shown than a row has, the first value that is shown so.
            package var value: BoundValue
            /// Set where less may be shown than a row has: then the row's own value is the place, as long as it is there.
            package var shown: Shown?

            /// A term and its value.
            package init(_ term: OrderTerm, _ value: BoundValue) {
                self.term = term
                self.value = value
            }
        }
    }

    /// Which rows.
    package var condition: Condition = .always
    /// The asked order, without the completing primary key; empty when none was asked.
    package var order: [OrderTerm] = []
    /// At most how many rows; nil when nothing was said.
    package var limit: RowLimit?
    /// How many rows to leave out first.
    package var skip: RowLimit?
    /// The properties to show, in the model's order; nil for all that are not hidden, empty for none (what is included is
    /// shown all the same). Keys that only joins need are for the plan to add.
    package var fields: [Property.ID]?
    /// The relations to load, each once.
    package var include: [Include] = []
    /// The place in the order to go on from.
    package var cursor: Cursor?
    /// Distinct combinations of `fields` (B8).
    package var distinct = false
    /// The total beside the rows (B8).
    package var page = false
    /// Which records are meant where deleted ones stay; nil for those that aren't deleted.
    package var deleted: Deleted?
    /// Cursors of the pages before and after beside the rows (B6).
    package var pageCursors = false
    /// Whether all properties are read, whatever is shown: for what looks at whole records beside the answer.
    package var readsAll = false
    /// Whether what is ordered by is read, whatever is shown: for who goes on behind a row.
    package var readsOrder = false
    /// Whether scopes narrow it, as they do queries of typed models: of limits both hold, conditions of an include stay beside those
    /// of the scope, and what is shown is the caller's alone. Not set once the filter is resolved.
    package var isNarrowed = false

    /// Which records are meant where deleted ones stay.
    package enum Deleted: Sendable, Hashable {
        /// All, deleted or not.
        case included
        /// The deleted ones.
        case only
    }

    /// The filter that asks for everything.
    public init() {}
}

extension Filter.RowLimit? {
    /// Whether it changes which rows come back.
    var isSet: Bool {
        switch self {
        case nil, .unlimited: false
        case .rows, .slot: true
        }
    }
}
