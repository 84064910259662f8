// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Catalog {
    /// A foreign key.
    public struct ForeignKey: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The columns.
        public var columns: [String]
        /// The referenced table.
        public var target: TableName
        /// The referenced columns, in the order of `columns`.
        public var targetColumns: [String]
        /// Whether every row keeps to it: the database has checked all of them (`convalidated`), and the triggers that
        /// watch over it are on.
        public var isValid: Bool
        /// Whether it may be broken until COMMIT inside a transaction (`DEFERRABLE`).
        public var isDeferrable: Bool
        /// Whether that is so from the beginning of each transaction (`INITIALLY DEFERRED`).
        public var isDeferred: Bool

        /// A foreign key.
        public init(
            name: String, columns: [String], target: TableName, targetColumns: [String], isValid: Bool = true,
            isDeferrable: Bool = false, isDeferred: Bool = false
        ) {
            self.name = name
            self.columns = columns
            self.target = target
            self.targetColumns = targetColumns
            self.isValid = isValid
            self.isDeferrable = isDeferrable
            self.isDeferred = isDeferred
        }
    }
}
