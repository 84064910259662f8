// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How cursors are made of a page's rows: of the root's, one more of which is asked for than is shown.
public struct Paging: Sendable, Hashable {
    /// The columns of the root's statement that hold the values of the order's terms.
    public let columns: [Int]
    /// The order, completed by the primary key.
    package let order: String
    /// Which side of a place the rows are; nil when they begin where all rows do.
    package let side: Filter.Cursor.Side?
    /// How many rows are shown, nil for all.
    package let limit: ParameterSlot?
    /// Whether rows are left out first.
    package let skips: Bool
}
