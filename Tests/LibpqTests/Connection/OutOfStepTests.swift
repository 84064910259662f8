// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// A server, or what lies before it, whose answers don't belong to what was asked: nobody gets another's answer, and the
/// connection ends.
@Suite(.timeLimit(.minutes(2))) struct OutOfStepTests {
    /// What is sent instead of the right answers to the first flight.
    struct Nonsense: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Takes the right answers, a list for each statement; the closing ReadyForQuery is not among them.
        var make: @Sendable ([[BackendMessage]]) -> [BackendMessage]

        init(_ name: String, _ make: @escaping @Sendable ([[BackendMessage]]) -> [BackendMessage]) {
            (testDescription, self.make) = (name, make)
        }
    }

    private static let ready = BackendMessage.readyForQuery()

    static let all = [
        Nonsense("ready ahead of the answers") { [ready] + $0.joined() },
        Nonsense("ready instead of the answers") { _ in [ready] },
        Nonsense("ready in the middle") { $0[0] + [ready] + $0[1] + [ready] },
        Nonsense("ready twice") { $0.joined() + [ready, ready] },
        Nonsense("the last answer is missing") { $0[0] + [ready] },
        Nonsense("an answer too many") { $0.joined() + $0[0] + [ready] },
        Nonsense("the first answer twice") { $0[0] + $0[0] + $0[1] + [ready] },
        Nonsense("an answer after the end") { $0.joined() + [ready] + $0[0] + [ready] },
        Nonsense("a lonely command after the end") { $0.joined() + [ready, .commandComplete("SELECT 1")] },
        Nonsense("a row after the end") { $0.joined() + [ready, .dataRow([[65]])] },
        Nonsense("an error after the end") { $0.joined() + [ready, .error("XX000", "stray")] },
        Nonsense("a command of another kind") {
            [.parseComplete, .bindComplete, .commandComplete("UPDATE 1")] + $0[1] + [ready]
        },
        Nonsense("no command at all") { $0[0].dropLast() + $0[1] + [ready] },
        Nonsense("an empty statement") { [.parseComplete, .bindComplete, .noData, .emptyQuery] + $0[1] + [ready] },
        Nonsense("a row before its columns") {
            [.parseComplete, .bindComplete, .dataRow([[65]])] + $0[0] + $0[1] + [ready]
        },
        Nonsense("parameters nobody described") {
            [.parseComplete, .parameterDescription([25])] + $0[0] + $0[1] + [ready]
        },
        Nonsense("a row with fewer columns") {
            [
                .parseComplete, .bindComplete, .rowDescription([("a", 25), ("b", 25)]), .dataRow([[65]]),
                .commandComplete("SELECT 1"),
            ] + $0[1] + [ready]
        },
        Nonsense("a suspended portal") { $0[0].dropLast() + [.portalSuspended] + $0[1] + [ready] },
        Nonsense("an unknown type") { $0[0] + [.raw([0x21, 0, 0, 0, 4])] + $0[1] + [ready] },
        Nonsense("a length of nothing") { $0[0] + [.raw([UInt8(ascii: "C"), 0, 0, 0, 0])] + $0[1] + [ready] },
        Nonsense("a negative length") { $0[0] + [.raw([UInt8(ascii: "D"), 0xFF, 0xFF, 0xFF, 0xFE])] + [ready] },
        Nonsense("a length too short for a row") { [.message("D", [0, 1], length: 5)] + $0[0] + $0[1] + [ready] },
        Nonsense("a ready of the wrong size") { $0.joined() + [.message("Z", [])] },
    ]

    /// Answers each flight with its statements' own texts, but the first one with `nonsense`.
    private func server(_ nonsense: Nonsense) throws -> FakeServer {
        try FakeServer { session in
            try session.accept()
            for flight in 0... {
                let texts = try session.receive(until: "S").filter { $0.type == "P" }.map { $0.strings[1] }
                let answers: [[BackendMessage]] = texts.map { text in
                    [
                        .parseComplete, .bindComplete, .rowDescription([("a", 25)]), .dataRow([Array(text.utf8)]),
                        .commandComplete("SELECT 1"),
                    ]
                }
                try session.send(flight == 0 ? nonsense.make(answers) : answers.flatMap(\.self) + [Self.ready])
            }
        }
    }

    private func statement(_ number: Int) -> Statement { Statement("select \(number)", preparation: .unnamed) }

    @Test(arguments: all) func nobodyGetsAnothersAnswer(_ nonsense: Nonsense) async throws {
        let server = try server(nonsense)
        let connection = try await ConnectionFixture.connect(url: server.url) {
            $0.statementTimeout = .seconds(2)
            $0.statementTimeoutGrace = .milliseconds(100)
        }
        let outcomes = try await connection.pipelineOutcomes([statement(0), statement(1)])
        for (index, outcome) in outcomes.enumerated() {
            if case .success(let rows) = outcome { #expect(rows.text() == "select \(index)") }
        }
        for number in 2..<5 {
            guard let rows = try? await connection.execute(statement(number)) else { continue }
            #expect(rows.text() == "select \(number)")
        }
        #expect(await eventually { connection.isClosed })
        let error = try await expect(.connectionLost) { try await connection.execute(statement(5)) }
        #expect(error.message.contains("broke earlier"))
        server.close()
    }

    /// The same through a pool: the next connection is a new one, and a right one.
    @Test func aPoolGoesOn() async throws {
        let nonsense = Self.all[0]
        let server = try FakeServer { session in
            try session.accept()
            if session.index == 0 {
                _ = try session.receive(until: "S")
                try session.send(nonsense.make([]))
                session.waitForEnd()
            } else {
                try session.serve()
            }
        }
        let pool = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 1, maximumConnections: 1),
            connection: try ConnectionConfiguration(url: server.url, environment: [:]),
            logger: ConnectionFixture.logger)
        try await pool.start()
        try await expect(.connectionLost) { try await pool.execute(statement(1)) }
        #expect(try await pool.execute(statement(2)).count == 0)
        // The cancel request is a connection, too.
        #expect((2...3).contains(server.accepted))
        await pool.shutdown(deadline: .seconds(5))
        server.close()
    }

    /// A prepared statement's columns can't change while it is prepared.
    @Test(arguments: [[("a", UInt32(25)), ("b", 25)], [("a", 23)], []])
    func aPreparedStatementKeepsItsColumns(_ columns: [(String, UInt32)]) async throws {
        let server = try FakeServer { session in
            try session.accept()
            for flight in 0... {
                let described: [BackendMessage] =
                    flight < 2
                    ? [.rowDescription([("a", 25)])] : columns.isEmpty ? [.noData] : [.rowDescription(columns)]
                let isNew = try session.receive(until: "S").contains { $0.type == "P" }
                try session.send((isNew ? [.parseComplete] : []) + [.bindComplete])
                try session.send(described + [.commandComplete("SELECT 0"), .readyForQuery()])
            }
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        for _ in 0..<2 { #expect(try await connection.execute(Statement("select a")).columnCount == 1) }
        try await expect(.connectionLost) { try await connection.execute(Statement("select a")) }
        #expect(connection.isClosed)
        server.close()
    }

    /// What comes between requests and is allowed to.
    @Test func settingsAndNoticesMayComeAtAnyTime() async throws {
        let server = try FakeServer { session in
            try session.accept()
            while true {
                let text = try session.receive(until: "S").last { $0.type == "P" }?.strings[1] ?? ""
                try session.send(.notice("before"), .parameterStatus("a", "1"), .parseComplete, .bindComplete)
                try session.send(.notice("between"), .rowDescription([("a", 25)]), .parameterStatus("a", "2"))
                try session.send(.dataRow([Array(text.utf8)]), .notice("in it"), .commandComplete("SELECT 1"))
                try session.send(.readyForQuery(), .notice("after"), .parameterStatus("a", "3"))
            }
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        for number in 0..<20 {
            #expect(try await connection.execute(statement(number)).text() == "select \(number)")
        }
        #expect(await eventually { connection.parameter("a") == "3" })
        connection.close()
        server.close()
    }
}
