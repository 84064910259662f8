// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging
import RelationPlanner
import TestSupport
import Testing

/// The one place that gives errors codes, statuses and exit codes.
@Suite(.timeLimit(.minutes(1))) struct ErrorReportTests {
    private struct NotYours: ReportableError {
        var report: ErrorReport { ErrorReport(.init("NOT_YOURS", 403, .permission), "Another's\nrecord.") }
    }

    private struct Odd: Error, CustomStringConvertible {
        var description: String { "odd\u{1B}[2J" }
    }

    @Test func `No code is there twice, and each has a status and an exit code`() {
        let kinds = ErrorReport.Kind.all
        #expect(Set(kinds.map(\.code)).count == kinds.count)
        for kind in kinds {
            #expect((400..<600).contains(kind.status), "\(kind)")
            #expect([65, 69, 70, 75, 77, 78, 130].contains(kind.fault.exitCode), "\(kind)")
            // A fault of who asks is a 4xx, another's a 5xx; only what isn't there at all is no fault.
            let isClients = [.request, .conflict].contains(kind.fault)
            #expect(isClients == (kind.status < 500 || kind.status == 501), "\(kind)")
            #expect(!kind.isRepeatable || kind.status == 503, "\(kind)")
        }
        #expect(Set(kinds.map(\.fault)) == Set(ErrorReport.Fault.allCases))
        // Both modules have it, and mean the same.
        #expect(PlannerError.Code.resultTooLarge.kind == PostgresError.Code.resultTooLarge.kind)
        for code in PlannerError.Code.allCases {
            let report = ErrorReport(PlannerError(code, "x"))
            #expect(report.code == code.rawValue && report.status == code.status && kinds.contains(report.kind))
        }
        for code in PostgresError.Code.allCases {
            let report = ErrorReport(PostgresError(code, "x"))
            #expect(report.code == code.rawValue && kinds.contains(report.kind))
        }
    }

    @Test func `A planner's error keeps its names`() throws {
        let error = PlannerError(
            .unknownProperty, "No\u{202E} such.", path: "where.a\nb", file: "m.json", model: "M", property: "p",
            relation: "r", operator: "gt")
        let report = ErrorReport(error)
        #expect(report.path == "where.a\nb" && report.file == "m.json" && report.model == "M")
        #expect(report.property == "p" && report.relation == "r" && report.operator == "gt")
        #expect(report.message == error.message && report.description == error.description)
        #expect(
            report.json
                == [
                    "code": "UNKNOWN_PROPERTY", "status": 400, "message": .string(report.message), "path": "where.a\nb",
                    "model": "M", "property": "p", "relation": "r", "operator": "gt",
                ])
        // One that is passed on with another status keeps it.
        var passed = error
        passed.status = 500
        #expect(ErrorReport(passed).status == 500)
    }

    @Test func `Several problems of models are one error`() {
        let problems = [
            PlannerError(.unknownModel, "a", path: "relations.x"), PlannerError(.invalidDefinition, "b", model: "M"),
        ]
        let both = ErrorReport(SchemaError(problems))
        #expect(both.code == "INVALID_DEFINITION" && both.status == 500 && both.fault == .definition)
        #expect(both.message.contains("relations.x") && !both.message.contains("\n"))
        #expect(ErrorReport(SchemaError([problems[0]])) == ErrorReport(problems[0]))
    }

    @Test func `Whatever else there is has a code too`() {
        #expect(ErrorReport(CancellationError()).kind == ErrorReport(PostgresError(.cancelled, "x")).kind)
        let odd = ErrorReport(Odd())
        #expect(odd.kind == .internal && odd.message == "odd\\u{1b}[2J")
        let own = ErrorReport(NotYours())
        #expect(own.code == "NOT_YOURS" && own.status == 403 && own.fault.exitCode == 77)
        #expect(own.message == "Another's\\nrecord.")
    }

    /// SQLSTATEs that PostgreSQL raises, and what they come to.
    @Test(arguments: [
        ("40001", "SERIALIZATION_FAILURE", 503, 75, true), ("40P01", "DEADLOCK_DETECTED", 503, 75, true),
        ("55P03", "LOCK_NOT_AVAILABLE", 503, 75, true), ("23505", "CONSTRAINT_VIOLATION", 409, 65, false),
        ("23XYZ", "CONSTRAINT_VIOLATION", 409, 65, false), ("42501", "SERVER_ERROR", 403, 77, false),
        ("42P01", "SERVER_ERROR", 500, 78, false), ("42703", "SERVER_ERROR", 500, 78, false),
        ("53100", "SERVER_ERROR", 503, 69, false), ("53200", "SERVER_ERROR", 503, 69, false),
        ("0A000", "SERVER_ERROR", 500, 70, false), ("P0001", "SERVER_ERROR", 409, 65, false),
        ("44000", "SERVER_ERROR", 409, 65, false), ("25006", "SERVER_ERROR", 503, 69, false),
        ("22012", "SERVER_ERROR", 422, 65, false), ("54000", "SERVER_ERROR", 422, 65, false),
        ("40002", "SERVER_ERROR", 500, 70, false),
    ])
    func `A SQLSTATE decides where the code is the server's`(
        state: String, code: String, status: Int, exit: Int32, isRepeatable: Bool
    ) async throws {
        let database = try await TestDatabase.named("error_report")
        try await TestPool.with(database.url) { pool in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.execute(Statement("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '\(state)'; END $$"))
            }
            let report = ErrorReport(try #require(error))
            #expect(report.sqlState == state && report.code == code && report.status == status)
            #expect(report.fault.exitCode == exit && report.kind.isRepeatable == isRepeatable)
        }
    }

    @Test func `Transactions that lose against another one may be repeated`() async throws {
        let database = try await TestDatabase.named("error_report_conflicts")
        try await database.run("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0)")
        try await TestPool.with(database.url) { pool in
            let lost = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.withTransaction(isolation: .repeatableRead) { connection in
                        try await connection.execute(Statement("SELECT n FROM t"))
                        try await database.run("UPDATE t SET n = n + 1")
                        try await connection.execute(Statement("UPDATE t SET n = n + 1"))
                    }
                }
            }
            let loser = try #require(lost)
            #expect(ErrorReport(loser).kind == .serializationFailure)
            let locked = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.withTransaction { connection in
                        try await connection.execute(Statement("SELECT FROM t FOR UPDATE"))
                        try await pool.withConnection { other in
                            try await other.execute(Statement("SELECT FROM t FOR UPDATE NOWAIT"))
                        }
                    }
                }
            }
            let waiting = try #require(locked)
            #expect(ErrorReport(waiting).kind == .lockNotAvailable)
            let rows = try await database.run("SELECT n FROM t")
            #expect(rows == [["1"]])
        }
    }

    /// What the connection says besides its code.
    @Test func `Where code and SQLSTATE both say whose fault it is the SQLSTATE decides`() async throws {
        let database = try await TestDatabase.named("error_report")
        let raised = try await TestPool.with(database.url) { pool in
            await #expect(throws: PostgresError.self) { try await pool.execute(Statement("SELECT 1 / 0")) }
        }
        let real = try #require(raised)
        func report(_ code: PostgresError.Code, _ state: String) -> ErrorReport {
            var error = real
            error.code = code
            error.server?.sqlState = state
            return ErrorReport(error)
        }
        #expect(report(.connectFailed, "3D000").fault == .configuration)
        #expect(!report(.connectFailed, "3D000").kind.isRepeatable && report(.connectFailed, "53300").kind.isRepeatable)
        #expect(report(.authenticationFailed, "28P01").fault == .permission)
        #expect(report(.invalidParameter, "53400").fault == .request)
        #expect(report(.statementTimeout, "57014").fault == .time)
        #expect(report(.connectionLost, "57P01").status == 503 && !report(.connectionLost, "57P01").kind.isRepeatable)
    }
}

/// A small pool for a test.
private enum TestPool {
    static func with<R: Sendable>(_ url: String, _ body: (ConnectionPool) async throws -> R) async throws -> R {
        let pool = ConnectionPool(
            configuration: PoolConfiguration(maximumConnections: 2), connection: try ConnectionConfiguration(url: url),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: R
        do {
            try await pool.start()
            result = try await body(pool)
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
        return result
    }
}
