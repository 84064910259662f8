// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Catalog {
    /// A column.
    public struct Column: Sendable, Hashable {
        /// The name.
        public var name: String
        /// With its length, precision and scale; a domain's base type; enumeration labels; whether the column's
        /// collation is deterministic goes into ``ColumnType/equalityIsBytewise``.
        public var type: ColumnType
        /// Whether it may hold NULL.
        public var isNullable: Bool
        /// Whether the database fills the column when no value is given: default, identity or generated.
        public var hasDefault: Bool
        /// How it does that.
        public var filling: Filling
        /// How many different values there are (`pg_stats.n_distinct`, times the rows where it is a share of them): as
        /// of the last ANALYZE, nil when there was none or the statistics may not be read.
        public var estimatedDistinct: Double?
        /// How far the rows lie in the order of the column's values (`pg_stats.correlation`): 1 in their order, -1 in the
        /// opposite one, 0 in none; nil when the statistics don't say.
        public var correlation: Double?

        /// How the database fills a column.
        public enum Filling: Sendable, Hashable {
            /// Not at all.
            case none
            /// With the value of an expression, as the database writes it.
            case expression(String)
            /// With the next number of its own, where none is given.
            case identity
            /// With the next number of its own, whatever is given.
            case identityAlways
            /// With what is made of the row's other columns.
            case generated
        }

        /// A column.
        public init(
            _ name: String, _ type: ColumnType, isNullable: Bool = true, hasDefault: Bool = false,
            filling: Filling? = nil, estimatedDistinct: Double? = nil, correlation: Double? = nil
        ) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.filling = filling ?? (hasDefault ? .identity : .none)
            self.hasDefault = hasDefault || self.filling != .none
            self.estimatedDistinct = estimatedDistinct
            self.correlation = correlation
        }
    }
}
