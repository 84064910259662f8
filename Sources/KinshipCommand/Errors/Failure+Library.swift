// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Kinship
import Libpq
import MessageText
import RelationPlanner

extension Failure {
    /// So much of a statement is shown.
    private static let longestStatement = 600

    /// What any error comes to at the command line.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as PlannerError: self.init(error)
        case let error as SchemaError: self.init(error)
        case let error as PostgresError: self.init(error)
        case let error as EmbeddedPostgresError: self.init(error)
        case is CancellationError: self.init(.interrupted, "")
        default: self.init(.software, "\(error)")
        }
    }

    private init(_ error: EmbeddedPostgresError) {
        let log = error.log.split(whereSeparator: \.isNewline).map(String.init)
        self.init(
            .unavailable, error.message, code: error.code.rawValue,
            details: log.isEmpty ? [] : ["the server's log ends with:"] + log)
    }

    private init(_ error: PlannerError) {
        self.init(.data, error.message, code: error.code.rawValue)
        let names = [error.file, error.path].compactMap { $0 }.filter { !$0.isEmpty }
        if !names.isEmpty { place = names.joined(separator: ": ") }
    }

    private init(_ error: SchemaError) {
        let problems = error.problems
        self.init(
            .data,
            problems.count == 1 ? "The models can't be used." : "The models can't be used: \(problems.count) problems.",
            details: problems.map { "- \($0)" })
        if problems.count == 1 { code = problems.first?.code.rawValue }
    }

    private init(_ error: PostgresError) {
        self.init(Self.status(of: error), error.message, code: error.code.rawValue)
        if let server = error.server {
            // What the server says of a statement that was stopped is that it was stopped.
            if server.sqlState != "57014", !error.message.contains(server.message) {
                details.append("the server says: \(server.message) (SQLSTATE \(server.sqlState))")
            }
            // Not the detail: it quotes values of rows.
            if let hint = server.hint { details.append(hint) }
        }
        if let sql = error.sql {
            details.append(
                "in the statement: \(MessageText.shortened(MessageText.escaped(sql), to: Self.longestStatement))")
        }
        if let underlying = error.underlying, !error.message.contains(underlying) { details.append(underlying) }
        remedy = Self.remedy(for: error)
    }

    private static func status(of error: PostgresError) -> ExitStatus {
        switch error.code {
        case .connectFailed, .acquireTimeout, .connectionLost, .connectTimeout, .connectsStuck, .connectionClosed,
            .poolClosed, .statementCancelled, .cancelled, .commitOutcomeUnknown:
            return status(ofState: error.sqlState) ?? .unavailable
        case .authenticationFailed: return .noPermission
        case .statementTimeout: return .temporary
        case .invalidConfiguration: return .configuration
        case .invalidParameter, .resultTooLarge: return .data
        default: return status(ofState: error.sqlState) ?? .software
        }
    }

    /// What an SQLSTATE says about whose fault it is (PostgreSQL documentation, "PostgreSQL Error Codes").
    private static func status(ofState state: String?) -> ExitStatus? {
        guard let state else { return nil }
        switch state {
        case "42501": return .noPermission
        case "3D000", "3F000", "42P01", "42703": return .configuration
        case _ where state.hasPrefix("28"): return .noPermission
        case _ where state.hasPrefix("53") || state.hasPrefix("57P") || state.hasPrefix("08"): return .unavailable
        default: return nil
        }
    }

    private static func remedy(for error: PostgresError) -> String? {
        switch error.sqlState {
        case "53300":
            return "the server has no connection left: stop idle clients, raise its max_connections, or put a pooler "
                + "in front of it"
        case "3D000": return "create the database, or name another one in --database"
        case "42P01", "42703", "3F000":
            return "check that --models describe this database, and --schema names where its tables are"
        default: break
        }
        switch status(of: error) {
        case .noPermission where error.code != .server:
            return "check user and password in --database, KINSHIP_DATABASE_URL, PGPASSWORD or ~/.pgpass"
        case .unavailable:
            return "check that the server runs and that --database, KINSHIP_DATABASE_URL or PGHOST and PGPORT name it; "
                + "\"kinship demo --keep\" starts one with a sample shop"
        case .temporary: return "give it more time with --timeout, or ask for less"
        default: return nil
        }
    }
}
