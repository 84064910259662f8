// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Looks for the values that a new type won't take, so that what stands against a change can be seen: no table is locked for that, and
/// no more than a million rows are read.
enum UnfitValues {
    /// So many texts are tried one by one, where the server can't say it of all at once.
    private static let most = 100
    /// So much of a value is shown.
    private static let longest = 60

    /// A plan whose refused changes say what doesn't fit.
    static func told(in plan: MigrationPlan, on connection: Connection) async throws -> MigrationPlan {
        var result = plan
        for change in plan.refusedChanges where change.isOfTexts {
            guard let found = try await first(of: change, on: connection) else { continue }
            let shown = found.value.count > longest ? String(found.value.prefix(longest)) + "…" : found.value
            let finding = "\"\(shown)\" (\(found.key)) is no \(change.newType)".onOneLine
            for index in result.problems.indices
            where result.problems[index].code == .typeChange && result.problems[index].subject == change.subject {
                result.problems[index].message = change.message(finding)
            }
        }
        return result
    }

    private struct Found {
        var value: String
        var key: String
    }

    /// The first value that doesn't fit; nil where none is found in the time that a message is worth.
    private static func first(of change: RefusedChange, on connection: Connection) async throws -> Found? {
        let isExact = connection.serverVersion >= 160_000
        let candidates: [Found]?
        do {
            candidates = try await self.candidates(of: change, isExact, on: connection)
        } catch let error as PostgresError where error.code == .statementTimeout {
            return nil
        }
        guard !isExact else { return candidates?.first }
        for candidate in candidates ?? [] {
            if try await !fits(candidate.value, change.newType, connection) { return candidate }
        }
        return nil
    }

    private static func candidates(
        of change: RefusedChange, _ isExact: Bool, on connection: Connection
    ) async throws -> [Found]? {
        // Who can't see all rows is shown none.
        try await connection.undone { connection in
            try await connection.execute(Statement("SET LOCAL row_security = off", preparation: .unnamed))
            let rows = try await connection.execute(
                Statement(change.query(isExact: isExact, limit: isExact ? 1 : most), preparation: .unnamed),
                timeout: .seconds(20))
            return try (0..<rows.count).map { row in
                Found(
                    value: try rows.decode(String.self, row: row, column: 0),
                    key: try rows.decode(String.self, row: row, column: 1))
            }
        }
    }

    private static func fits(_ value: String, _ type: String, _ connection: Connection) async throws -> Bool {
        try await connection.undone { connection in
            var parameters = Parameters()
            try parameters.append(value)
            try await connection.execute(
                Statement("SELECT $1::text::\(type) IS NULL", parameters, preparation: .unnamed))
            return true
        } ?? false
    }
}
