// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Rows that no statement gives: they are made of what a column of other rows holds, when these have come.
public enum LocalRows: Sendable, Hashable {
    /// The keys in the lists of a referencesMany: the key, its position in the list, the row that has the list.
    case references(list: ColumnType, key: ColumnType)
    /// Embedded records: the record as jsonb, the keys other rows are joined by, its position, the row that has it.
    case embedded(Embedded)
    /// How many embedded records there are: the row that has them, their number.
    case counts(of: Fetch.ID)

    /// What is embedded, and which of it is asked for.
    public struct Embedded: Sendable, Hashable {
        /// The model that has the records, and its property.
        public let owner: Model.ID
        /// The property that holds them.
        public let property: Property.ID
        /// Whether it is a list, or one record.
        public let isList: Bool
        /// Which records, in which order; run in memory (D22).
        public let scope: Filter
        /// Members that other rows are joined by.
        public let keys: [Key]
    }

    /// A member of embedded records that other rows are joined by.
    public struct Key: Sendable, Hashable {
        /// The property of the embedded model.
        public let property: Property.ID
        /// The type of what it is joined with.
        public let type: ColumnType
    }
}
