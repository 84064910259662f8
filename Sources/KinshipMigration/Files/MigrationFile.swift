// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests

/// A migration as a file of SQL, for teams that read what will be run, and change it where they know better.
///
/// ```swift
/// let file = try MigrationFile(name: "20261130101500_add_age", sql: text, state: catalog)
/// for unit in file.units { print(unit.statements) }
/// ```
///
/// Statements between `BEGIN` and `COMMIT` are one transaction; each other statement is by itself, and in a transaction of its own where the
/// server lets it.
public struct MigrationFile: Sendable, Hashable {
    /// Statements that are done together or not at all.
    public struct Unit: Sendable, Hashable {
        /// The statements, without `BEGIN` and `COMMIT`.
        public var statements: [String]
        /// Whether the file says that they are one transaction.
        public var isTransaction: Bool
    }

    /// Its name without `.sql`: the time it was made at, and a few words. Files are applied in the order of their names.
    public let name: String
    /// Its text.
    public let sql: String
    /// What the models asked for when it was made, and what the database has once it is applied.
    public let state: TableCatalog
    /// What it does, in order.
    public let units: [Unit]

    /// A migration of a text.
    ///
    /// - Throws: ``MigrationError`` with the code `INVALID_MIGRATION_FILE`: a string or comment that doesn't end, a `COMMIT` without
    ///   `BEGIN`, a transaction that isn't committed.
    public init(name: String, sql: String, state: TableCatalog) throws(MigrationError) {
        guard Self.isName(name) else {
            throw Self.error(name, "A migration's name is of lower-case letters, digits, _ and -; rename the file.")
        }
        self.name = name
        self.sql = sql
        self.state = state
        units = try Self.units(of: sql, in: name)
    }

    /// Over its text, whatever ends its lines: 64 hexadecimal digits of SHA-256.
    public var checksum: String { Self.checksum(of: sql) }

    /// All statements in order.
    package var statements: [String] { units.flatMap(\.statements) }

    package static func checksum(of text: String) -> String {
        SHA256.digest(Array(text.replacing("\r\n", with: "\n").utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Whether a migration can be called so: its name is a file's.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
            }
    }

    private static func error(_ name: String, _ message: String) -> MigrationError {
        MigrationError([MigrationProblem(.file, name, message)])
    }

    private static func units(of sql: String, in name: String) throws(MigrationError) -> [Unit] {
        let script = SQLScript(sql)
        guard !script.isOpen else {
            throw error(name, "A string, comment, parenthesis or body isn't closed at the end of the file.")
        }
        var units: [Unit] = []
        var open: [String]?
        for statement in script.statements {
            let words = statement.uppercased().split(whereSeparator: \.isWhitespace).prefix(2)
            switch words.first {
            case "BEGIN", "START":
                guard open == nil else { throw error(name, "BEGIN stands in a transaction; COMMIT that one first.") }
                open = []
            case "COMMIT", "END":
                guard let statements = open else { throw error(name, "COMMIT stands outside of a transaction.") }
                if !statements.isEmpty { units.append(Unit(statements: statements, isTransaction: true)) }
                open = nil
            case "ROLLBACK", "ABORT":
                throw error(name, "ROLLBACK would leave half of a migration; take it out.")
            default:
                if open != nil {
                    open?.append(statement)
                } else {
                    units.append(Unit(statements: [statement], isTransaction: false))
                }
            }
        }
        guard open == nil else { throw error(name, "A transaction isn't committed at the end of the file.") }
        return units
    }
}
