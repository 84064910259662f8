// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One change of one table, with what it costs and the statements that make it.
public struct MigrationStep: Sendable, Hashable, CustomStringConvertible {
    /// What changes.
    public enum Change: Sendable, Hashable {
        case createSchema
        /// An enumeration or a domain; the step's table is the type.
        case createType(TableCatalog.UserType)
        /// A value of an enumeration, ahead of one that is there or behind one; the step's table is the type.
        case addTypeValue(String, before: String?, after: String?)
        case renameTable(from: Catalog.TableName)
        case renameColumn(String, to: String)
        /// Without its foreign keys and indexes, which are steps of their own.
        case createTable(TableCatalog.Table)
        case addColumn(TableCatalog.Column)
        /// Columns as they become, in one ALTER TABLE, so that the table is written once; those whose default has to be set
        /// anew.
        case changeTypes([TypeChange])
        case setDefault(String, expression: String)
        case dropDefault(String)
        case addIdentity(String, always: Bool)
        case setNotNull(String)
        case dropNotNull(String)
        case addPrimaryKey([String])
        /// What a build that failed left behind, under a name that is wanted.
        case dropInvalidIndex(String)
        case createIndex(TableCatalog.Index)
        case replaceIndex(TableCatalog.Index)
        case addUnique(TableCatalog.Unique)
        case addCheck(TableCatalog.Check)
        case replaceCheck(TableCatalog.Check)
        case addForeignKey(TableCatalog.ForeignKey)
        case replaceForeignKey(TableCatalog.ForeignKey)
        case validate(String)
        case dropForeignKey(String)
        case dropConstraint(String)
        case dropIndex(String)
        case dropColumn(String)
        case dropTable
    }

    /// A statement, and how it is run.
    public struct Statement: Sendable, Hashable {
        /// The text.
        public var sql: String
        /// The strongest lock it takes on the table.
        public var lock: Lock
        /// Whether it can be in a transaction: `CONCURRENTLY` can't.
        public var isTransactional = true
        /// Whether it belongs into the transaction of the one before it.
        public var joinsPrevious = false
    }

    /// What a lock on a table keeps others from.
    public enum Lock: Int, Sendable, Hashable, Comparable, CaseIterable {
        /// Nothing.
        case none
        /// Other changes of the table; reading and writing go on.
        case shareUpdateExclusive
        /// Writing.
        case share
        /// Writing, of the referenced table as well.
        case shareRowExclusive
        /// Reading and writing.
        case accessExclusive

        /// Whether one keeps others from less.
        public static func < (one: Lock, other: Lock) -> Bool { one.rawValue < other.rawValue }

        /// PostgreSQL's name.
        public var name: String {
            switch self {
            case .none: "none"
            case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
            case .share: "SHARE"
            case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
            case .accessExclusive: "ACCESS EXCLUSIVE"
            }
        }
    }

    /// The table.
    public var table: Catalog.TableName
    /// What changes.
    public var change: Change
    /// The statements, in order; each is committed before the next, unless the table is new or empty.
    public var statements: [Statement]
    /// Whether all rows are written anew while the lock is held.
    public var rewrites = false
    /// Whether all rows are read.
    public var scans = false
    /// What is lost: `person.age`; nil for nothing.
    public var loss: String?
    /// How many rows the table has, as far as it is known.
    public var rows: Int?
    /// A query for the rows that the change won't take; nil where any will do.
    public var probe: String?
    /// What a person made and goes with it, for it stands on a column that is dropped: `the index person_lower_idx`.
    public var alsoDrops: [String] = []
    /// Whether the table is new or empty, so that each change of it takes a moment.
    public var isPlain = false
    /// The tables that others may use and that it locks; none where it is of new tables alone.
    package var waitsFor: [Catalog.TableName] = []
    /// Whether it comes ahead of changes of types, which it is in the way of.
    package var precedesTypes = false
    /// Why an index is made that no model asks for: `Customer.orders is joined by orders.customer_id, which no index begins with.`
    public var advice: String?

    /// Where it stands among others.
    var rank: Int { precedesTypes ? MigrationStep.Change.changeTypes([]).rank - 1 : change.rank }

    /// The strongest lock of its statements.
    public var lock: Lock { statements.map(\.lock).max() ?? .none }

    /// What changes, in a few words, its costs, and the SQL.
    public var description: String { remark + "\n" + statements.map { $0.sql + ";" }.joined(separator: "\n") }

