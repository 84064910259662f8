// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import Logging
import TestSupport

/// An empty database, and what migrates it.
struct MigrationWorld {
    let database: TestDatabase
    var options = MigratorOptions()
    /// The role that the migrator is in, of those of the server.
    var role: String?

    init(_ name: String) async throws {
        database = try await TestDatabase.named(name)
        options.pause = .milliseconds(30)
        options.patience = .milliseconds(500)
        // What a test wrote itself a moment ago is no use of others.
        options.watch = .zero
        try await database.run(
            """
            DO $$ DECLARE s text; BEGIN
                FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
            END $$;
            CREATE SCHEMA public;
            """)
    }

    /// A role of the server that is no superuser, and owns what the tests give it.
    static func makeRole(_ name: String, on database: TestDatabase) async throws {
        try await database.run(
            """
            DO $$ BEGIN
                IF to_regrole('\(name)') IS NULL THEN CREATE ROLE \(name); END IF;
                EXECUTE format('GRANT CREATE ON DATABASE %I TO \(name)', current_database());
            END $$;
            GRANT ALL ON SCHEMA public TO \(name)
            """)
    }

    var migrator: Migrator {
        get throws {
            var configuration = try ConnectionConfiguration(url: database.url)
            if let role {
                let others = configuration.parameters["options"].map { $0 + " " } ?? ""
                configuration.parameters["options"] = others + "-c role=\(role)"
            }
            return Migrator(configuration, options: options, logger: Logger(label: "migrator"))
        }
    }

    func migrator(_ change: (inout MigratorOptions) -> Void) throws -> Migrator {
        var copy = self
        change(&copy.options)
        return try copy.migrator
    }

    func connection() async throws -> Connection {
        try await Connection.connect(
            try ConnectionConfiguration(url: database.url), logger: Logger(label: "beside"))
    }

    @discardableResult
    func run(_ sql: String) async throws -> [[String?]] { try await database.run(sql) }

    static func schema(_ models: String...) throws -> Schema {
        try Schema(uncheckedScopes: models.map { try ModelDefinition(json: Array($0.utf8)) })
    }

    static func file(_ name: String, _ sql: String) throws -> MigrationFile {
        try MigrationFile(name: name, sql: sql, state: TableCatalog())
    }

    static func codes(_ error: (any Error)?) -> [MigrationProblem.Code] {
        if case MigratorError.refused(let problems)? = error { return problems.map(\.code) }
        return (error as? MigrationError)?.problems.map(\.code) ?? []
    }
}
