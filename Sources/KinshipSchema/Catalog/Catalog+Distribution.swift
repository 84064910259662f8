// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Catalog {
    /// How the rows of a table are spread over the nodes of a Citus cluster.
    public enum Distribution: Sendable, Hashable {
        /// All rows are where the table is; so it is wherever there is no Citus.
        case none
        /// Rows are spread by the value of a column; nil: all rows are in one shard, on some node.
        case distributed(column: String?)
        /// Each node has all rows.
        case reference
    }

    /// Whether some table is spread over the nodes of a Citus cluster, or has to be taken for it: see ``losesSettings``.
    /// - Complexity: linear in the tables.
    public var isDistributed: Bool { losesSettings || tables.values.contains { $0.distribution != .none } }
}
