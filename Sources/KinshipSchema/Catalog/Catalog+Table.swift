// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Catalog {
    /// A table, or what can be read like one.
    public struct Table: Sendable, Hashable {
        /// What a table is to the database.
        public enum Kind: String, Sendable, Hashable {
            case table
            /// A table whose rows are in its partitions.
            case partitioned
            case view
            case materializedView
            /// A table of another server.
            case foreign
        }

        /// The schema.
        public var schema: String
        /// The name.
        public var name: String
        /// What it is.
        public var kind: Kind
        /// The columns.
        public private(set) var columns: [String: Column]
        /// The primary key's columns, in key order; empty when there is none.
        public var primaryKey: [String]
        /// The indexes; the primary key's needn't be among them.
        public var indexes: [Index]
        /// The foreign keys of the table.
        public var foreignKeys: [ForeignKey]
        /// The CHECK constraints.
        public var checks: [Check]
        /// `pg_class.reltuples`: as of the last VACUUM or ANALYZE, nil when there was none.
        public var estimatedRows: Double?
        /// Whether rows of other tables are read with its own: tables that inherit from it (`INHERITS`), not the partitions of a
        /// partitioned table. What indexes and foreign keys say of a table holds for its own rows only (B11).
        public var hasInheritors: Bool
        /// Whether row-level security is on: who asks may not see every row.
        public var hasRowSecurity: Bool
        /// How Citus spreads the rows.
        public var distribution: Distribution

        /// A table.
        public init(
            schema: String = "public", name: String, kind: Kind = .table, columns: [Column], primaryKey: [String] = [],
            indexes: [Index] = [], foreignKeys: [ForeignKey] = [], estimatedRows: Double? = nil,
            hasRowSecurity: Bool = false, distribution: Distribution = .none, hasInheritors: Bool = false,
            checks: [Check] = []
        ) {
            self.schema = schema
            self.name = name
            self.kind = kind
            self.columns = Dictionary(columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            self.primaryKey = primaryKey
            self.indexes = indexes
            self.foreignKeys = foreignKeys
            self.checks = checks
            self.estimatedRows = estimatedRows
            self.hasRowSecurity = hasRowSecurity
            self.distribution = distribution
            self.hasInheritors = hasInheritors
        }

        /// The indexes, the primary key's among them even if it isn't listed.
        package var allIndexes: [Index] {
            guard !primaryKey.isEmpty,
                !indexes.contains(where: { $0.columns.lazy.map(\.name).elementsEqual(primaryKey) && $0.isPlain })
            else { return indexes }
            return indexes + [Index(name: "", columns: primaryKey.map { Index.Column($0) }, isUnique: true)]
        }

        /// Whether no two rows that are read can have equal values in the columns (B11).
        package func isUnique(_ columns: Set<String>) -> Bool {
            !hasInheritors
                && allIndexes.contains { index in
                    index.isUnique && !index.isPartial && !index.columns.isEmpty
                        && index.columns.allSatisfy { columns.contains($0.name) && $0.findsEqual }
                }
        }

        /// Whether a unique index has exactly these columns, so that a conflict of them can be named.
        package func hasArbiter(_ columns: Set<String>) -> Bool {
            !hasInheritors
                && allIndexes.contains { index in
                    index.isUnique && !index.isPartial && !index.columns.isEmpty
                        && index.columns.allSatisfy(\.findsEqual) && Set(index.columns.map(\.name)) == columns
                }
        }

        /// The foreign keys that every row that is read keeps to at any time (B11).
        var keptForeignKeys: [ForeignKey] {
            hasInheritors ? [] : foreignKeys.filter { $0.isValid && !$0.isDeferrable }
        }
    }
}