    /// What changes, and of what: `add column person.age`, `create index person`.
    public var title: String {
        if case .addTypeValue(let value, _, _) = change {
            return "\(change.title) \(literal(value)) to \(table.shown)".onOneLine
        }
        guard change.isOfColumn, let name = change.name else { return "\(change.title) \(table.shown)".onOneLine }
        return "\(change.title) \(table.shown).\(name)".onOneLine
    }

    /// What it does, without how many rows there are.
    var essence: String {
        let also = loss.map { " LOSES \($0)" } ?? ""
        return "\(title)\(also): \(statements.map(\.sql).joined(separator: "; "))"
    }

    /// What changes and its costs, as a comment of SQL.
    package var remark: String {
        var facts = ["lock \(lock.name)"]
        if rewrites { facts.append("rewrites the table") }
        if scans { facts.append("reads all rows") }
        if let rows { facts.append(rows == 1 ? "1 row" : "\(rows) rows") }
        if let loss { facts.append("LOSES \(loss)") }
        if !alsoDrops.isEmpty { facts.append("takes \(alsoDrops.joined(separator: ", ")) with it") }
        if let advice { facts.append("advised: \(advice.hasSuffix(".") ? String(advice.dropLast()) : advice)") }
        return "-- \(title): \(facts.joined(separator: ", "))".onOneLine
    }
}

extension MigrationStep {
    /// A column that gets another type.
    public struct TypeChange: Sendable, Hashable {
        /// The column as it becomes.
        public var column: TableCatalog.Column
        /// Its default until now, that has to go and come back with the type.
        public var oldDefault: String?
        /// How values are converted, where the server has to be told.
        public var using: String?
    }
}

extension MigrationStep.Change {
    /// The change in two or three words.
    public var title: String {
        switch self {
        case .createSchema: "create schema"
        case .createType: "create type"
        case .addTypeValue: "add value"
        case .renameTable: "rename table"
        case .renameColumn: "rename column"
        case .createTable: "create table"
        case .addColumn: "add column"
        case .changeTypes: "change type"
        case .setDefault: "set default"
        case .dropDefault: "drop default"
        case .addIdentity: "add identity"
        case .setNotNull: "set not null"
        case .dropNotNull: "drop not null"
        case .addPrimaryKey: "add primary key"
        case .dropInvalidIndex: "drop invalid index"
        case .createIndex: "create index"
        case .replaceIndex: "replace index"
        case .addUnique: "add unique"
        case .addCheck: "add check"
        case .replaceCheck: "replace check"
        case .addForeignKey: "add foreign key"
        case .replaceForeignKey: "replace foreign key"
        case .validate: "validate constraint"
        case .dropForeignKey: "drop foreign key"
        case .dropConstraint: "drop constraint"
        case .dropIndex: "drop index"
        case .dropColumn: "drop column"
        case .dropTable: "drop table"
        }
    }

    /// Whether it is about one column.
    var isOfColumn: Bool {
        switch self {
        case .addColumn, .renameColumn, .changeTypes, .setDefault, .dropDefault, .addIdentity, .setNotNull,
            .dropNotNull,
            .dropColumn:
            true
        default: false
        }
    }

    /// Its place among others: what adds before what ties together, what takes away last.
    var rank: Int {
        switch self {
        case .createSchema, .createType, .addTypeValue: 0
        case .renameTable: 1
        case .renameColumn: 2
        case .createTable: 3
        // What a generated column is made of is there first, with the type that it keeps.
        case .addColumn(let column): if case .generated = column.filling { 6 } else { 4 }
        case .changeTypes: 5
        case .dropNotNull, .setDefault, .dropDefault: 6
        // An identity and a primary key want columns that are NOT NULL already.
        case .setNotNull: 7
        case .addIdentity: 8
        case .dropInvalidIndex: 9
        case .addPrimaryKey: 10
        case .addUnique: 11
        case .createIndex, .replaceIndex: 12
        case .addCheck, .replaceCheck: 13
        case .addForeignKey, .replaceForeignKey: 14
        case .validate: 15
        // What refers to a key goes ahead of the key.
        case .dropForeignKey: 16
        case .dropConstraint: 17
        case .dropIndex: 18
        case .dropColumn: 19
        case .dropTable: 20
        }
    }
}
