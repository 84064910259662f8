// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Catalog {
    /// An index.
    public struct Index: Sendable, Hashable {
        /// One column or expression of an index; also a term of an order that an index is looked for.
        public struct Column: Sendable, Hashable {
            /// The column's name, or the expression's text.
            public var name: String
            /// Whether it is an expression.
            public var isExpression: Bool
            /// Whether it is ordered downwards.
            public var isDescending: Bool
            /// Whether NULLs come first.
            public var nullsFirst: Bool
            /// Whether it has the collation of the table's column; with another one the server can't use it for what is
            /// asked of the column.
            public var hasColumnCollation: Bool
            /// Whether it is ordered as the column's type is: false for operator classes like `text_pattern_ops`.
            public var hasTypeOrder: Bool

            /// A column, ascending with NULLs last unless said otherwise.
            public init(
                _ name: String, isExpression: Bool = false, isDescending: Bool = false, nullsFirst: Bool? = nil,
                hasColumnCollation: Bool = true, hasTypeOrder: Bool = true
            ) {
                self.name = name
                self.isExpression = isExpression
                self.isDescending = isDescending
                self.nullsFirst = nullsFirst ?? isDescending
                self.hasColumnCollation = hasColumnCollation
                self.hasTypeOrder = hasTypeOrder
            }

            /// Whether it finds the rows that are equal in the table's column.
            var findsEqual: Bool { !isExpression && hasColumnCollation }
            /// Whether it holds the rows in the order of the table's column.
            var ordersRows: Bool { findsEqual && hasTypeOrder }
        }

        /// The name.
        public var name: String
        /// The columns.
        public var columns: [Column]
        /// Whether no two rows it covers may be equal in it, at any time: false where that is checked at COMMIT only.
        public var isUnique: Bool
        /// Whether it covers only the rows of its WHERE.
        public var isPartial: Bool
        /// `btree`, `gin` …
        public var method: String

        /// An index.
        public init(
            name: String, columns: [Column], isUnique: Bool = false, isPartial: Bool = false, method: String = "btree"
        ) {
            self.name = name
            self.columns = columns
            self.isUnique = isUnique
            self.isPartial = isPartial
            self.method = method
        }

        /// Whether it covers every row and is no index of expressions.
        package var isPlain: Bool { !isPartial && columns.allSatisfy { !$0.isExpression } }

        /// Whether its first columns find the rows that are equal in the given ones.
        package func finds(equal columns: Set<String>) -> Bool {
            // In other methods equality is not what they are for.
            guard !isPartial, method == "btree" || method == "hash", self.columns.count >= columns.count else {
                return false
            }
            let leading = self.columns.prefix(columns.count)
            return leading.allSatisfy(\.findsEqual) && Set(leading.map(\.name)) == columns
        }

        /// Whether it hands out the rows that are equal in some columns in an order, read forwards or backwards.
        ///
        /// - Parameters:
        ///   - equal: columns of one value each, which have to come before those of the order.
        ///   - known: columns of one value each that may stand anywhere, or not be in the index.
        package func hands(out order: [Column], equal: Set<String>, known: Set<String>) -> Bool {
            guard !isPartial, method == "btree" else { return false }
            return [false, true].contains { backwards in
                var order = order[...]
                var missing = equal
                for column in columns {
                    if column.findsEqual, equal.contains(column.name) || known.contains(column.name) {
                        missing.remove(column.name)
                        continue
                    }
                    guard missing.isEmpty, let term = order.first, column.ordersRows, column.name == term.name,
                        (column.isDescending != term.isDescending) == backwards,
                        (column.nullsFirst != term.nullsFirst) == backwards
                    else { break }
                    order = order.dropFirst()
                }
                return missing.isEmpty && order.isEmpty
            }
        }
    }
}
