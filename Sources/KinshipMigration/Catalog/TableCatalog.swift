// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The tables of a database as a migration compares them: what is there, or what should be.
///
/// ```swift
/// let current = TableCatalog(json)          // read from a database
/// let desired = try DesiredTables(for: schema)
/// let plan = MigrationPlan(from: current, to: desired)
/// ```
///
/// Expressions and types are written as the server writes them (`format_type`, `pg_get_expr`).
public struct TableCatalog: Sendable, Hashable {
    /// The tables.
    public var tables: [Catalog.TableName: Table]
    /// The schemas that are there.
    public var schemas: Set<String>
    /// Views and foreign tables: models may be kept in them, and no migration changes them.
    public var views: Set<Catalog.TableName> = []
    /// Types of the database's own, and of extensions, by schema and name.
    public var types: [Catalog.TableName: UserType] = [:]

    /// A catalog of some tables.
    public init(_ tables: [Table] = [], schemas: Set<String> = ["public"]) {
        self.tables = Dictionary(tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.schemas = schemas.union(tables.map(\.name.schema))
    }

    /// A table.
    public struct Table: Sendable, Hashable {
        /// Its schema and name.
        public var name: Catalog.TableName
        /// The columns.
        public var columns: [Column] = []
        /// The columns of the primary key; empty where there is none.
        public var primaryKey: [String] = []
        /// UNIQUE constraints.
        public var uniques: [Unique] = []
        /// Indexes that are no constraints.
        public var indexes: [Index] = []
        /// Foreign keys.
        public var foreignKeys: [ForeignKey] = []
        /// CHECK constraints.
        public var checks: [Check] = []
        /// Whether its rows are in partitions, which no index can be built for concurrently.
        public var isPartitioned = false

        /// A table without columns.
        public init(_ name: Catalog.TableName) { self.name = name }

        /// The column called `name`, nil when there is none.
        public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

        /// Whether no two rows can be equal in exactly some columns.
        func isUnique(_ columns: [String]) -> Bool {
            let wanted = Set(columns)
            return Set(primaryKey) == wanted || uniques.contains { Set($0.columns) == wanted }
                || indexes.contains { $0.isUnique && $0.isPlain && Set($0.columns.map(\.name)) == wanted }
        }

        /// Whether some index begins with some columns.
        func hasIndex(on columns: [String]) -> Bool {
            let wanted = Set(columns)
            func begins(_ names: [String]) -> Bool {
                names.count >= wanted.count && Set(names.prefix(wanted.count)) == wanted
            }
            return begins(primaryKey) || uniques.contains { begins($0.columns) }
                || indexes.contains { $0.isPlain && $0.method == "btree" && begins($0.columns.map(\.name)) }
        }
    }

    /// A column.
    public struct Column: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The type.
        public var type: String
        /// Whether it may hold NULL.
        public var isNullable: Bool
        /// What the server fills it with.
        public var filling: Filling

        /// A column.
        public init(_ name: String, _ type: String, isNullable: Bool = true, filling: Filling = .none) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.filling = filling
        }
    }

    /// What the server fills a column with when no value is given.
    public enum Filling: Sendable, Hashable {
        /// Nothing.
        case none
        /// The value of an expression.
        case expression(String)
        /// Its next number; `always` for one that can't be given.
        case identity(always: Bool)
        /// The next number of a sequence that the column owns.
        case serial
        /// What is made of other columns.
        case generated(String)
    }

    /// A UNIQUE constraint.
    public struct Unique: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The columns.
        public var columns: [String]
        /// Whether it has what models can't ask for: it is deferrable, takes NULLs for equal, covers more columns.
        public var isSpecial = false

        /// Whether it is the same constraint, its name included.
        func isSame(as other: Unique) -> Bool { self == other && !isSpecial }
    }

    /// An index.
    public struct Index: Sendable, Hashable {
        /// One column, or an expression.
        public struct Column: Sendable, Hashable {
            /// The column's name, or the expression.
            public var name: String
            /// Whether it is ordered downwards.
            public var isDescending = false
            /// Whether it is an expression.
            public var isExpression = false
        }

        /// The name.
        public var name: String
        /// The columns.
        public var columns: [Column]
        /// Whether values may occur once only.
        public var isUnique = false
        /// `btree` and the like.
        public var method = "btree"
        /// The condition of a partial index.
        public var condition: String?
        /// Whether its building was completed.
        public var isValid = true
        /// Whether it does more than models can ask for: it covers other columns, or has settings of its own.
        public var isExtended = false
        /// Whether it orders or compares in another way than models can ask for: operator classes, collations, NULLs.
        public var isSpecial = false
        /// The process that is building it at this moment.
        public var builder: Int?
        /// Whether requests are answered faster with it, and no model asks for it.
        public var isAdvised = false

        /// Whether it covers all rows by their columns.
        var isPlain: Bool { condition == nil && isValid && !isSpecial && columns.allSatisfy { !$0.isExpression } }

        /// Whether it is the same index, its name included; one whose build failed as well.
        func isSame(as other: Index) -> Bool { name == other.name && isLike(other) }

        /// Whether it is exactly the same but for its name.
        func isLike(_ other: Index) -> Bool {
            columns == other.columns && isUnique == other.isUnique && method == other.method && condition == nil
                && other.condition == nil && ![isExtended, isSpecial, other.isExtended, other.isSpecial].contains(true)
        }

        /// Whether it does what another one is wanted for.
        func serves(as other: Index) -> Bool {
            isPlain && columns == other.columns && method == other.method && (isUnique || !other.isUnique)
        }
    }

    /// A foreign key.
    public struct ForeignKey: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The columns.
        public var columns: [String]
        /// The referenced table.
        public var target: Catalog.TableName
        /// The referenced columns, in the order of `columns`.
        public var targetColumns: [String]
        /// `CASCADE`, `NO ACTION` …
        public var onDelete = "NO ACTION"
        /// Likewise, when the referenced key changes.
        public var onUpdate = "NO ACTION"
        /// Whether all rows have been checked.
        public var isValid = true
        /// Whether it has what models can't ask for: it is deferrable, or matches in full.
        public var isSpecial = false

        /// Whether it is the same constraint, its name included.
        func isSame(as other: ForeignKey) -> Bool {
            name == other.name && ties(like: other) && (onDelete, onUpdate) == (other.onDelete, other.onUpdate)
                && !isSpecial && !other.isSpecial
        }

        /// Whether it ties the same columns together.
        func ties(like other: ForeignKey) -> Bool {
            func pairs(_ key: ForeignKey) -> Set<[String]> {
                Set(zip(key.columns, key.targetColumns).map { [$0, $1] })
            }
            return target == other.target && pairs(self) == pairs(other)
        }
    }

    /// A CHECK constraint.
    public struct Check: Sendable, Hashable {
        /// What it demands.
        public enum Rule: Sendable, Hashable {
            /// One of some values, NULL aside.
            case oneOf(column: String, values: Set<String>, areNumbers: Bool)
            /// Anything else, as the server writes it.
            case expression(String)

            /// Whether both demand the same. A negative number is read as a text, for that is how it is written.
            func isSame(as other: Rule) -> Bool {
                if case .oneOf(let column, let values, _) = self, case .oneOf(column, values, _) = other { return true }
                return self == other
            }
        }

        /// The name.
        public var name: String
        /// What it demands.
        public var rule: Rule
        /// Whether all rows have been checked.
        public var isValid = true

        /// The rule as a person reads it.
        var text: String {
            switch rule {
            case .expression(let text): text
            case .oneOf(let column, let values, _):
                "\(column) is one of \(values.sorted().joined(separator: ", "))"
            }
        }
    }
}

extension Catalog.TableName {
    /// The name as it is shown and given: without the schema `public`.
    public var shown: String { schema == "public" ? name : "\(schema).\(name)" }
    /// As SQL names it.
    package var sql: String { quoted(schema) + "." + quoted(name) }
}
