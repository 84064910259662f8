// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A column of a step's rows, before it has a position.
enum StepColumn: Sendable, Hashable {
    /// A property of the rows that go by an alias.
    case property(Property.ID, of: String = RowSource.alias, as: ColumnType.Form = .value)
    /// What a term of the order orders by; lists of columns are not to have room for one at each place.
    indirect case term(OrderTerm, ColumnType)
    /// A column of rows that no select list gives.
    case position(Int)

    /// The same column of rows that go by another alias.
    func renamed(_ alias: String) -> StepColumn {
        if case .property(let property, _, let form) = self { .property(property, of: alias, as: form) } else { self }
    }
}

/// Columns of a step, with what they are for.
struct ColumnUse: Sendable, Hashable {
    /// What columns are for.
    enum Purpose: Sendable, Hashable {
        /// Shown in the rows' own record.
        case shown
        /// What the rows are found by.
        case key
        /// What hangs from a node's rows takes its keys from them; the position is that in the node's includes.
        case include(Node.ID, Int)
        /// Shown of the links.
        case link
        /// The places that a page's cursors lead to.
        case paging
    }

    var purpose: Purpose
    var columns: [StepColumn]

    init(_ purpose: Purpose, _ columns: [StepColumn]) {
        self.purpose = purpose
        self.columns = columns
    }

    /// The use of columns of rows that go by another alias.
    func renamed(_ alias: String) -> ColumnUse { ColumnUse(purpose, columns.map { $0.renamed(alias) }) }
}

extension [Property.ID] {
    /// The columns of properties of rows that go by an alias.
    func columns(of alias: String = RowSource.alias) -> [StepColumn] { map { .property($0, of: alias) } }
}
