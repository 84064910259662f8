// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How rows of a node are matched with the rows of its parent.
public indirect enum NodeLink: Sendable, Hashable {
    /// The keys of the parents equal these columns of the child, value by value.
    case key(KeySource, child: [Int])
    /// The child's column holds the position (from 1) of the key in the array that was sent.
    case ordinal(KeySource, column: Int)
    /// Rows of a link model lie between: their columns `source` equal the keys of the parents, their `targets` these columns
    /// of the child.
    case twoHop(KeySource, source: [Int], targets: KeySource, child: [Int])
    /// The column holds the number of the parent's row, from 0.
    case row(column: Int)
    /// Lists of keys lie between, in the rows of a local fetch: their targets are found as `targets` says, and come in the
    /// lists' order, or in their own.
    case list(Fetch.ID, targets: NodeLink, isStored: Bool, limits: ListLimits)
    /// The record stands in the parent's own row, joined in; there is one where none of these columns is NULL.
    case joined(presence: [Int])

    /// Which part of each parent's list is shown; counted here, for lists and targets come apart.
    public struct ListLimits: Sendable, Hashable {
        /// How many to leave out first.
        package let skip: Filter.RowLimit?
        /// At most how many.
        package let limit: Filter.RowLimit?
        /// Whether the limit counts from the end.
        public let takesLast: Bool
    }

    /// Where the keys come from, nil for rows that know their parents.
    public var keys: KeySource? {
        switch self {
        case .key(let keys, _), .ordinal(let keys, _), .twoHop(let keys, _, _, _): keys
        case .list(_, let targets, _, _): targets.keys
        case .joined, .row: nil
        }
    }
}
