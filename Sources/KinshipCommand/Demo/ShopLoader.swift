// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import Libpq
import Logging

/// Makes the schema of the sample shop, and fills it.
///
/// All of it happens in one transaction: whoever interrupts it, or runs two at once, finds a whole shop or none.
struct ShopLoader {
    /// The PostgreSQL schema that the demo makes for itself; nothing outside of it is touched.
    static let schema = "kinship_shop"
    /// How it knows its own schema again, before it drops it.
    private static let mark = "The sample shop of \"kinship demo\", which drops it and makes it anew."

    let files: ShopFiles
    let progress: Progress

    /// Loads the shop over a connection.
    ///
    /// - Throws: ``Failure`` when there is a schema of that name that the demo has not made.
    func load(over connection: Connection) async throws {
        try await connection.withTransaction { connection in
            // Two demos on one database take turns; the number is arbitrary.
            _ = try await connection.execute(Statement("SELECT pg_advisory_xact_lock(7246517401)"))
            try await refuseForeignSchema(connection)
            _ = try await connection.execute(Statement("SET LOCAL client_min_messages TO warning"))
            _ = try await connection.execute(Statement("DROP SCHEMA IF EXISTS \(Self.schema) CASCADE"))
            _ = try await connection.execute(Statement("CREATE SCHEMA \(Self.schema)"))
            _ = try await connection.execute(Statement("COMMENT ON SCHEMA \(Self.schema) IS '\(Self.mark)'"))
            _ = try await connection.execute(Statement("SET LOCAL search_path TO \(Self.schema)"))
            let count = files.scripts.reduce(0) { $0 + $1.script.statements.count }
            var done = 0
            for (name, script) in files.scripts {
                for statement in script.statements where !Self.isLeftOut(statement) {
                    await progress.show("Loading the sample shop", fraction: Double(done) / Double(max(count, 1)))
                    do {
                        _ = try await connection.execute(Statement(statement))
                    } catch let error as PostgresError {
                        var failure = Failure(error)
                        failure.details.insert("in sql/shop/\(name)", at: 0)
                        throw failure
                    }
                    done += 1
                }
            }
            try await analyze(connection)
        }
        await progress.show("Loading the sample shop", fraction: 1)
    }

    private func refuseForeignSchema(_ connection: Connection) async throws {
        let rows = try await connection.execute(
            Statement(
                """
                SELECT 1 FROM pg_namespace
                WHERE nspname = '\(Self.schema)' AND obj_description(oid, 'pg_namespace') IS DISTINCT FROM '\(Self.mark)'
                """))
        guard rows.count == 0 else {
            throw Failure(
                .configuration,
                "The database has a schema \(Self.schema) that this demo has not made; it is left as it is.",
                remedy: "rename that schema, or give the demo another database")
        }
    }

    /// The scripts are made for psql as well, and for a database of their own: here they share one transaction, and
    /// other tables than the shop's are none of their business.
    private static func isLeftOut(_ statement: String) -> Bool {
        ["begin", "commit", "start transaction", "end", "analyze", "vacuum analyze"].contains(statement.lowercased())
    }

    /// Collects the statistics that the server plans with.
    private func analyze(_ connection: Connection) async throws {
        let tables = try await connection.execute(
            Statement(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = '\(Self.schema)'"))
        for row in 0..<tables.count {
            guard let name = tables.bytes(row: row, column: 0) else { continue }
            _ = try await connection.execute(Statement("ANALYZE \(String(decoding: name, as: UTF8.self))"))
        }
    }
}
