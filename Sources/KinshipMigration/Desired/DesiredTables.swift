// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The tables that models ask for, and how strictly.
///
/// ```swift
/// let desired = try DesiredTables(for: schema)
/// desired.catalog.tables[Catalog.TableName("public", "orders")]
/// ```
public struct DesiredTables: Sendable, Hashable {
    /// A column of a table.
    public struct ColumnPlace: Sendable, Hashable {
        /// The table.
        public var table: Catalog.TableName
        /// The column.
        public var column: String

        /// A column of a table.
        public init(table: Catalog.TableName, column: String) {
            self.table = table
            self.column = column
        }
    }

    /// How strictly a column is asked for.
    public struct Demand: Sendable, Hashable {
        /// The kind of values, where the definition says no more: any type for it will do.
        public var kind: PropertyKind?
        /// Whether the definition says how long values are, so that a type that says it too has to say the same.
        public var isSized = false
        /// Whether programs fill the column themselves, so that a table may do without the default.
        public var isFilledByPrograms = false
        /// `Person.name`.
        public var origin: String
    }

    /// What an empty database should be made into.
    public internal(set) var catalog = TableCatalog()
    /// How strictly, by column.
    public internal(set) var demands: [ColumnPlace: Demand] = [:]
    /// Foreign keys whose actions a definition gives, by table and name.
    public internal(set) var givenForeignKeys: Set<ColumnPlace> = []
    /// Old names of tables, those that are now first.
    public internal(set) var tableRenames: [Catalog.TableName: [Catalog.TableName]] = [:]
    /// Old names of columns, those that are now first.
    public internal(set) var columnRenames: [ColumnPlace: [String]] = [:]
    /// Tables of links that no file describes: relations say what they are called.
    package internal(set) var linkTables: Set<Catalog.TableName> = []
    /// Indexes that are advised and not asked for.
    public internal(set) var suggestions: [Catalog.TableName: [TableCatalog.Index]] = [:]
    /// Why indexes are advised, by table and name.
    public internal(set) var advice: [ColumnPlace: String] = [:]
    init() {}

    /// Defaults as the server writes them.
    package mutating func spell(_ defaults: [ColumnPlace: String]) {
        for (place, expression) in defaults {
            guard var table = catalog.tables[place.table] else { continue }
            for index in table.columns.indices where table.columns[index].name == place.column {
                table.columns[index].filling = .expression(expression)
            }
            catalog.tables[place.table] = table
        }
    }

    /// Types as the server writes them.
    package mutating func spell(types: [ColumnPlace: String]) {
        for (place, type) in types {
            guard var table = catalog.tables[place.table] else { continue }
            for index in table.columns.indices where table.columns[index].name == place.column {
                table.columns[index].type = type
            }
            catalog.tables[place.table] = table
        }
    }

    /// Expressions of generated columns as the server writes them.
    package mutating func spell(generated: [ColumnPlace: String]) {
        for (place, expression) in generated {
            guard let index = catalog.tables[place.table]?.columns.firstIndex(where: { $0.name == place.column }) else {
                continue
            }
            catalog.tables[place.table]?.columns[index].filling = .generated(expression)
        }
    }

    /// Domains as the server writes them.
    package mutating func spell(domains: [Catalog.TableName: DomainDefinition]) {
        for (name, domain) in domains { catalog.types[name] = .domain(domain) }
    }

    /// The columns that are made of another expression than is wanted, as far as spelling says; in order.
    package func differingExpressions(from current: TableCatalog) -> [(place: ColumnPlace, expression: String)] {
        catalog.tables.values.flatMap { wanted in
            wanted.columns.compactMap { column -> (place: ColumnPlace, expression: String)? in
                guard case .generated(let new) = column.filling,
                    case .generated(let old)? = current.tables[wanted.name]?.column(column.name)?.filling,
                    !Spelling.isSame(old, new)
                else { return nil }
                return (ColumnPlace(table: wanted.name, column: column.name), new)
            }
        }.sorted { ($0.place.table.shown, $0.place.column) < ($1.place.table.shown, $1.place.column) }
    }

    /// The domains that are there in another way than is wanted, as far as spelling says; in order.
    package func differingDomains(from current: TableCatalog) -> [(name: Catalog.TableName, domain: DomainDefinition)] {
        catalog.types.compactMap { name, type -> (name: Catalog.TableName, domain: DomainDefinition)? in
            guard case .domain(let new) = type, case .domain(let old)? = current.types[name], !new.isSame(as: old)
            else {
                return nil
            }
            return (name, new)
        }.sorted { $0.name.shown < $1.name.shown }
    }

    /// The columns that are there under another type than is wanted, as far as spelling says; in order.
    package func differingTypes(from current: TableCatalog) -> [ColumnPlace] {
        catalog.tables.values.flatMap { wanted -> [ColumnPlace] in
            let names = [wanted.name] + (tableRenames[wanted.name] ?? [])
            guard let existing = names.lazy.compactMap({ current.tables[$0] }).first else { return [] }
            return wanted.columns.compactMap { column -> ColumnPlace? in
                let place = ColumnPlace(table: wanted.name, column: column.name)
                let names = [column.name] + (columnRenames[place] ?? [])
                guard let old = names.lazy.compactMap({ existing.column($0) }).first, demands[place]?.kind == nil,
                    !TypeConversion.isSame(old.type, column.type)
                else { return nil }
                return place
            }
        }.sorted { ($0.table.shown, $0.column) < ($1.table.shown, $1.column) }
    }

    /// Exactly the tables of a catalog.
    public init(exactly catalog: TableCatalog) { self.catalog = catalog }

    /// What was asked for and can't be.
    public internal(set) var remarks: [String] = []

    /// What is to be made of definitions, beyond what they say.
    public struct Options: Sendable, Hashable {
        /// Whether the types that polymorphic relations write are held by checks.
        public var checksKinds = true
        /// Renamed properties and models: `["Person.name": "Person.fullName", "Note": "Memo"]`.
        public var renames: [String: String] = [:]
        /// Indexes that requests are answered faster with.
        public var indexes: [AdvisedIndex] = []
        /// Whether these are only told: see ``MigrationPlan/suggestions``.
        public var onlySuggestsIndexes = false

        /// The defaults.
        public init() {}
    }

    /// The tables of a schema's models.
    ///
    /// - Throws: ``MigrationError`` with all that stands against it: two models that want the same column to be different,
    ///   indexes of properties that there are none of.
    public init(for schema: Schema, options: Options = .init()) throws(MigrationError) {
        var builder = DesiredBuilder(schema, options)
        builder.build()
        guard builder.problems.isEmpty else { throw MigrationError(builder.problems) }
        self = builder.desired
    }
}
