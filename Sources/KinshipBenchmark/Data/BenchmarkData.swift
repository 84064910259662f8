// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Foundation
internal import Libpq
internal import Logging

/// The benchmark's tables.
struct BenchmarkData {
    /// Every table with the number of its rows.
    private static let tables = [
        "customers": 10_000, "orders": 100_000, "items": 300_000, "products": 1_000, "reviews": 50_000,
        "physicians": 2_000, "patients": 20_000, "appointments": 100_000, "pictures": 20_000,
    ]

    /// The database that is made where the given one has other tables of these names.
    private static let ownDatabase = "kinship_bench"

    /// The folder with `bench-data.sql` and `models`.
    let directory: String

    var models: String { directory + "/models" }

    /// Sees to it that the tables are there.
    ///
    /// They are loaded when they are missing. The file drops tables of their names, so a database that has some of them
    /// with other contents is left alone, and a database of the benchmark's own is made beside it.
    ///
    /// - Returns: how to connect to the database that has the tables.
    func ready(_ configuration: ConnectionConfiguration) async throws -> ConnectionConfiguration {
        var configuration = configuration
        if try await load(configuration) { return configuration }
        try await Self.withConnection(configuration) { connection in
            let rows = try await connection.execute(
                Statement("SELECT FROM pg_database WHERE datname = '\(Self.ownDatabase)'", preparation: .unnamed))
            guard rows.isEmpty else { return }
            do {
                _ = try await connection.execute(
                    Statement("CREATE DATABASE \(Self.ownDatabase) TEMPLATE template0", preparation: .unnamed))
            } catch let error as PostgresError where error.sqlState == "42501" {
                throw BenchmarkError(
                    "The database has other tables of the benchmark's names, and its user may not create a database; "
                        + "give --database an empty database.")
            }
        }
        configuration.database = Self.ownDatabase
        guard try await load(configuration) else {
            throw BenchmarkError(
                "The database \(Self.ownDatabase) has other contents than the benchmark's; drop it, or give --database "
                    + "an empty database.")
        }
        return configuration
    }

    private static func withConnection<R>(
        _ configuration: ConnectionConfiguration, _ body: (Connection) async throws -> R
    ) async throws -> R {
        var configuration = configuration
        configuration.statementTimeout = .seconds(300)
        let connection = try await Connection.connect(configuration, logger: Logger(label: "kinship-bench"))
        defer { connection.close() }
        return try await body(connection)
    }

    /// Loads the tables if none of them is there.
    ///
    /// - Returns: whether the database has the tables now; it is unchanged when not.
    private func load(_ configuration: ConnectionConfiguration) async throws -> Bool {
        try await Self.withConnection(configuration) { connection in
            switch try await Self.state(connection) {
            case .complete: return true
            case .other: return false
            case .empty:
                try await load(into: connection)
                return true
            }
        }
    }

    private func load(into connection: Connection) async throws {
        let file = directory + "/bench-data.sql"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw BenchmarkError(
                "\(file) can't be read; run from the package's folder, or say where it is with --data.")
        }
        let script = SQLScript(text)
        let bar = ProgressBar("Loading the benchmark's data", total: script.statements.count)
        defer { bar.finish() }
        for (index, statement) in script.statements.enumerated() {
            bar.show(index, statement.split(separator: " ").prefix(3).joined(separator: " "))
            _ = try await connection.execute(Statement(statement, preparation: .unnamed))
        }
    }

    private enum State {
        case empty, complete, other
    }

    private static func state(_ connection: Connection) async throws -> State {
        var present = 0
        var complete = 0
        for (name, expected) in tables {
            let found = try await connection.execute(
                Statement("SELECT to_regclass('\(name)') IS NOT NULL", preparation: .unnamed))
            guard try found.decode(Bool.self, row: 0, column: 0) else { continue }
            present += 1
            let count = try await connection.execute(
                Statement("SELECT count(*) FROM \(name)", preparation: .unnamed))
            if try count.decode(Int.self, row: 0, column: 0) == expected { complete += 1 }
        }
        return present == 0 ? .empty : complete == tables.count ? .complete : .other
    }
}
