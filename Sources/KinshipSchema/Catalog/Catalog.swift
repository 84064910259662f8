// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// In more files than most types: each kind of thing that a database has is one, nested here so that its name says whose it is.

/// What a database really has: a plain value, filled by whoever can ask one.
///
/// ```swift
/// let catalog = Catalog([
///     Catalog.Table(name: "orders", columns: [.init("id", .int4), .init("total", .numeric)], primaryKey: ["id"])
/// ])
/// catalog.isUnique(schema: "public", table: "orders", columns: ["id"])  // true
/// ```
public struct Catalog: Sendable, Hashable {
    /// Tables, views and the like, by schema and name.
    public private(set) var tables: [TableName: Table] = [:]
    /// The names of text search configurations; nil when they weren't asked for.
    public var textSearchConfigurations: [String]?
    /// Whether the database's own collation orders texts by their code points, as `C` does.
    public var ordersTextsByCodePoints = true

    /// Whether settings that one statement of a transaction makes were seen not to reach the next one: statements are run on
    /// other nodes then, whatever the tables are said to be, or by a pooler in statement mode.
    public var losesSettings = false

    /// Tables there are beside those that were asked for; looked up only where one is missing, to say which was meant.
    package var otherTables: [TableName] = []

    /// A catalog of tables.
    public init(_ tables: [Table] = [], textSearchConfigurations: [String]? = nil) {
        self.textSearchConfigurations = textSearchConfigurations
        for table in tables { add(table) }
    }

    /// Adds a table, or replaces it.
    public mutating func add(_ table: Table) { tables[TableName(table.schema, table.name)] = table }

    /// The table of a name, nil when the database has none.
    public func table(_ schema: String, _ name: String) -> Table? { tables[TableName(schema, name)] }

    /// A schema and a name.
    public struct TableName: Sendable, Hashable {
        /// The schema.
        public var schema: String
        /// The name.
        public var name: String

        /// A schema and a name, as the database has them.
        public init(_ schema: String, _ name: String) {
            self.schema = schema
            self.name = name
        }
    }
}
