// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Catalog {
    /// A CHECK constraint.
    public struct Check: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The columns its condition names; empty where it names none, or the whole row.
        public var columns: [String]

        /// A CHECK constraint.
        public init(name: String, columns: [String]) {
            self.name = name
            self.columns = columns
        }
    }
}
