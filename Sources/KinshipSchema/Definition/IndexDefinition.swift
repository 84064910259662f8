// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An index that a definition asks for.
public struct IndexDefinition: Sendable, Hashable {
    /// The name.
    public var name: String
    /// Property or column names, in order, each ascending or not.
    public var columns: [Column]
    /// Whether values may occur once only.
    public var isUnique: Bool
    /// `btree` and the like; nil for the default.
    public var method: String?
    /// Whether it is asked for as a UNIQUE constraint, which is more than an index: others can refer to its columns by name.
    public var isConstraint = false

    /// One column of an index.
    public struct Column: Sendable, Hashable {
        /// The name.
        public var name: String
        /// Whether it is ordered downwards.
        public var isDescending: Bool

        /// A column.
        public init(name: String, isDescending: Bool = false) {
            self.name = name
            self.isDescending = isDescending
        }
    }

    /// An index.
    public init(name: String, columns: [Column], isUnique: Bool = false, method: String? = nil) {
        self.name = name
        self.columns = columns
        self.isUnique = isUnique
        self.method = method
    }
}
