// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Ends a transaction of which nothing is to stay.
struct RolledBack: Error {}

// What the server refuses, and which record it is.
extension ImportRun {
    /// Classes of SQLSTATE that tell of what a row has: bad values, violated constraints, limits, and what triggers raise.
    private static let classes: Set = ["21", "22", "23", "44", "54", "P0"]

    /// Whether the server refuses what one row has: another one may be stored.
    func isOfOneRow(_ error: PostgresError) -> Bool {
        guard error.code == .server, let state = error.sqlState else { return false }
        return Self.classes.contains(String(state.prefix(2))) || state == "42501" && table?.hasRowSecurity == true
    }

    /// What an error of the server says of a record.
    func report(_ error: PostgresError) -> ErrorReport {
        if let violation = ConstraintViolation(error, in: schema, writing: model) {
            var report = violation.report
            report.model = report.model ?? model.name
            return report
        }
        var report = ErrorReport(error, in: schema)
        if error.sqlState?.hasPrefix("22") == true { report.kind = PlannerError.Code.invalidValue.kind }
        report.model = model.name
        let column = error.copy?.column ?? error.server?.columnName
        if let property = model.properties.first(where: { $0.column == column }), !property.isHidden {
            report.properties = [property.name]
        }
        return report
    }

    /// The error of an import that ended with one of the server's: with the record at fault, where it is about one.
    ///
    /// Where the server doesn't say which that is, it is looked for by trying halves of the rows that were sent last, each in a
    /// transaction of which nothing stays.
    func explain(
        _ error: PostgresError, isolation: isolated (any Actor)? = #isolation,
        trying: (_ body: (Connection) async throws -> Void) async throws -> Void
    ) async -> any Error {
        guard isOfOneRow(error) else { return error }
        var line = error.copy?.line.flatMap { chunk.line(ofRow: $0 - 1) }
        if line == nil, chunk.isKept, chunk.count > 0 {
            line = await rowAtFault(error.sqlState, trying: trying).flatMap(chunk.line(ofRow:))
        }
        return ImportError(
            model: model.name, rejected: [RejectedRecord(line: line, report(error))], records: reader.records)
    }

    /// The first row of the last COPY that is refused by itself, nil where that can't be found out.
    private func rowAtFault(
        _ state: String?, isolation: isolated (any Actor)? = #isolation,
        trying: (_ body: (Connection) async throws -> Void) async throws -> Void
    ) async -> Int? {
        let (chunk, timeout) = (chunk, timeout)
        /// Whether some rows are refused; nil where something else has happened.
        func areRefused(_ rows: Range<Int>) async -> Bool? {
            do {
                try await trying { connection in
                    try await connection.copyIn(
                        "\(unsafeRaw: chunk.statement)", from: [chunk.data(of: rows)], timeout: timeout)
                    try await connection.execute(
                        Statement("SET CONSTRAINTS ALL IMMEDIATE", preparation: .unnamed), timeout: timeout)
                    throw RolledBack()
                }
                return nil
            } catch is RolledBack {
                return false
            } catch let error as PostgresError where error.sqlState == state {
                return true
            } catch {
                return nil
            }
        }
        var rows = 0..<chunk.count
        while rows.count > 1 {
            let middle = rows.lowerBound + rows.count / 2
            guard let isRefused = await areRefused(rows.lowerBound..<middle) else { return nil }
            rows = isRefused ? rows.lowerBound..<middle : middle..<rows.upperBound
        }
        // It may have been one that was sent before these.
        return await areRefused(rows) == true ? rows.lowerBound : nil
    }
}
