// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Kinship
import KinshipMigrator
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
        case let error as SchemaError: self.init(error)
        case let error as PostgresError: self.init(error)
        case let error as EmbeddedPostgresError: self.init(error)
        case let error as MigrationError: self.init(error)
        case let error as MigratorError: self.init(error)
        case let error as GeneratorError: self.init(error)
        default:
            let report = ErrorReport(error)
            self.init(report)
            // That a task was cancelled is no news; an error that nobody knows has no code to look up.
            if report.fault == .cancellation { message = "" }
            if report.kind == .internal { code = nil }
        }
    }

    private init(_ report: ErrorReport) {
        self.init(ExitStatus(report.fault), report.message, code: report.code)
        let names = [report.file, report.path].compactMap { $0 }.filter { !$0.isEmpty }
        if !names.isEmpty { place = names.joined(separator: ": ") }
    }

    private init(_ error: EmbeddedPostgresError) {
        self.init(error.report)
        let log = error.log.split(whereSeparator: \.isNewline).map(String.init)
        if !log.isEmpty { details = ["the server's log ends with:"] + log }
    }

    private init(_ error: SchemaError) {
        let problems = error.problems
        self.init(
            ExitStatus(ErrorReport(error).fault),
            problems.count == 1 ? "The models can't be used." : "The models can't be used: \(problems.count) problems.",
            details: problems.map { "- \($0)" })
        if problems.count == 1 { code = problems.first?.code.rawValue }
    }

    private init(_ error: PostgresError) {
        self.init(ErrorReport(error))
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
        switch ErrorReport(error).fault {
        case .permission where error.code != .server:
            return "check user and password in --database, KINSHIP_DATABASE_URL, PGPASSWORD or ~/.pgpass"
        case .connection:
            return "check that the server runs and that --database, KINSHIP_DATABASE_URL or PGHOST and PGPORT name it; "
                + "\"kinship demo --keep\" starts one with a sample shop"
        case .time: return "give it more time with --timeout, or ask for less"
        case .contention: return "another transaction was in the way; try again"
        default: return nil
        }
    }
}
