// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A migration as a file of SQL, for teams that read what will be run, and change it where they know better.
///
/// ```swift
/// let file = try MigrationFile(name: "20261130101500_add_age", sql: text, state: catalog)
/// for unit in file.units { print(unit.statements) }
/// ```
///
/// Statements between `BEGIN` and `COMMIT` are one transaction; each other statement is by itself, and in a transaction of its own where the
/// server lets it. What `SET` and `RESET` say holds for the rest of the file, and for nothing behind it, also when the file goes on in another session
/// after a failure. What lives in one session only, such as a temporary table, has to be between `BEGIN` and `COMMIT` with all that uses it.
public struct MigrationFile: Sendable, Hashable {
    /// Statements that are done together or not at all.
    public struct Unit: Sendable, Hashable {
        /// The statements, without `BEGIN` and `COMMIT`.
        public var statements: [String]
        /// Whether the file says that they are one transaction.
        public var isTransaction: Bool
        /// Whether temporary tables have to go behind it, for what comes next may run in another session.
        package var leavesTemporary: Bool { statements.contains { StatementRole($0) == .temporary } }
    }

    /// Its name without `.sql`: the time it was made at, and a few words. Files are applied in the order of their names.
    public let name: String
    /// Its text.
    public let sql: String
    /// What the models asked for when it was made, and what the database has once it is applied.
    public let state: TableCatalog
    /// The migrations that it was made behind, more than one where branches came together; nil where that isn't said, and it is the one before
    /// it by name.
    public let after: [String]?
    /// What it does, in order.
    public let units: [Unit]

    /// A migration of a text.
    ///
    /// - Throws: ``MigrationError`` with the code `INVALID_MIGRATION_FILE`: a string or comment that doesn't end, a `COMMIT` without
    ///   `BEGIN`, a transaction that isn't committed, statements that would mean nothing where they stand (`SET LOCAL` outside of a
    ///   transaction), and those that another session wouldn't know of.
    public init(
        name: String, sql: String, state: TableCatalog, after: [String]? = nil
    ) throws(MigrationError) {
        guard Self.isName(name) else {
            throw Self.error(name, "A migration's name is of lower-case letters, digits, _ and -; rename the file.")
        }
        self.name = name
        self.sql = sql
        self.state = state
        self.after = after
        units = try Self.units(of: sql, in: name)
    }

    /// Over its text, whatever ends its lines: 64 hexadecimal digits of SHA-256.
    public var checksum: String { Self.checksum(of: sql) }

    /// All statements in order.
    package var statements: [String] { units.flatMap(\.statements) }

    /// Its text as it may be kept: statements that say a password without their literals.
    package var kept: String { Self.kept(sql) }

    package static func kept(_ sql: String) -> String {
        SQLScript(sql).statements.reduce(sql) { text, statement in
            let kept = MaskedStatement(statement).kept
            return kept == statement ? text : text.replacing(statement, with: kept)
        }
    }

    package static func checksum(of text: String) -> String { TextDigest.of(text.replacing("\r\n", with: "\n")) }

    /// The settings that some of its first statements leave to those behind them, in order.
    ///
    /// A session that goes on behind these statements is given them again: `SET search_path`, `SET ROLE`, `lock_timeout`.
    package func settings(before count: Int) -> [String] {
        statements.prefix(count).filter { StatementRole($0) == .setting }
    }

    /// Whether a migration can be called so: its name is a file's.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
            }
    }

    static func error(_ name: String, _ message: String) -> MigrationError {
        MigrationError([MigrationProblem(.file, name, message)])
    }
}
