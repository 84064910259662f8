// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A fresh database for a suite of tests, on the first server there is: the one `KINSHIP_DATABASE_URL` names, the one of
/// `docker-compose.yml` when it runs, else an embedded one of this process.
///
/// ```swift
/// let database = try await TestDatabase.named("pool")
/// let rows = try await database.run("SELECT 1")  // [["1"]]
/// ```
public struct TestDatabase: Sendable {
    /// The database's URL; encoding UTF8, collation `C.UTF-8`, time zone UTC.
    public let url: String
    /// Its name on the server.
    public let name: String
    /// The server it is on.
    public let server: TestServer

    /// The database for `name` in this process: made at the first call, the same one at each later call.
    ///
    /// - Parameters:
    ///   - files: SQL files of the repository that the first call loads: `sql/shop/schema.sql`.
    ///   - options: what `CREATE DATABASE` is told of encoding and locale; nil for those of ``TestCluster``.
    public static func named(
        _ name: String, loading files: [String] = [], options: String? = nil
    ) async throws -> TestDatabase {
        try await TestDatabaseRegistry.shared.database(named: name, loading: files, options: options)
    }

    /// The sample shop, for tests that only read it; its models are in `Examples/models`.
    public static func shop() async throws -> TestDatabase {
        try await named("shop", loading: ["sql/shop/schema.sql", "sql/shop/data.sql"])
    }

    /// Runs SQL text (one statement or several) on a connection of its own and returns the rows of the last one as text.
    ///
    /// It blocks a Dispatch thread, not one of the cooperative pool, and uses libpq alone: it works when Kinship's own
    /// connection is what is being tested.
    @discardableResult
    public func run(_ sql: String) async throws -> [[String?]] {
        try await TestSession.run(sql, url: url)
    }

    /// The same in a session without the cluster's settings: literals and values as text are what they usually are.
    @discardableResult
    public func runPlainly(_ sql: String) async throws -> [[String?]] {
        let settings = [
            "datestyle TO iso", "timezone TO 'UTC'", "intervalstyle TO postgres", "extra_float_digits TO 1",
        ]
        let rest = ["bytea_output TO hex", "standard_conforming_strings TO on", "array_nulls TO on"]
        return try await TestSession.run(sql, url: url, settings: settings + rest)
    }
}
