// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Asks the server how it writes types that a plan would take for others than those that are there: `other.mood`, `float(24)`,
/// `interval day to second`.
enum TypeSpelling {
    static func canonical(
        of desired: DesiredTables, in current: TableCatalog, on connection: Connection
    ) async throws -> [DesiredTables.ColumnPlace: String] {
        var found: [DesiredTables.ColumnPlace: String] = [:]
        for place in desired.differingTypes(from: current) {
            guard let type = desired.catalog.tables[place.table]?.column(place.column)?.type else { continue }
            // What isn't there says so when it is made.
            found[place] = try await connection.undone { connection in
                try await connection.execute(
                    Statement("CREATE TEMPORARY TABLE kinship_type (c \(type))", preparation: .unnamed))
                let rows = try await connection.execute(
                    Statement(
                        "SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'pg_temp.kinship_type'::pg_catalog.regclass AND a.attnum = 1",
                        preparation: .unnamed))
                return try rows.decode(String.self, row: 0, column: 0)
            }
        }
        return found
    }

    /// How it writes domains that it seems to have written otherwise.
    static func domains(
        of desired: DesiredTables, in current: TableCatalog, on connection: Connection
    ) async throws -> [Catalog.TableName: DomainDefinition] {
        var found: [Catalog.TableName: DomainDefinition] = [:]
        for (name, domain) in desired.differingDomains(from: current) {
            let text: String? = try await connection.undone { connection in
                try await connection.execute(
                    Statement(domain.sql(named: "pg_temp.kinship_domain"), preparation: .unnamed))
                let rows = try await connection.execute(
                    Statement(
                        "SELECT \(CatalogStatement.domain)::text FROM pg_catalog.pg_type t WHERE t.typname = 'kinship_domain' AND t.typnamespace = pg_catalog.pg_my_temp_schema()",
                        preparation: .unnamed))
                return try rows.decode(String.self, row: 0, column: 0)
            }
            guard let text, let json = try? JSONValue(parsing: Array(text.utf8)) else { continue }
            found[name] = DomainDefinition(json: json)
        }
        return found
    }

    /// The types that a plan gives columns, and that neither the server has nor the plan makes: looked for before anything is done.
    static func missing(of plan: MigrationPlan, on connection: Connection) async throws -> [MigrationProblem] {
        var problems: [MigrationProblem] = []
        for (subject, type) in plan.foreignTypes {
            var parameters = Parameters()
            try parameters.append(type)
            let given = parameters
            // What the server can't read it says itself.
            let isMissing = try await connection.undone { connection in
                try await connection.execute(
                    Statement(
                        "SELECT pg_catalog.to_regtype($1::text) IS NULL", given, preparation: .unnamed)
                ).decode(Bool.self, row: 0, column: 0)
            }
            guard isMissing == true else { continue }
            problems.append(
                MigrationProblem(
                    .typeMissing, subject,
                    "\(subject) is of the type \(type), which isn't there. Make it by hand (CREATE EXTENSION, CREATE TYPE), or describe it: an enumeration by \"enum\" of the property, a domain by \"domain\" in its \"postgresql\"."
                ))
        }
        return problems
    }
}

extension Connection {
    private struct Undone: Error {}

    /// What `body` finds in a transaction that is never committed; nil when the server refuses one of its statements.
    func undone<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R? {
        var found: R?
        do {
            try await withTransaction { connection in
                found = try await body(connection)
                throw Undone()
            }
        } catch is Undone {
        } catch let error as PostgresError where error.sqlState != nil {
            return nil
        }
        return found
    }
}
