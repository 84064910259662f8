// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import Synchronization
import TestSupport
import Testing

/// COPY while something breaks: the faults that other requests are tried with.
@Suite(.timeLimit(.minutes(5))) struct CopyFaultTests {
    private func isUp(_ server: EmbeddedServer) async -> Bool {
        do {
            return try await !server.run("select 1").isEmpty
        } catch {
            return false
        }
    }

    // MARK: Killed

    @Test(arguments: [false, true]) func aKilledSessionSaysWhy(isIn: Bool) async throws {
        let database = try await TestDatabase.named("copy")
        let connection = try await CopyFixture.connect("copy_killed_\(isIn)")
        let terminate = "select pg_terminate_backend(\(connection.processID))"
        let source = CopyFixture.endless()
        // One that is blocked in the middle of a message goes without a word.
        let error = try await expect(.connectionLost, sqlState: isIn ? "57P01" : nil) {
            if isIn {
                let source = CopyFixture.Source { number in
                    if number == 20 { try await database.run(terminate) }
                    if number > 20 { try await Task.sleep(for: .milliseconds(1)) }
                    return CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)
                }
                try await connection.copyIn("copy copy_killed_true from stdin", from: source)
            } else {
                try await CopyFixture.read(connection, after: 2) { try await database.run(terminate) }
            }
        }
        #expect(error.copy != nil && error.sql != nil && source.count == 0)
        #expect(connection.isClosed)
        #expect(try await database.run("select count(*) from copy_killed_\(isIn)") == [["0"]])
    }

    @Test func aCrashOfTheServerEndsBoth() async throws {
        let server = try await PrivateServer.start()
        for isIn in [false, true] {
            let connection = try await CopyFixture.connect("copy_crashed", url: server.url)
            let process = Int32(connection.processID)
            let witness = try await ConnectionFixture.connect(url: server.url)
            let error = await #expect(throws: PostgresError.self) {
                if isIn {
                    let source = CopyFixture.Source { number in
                        if number == 20 { ServerProcess.crash(process) }
                        return CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)
                    }
                    try await connection.copyIn("copy copy_crashed from stdin", from: source)
                } else {
                    try await CopyFixture.read(connection, after: 2) { ServerProcess.crash(process) }
                }
            }
            #expect(error?.code == .connectionLost && connection.isClosed)
            // The server hears of a crash a little later than its client, and ends all sessions then.
            #expect(await eventually { witness.isClosed })
            #expect(await eventually { await isUp(server) })
        }
    }

    // MARK: Frozen

    @Test(arguments: [false, true]) func aFrozenServerIsGivenUp(isIn: Bool) async throws {
        let server = try await PrivateServer.start()
        let connection = try await CopyFixture.connect("copy_frozen", url: server.url) {
            $0.statementTimeout = .seconds(3)
            $0.statementTimeoutGrace = .milliseconds(300)
        }
        let process = Int32(connection.processID)
        defer { ServerProcess.thaw(process) }
        let source = CopyFixture.Source { number in
            if number == 3 { ServerProcess.freeze(process) }
            return CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)
        }
        try await expect(.statementTimeout) {
            if isIn {
                try await connection.copyIn("copy copy_frozen from stdin", from: source)
            } else {
                try await CopyFixture.read(connection, after: 1) { ServerProcess.freeze(process) }
            }
        }
        #expect(connection.isClosed)
        // It was asked only as long as there was room: the system's buffers hold a few megabytes.
        #expect(source.count < 5_000)
    }

    @Test(arguments: [false, true]) func whatWaitsForALockKeepsItsDeadline(isIn: Bool) async throws {
        let connection = try await CopyFixture.connect("copy_locked_\(isIn)")
        let other = try await ConnectionFixture.connect("copy")
        try await other.run("begin")
        try await other.run("lock table copy_locked_\(isIn)")
        let source = CopyFixture.endless()
        let error = try await expect(.statementTimeout, sqlState: "57014") {
            if isIn {
                try await connection.copyIn(
                    "copy \(identifier: "copy_locked_true") from stdin", from: source, timeout: .milliseconds(200))
            } else {
                for try await _ in connection.copyOut("copy copy_locked_false to stdout", timeout: .milliseconds(200)) {
                }
            }
        }
        #expect(error.copy?.progress == CopyProgress())
        // Nothing is asked of a source before the server has agreed.
        #expect(source.count == 0)
        #expect(connection.transactionStatus == .idle)
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
    }

    @Test func timeThatTheUserTakesDoesNotCount() async throws {
        let connection = try await CopyFixture.connect("copy_slow") { $0.statementTimeout = .milliseconds(400) }
        let source = CopyFixture.Source { number in
            if number == 1 { try await Task.sleep(for: .milliseconds(1_000)) }
            return number < 3 ? CopyFixture.lines(number..<number + 1) : nil
        }
        #expect(try await connection.copyIn("copy copy_slow from stdin", from: source) == 3)
        var count = 0
        for try await chunk in connection.copyOut("copy (select generate_series(1, 100000)) to stdout") {
            if count == 0 { try await Task.sleep(for: .milliseconds(1_000)) }
            count += chunk.count
        }
        #expect(count > 500_000)
    }

    // MARK: Cut

    /// Wherever the connection breaks off: all rows are stored or none, and what is acknowledged is stored.
    @Test func aConnectionThatIsCutOnTheWayIn() async throws {
        let server = try await ConnectionTestServer.shared.server()
        var acknowledged = 0
        for count in stride(from: 0, to: 60, by: 3) {
            let (proxy, url) = try ConnectionFixture.proxy(to: server)
            let connection = try await CopyFixture.connect("copy_cut", url: url)
            proxy.cut(after: count, .toClient)
            do {
                _ = try await connection.copyIn("copy copy_cut from stdin", from: [CopyFixture.lines(0..<5)])
                acknowledged += 1
                #expect(try await server.run("select count(*) from copy_cut") == [["5"]])
            } catch {
                #expect((error as? PostgresError)?.code == .connectionLost, "after \(count) bytes: \(error)")
                #expect(["0", "5"].contains(try await server.run("select count(*) from copy_cut")[0][0]))
            }
            connection.close()
            proxy.close()
        }
        #expect(acknowledged > 0)
    }

    @Test func aConnectionThatIsCutOnTheWayOut() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let whole = (0..<3_000).flatMap { Array("\($0)\n".utf8) }
        for count in [0, 5, 20, 21, 22, 33, 100, 5_000, 20_000, 28_000] {
            let (proxy, url) = try ConnectionFixture.proxy(to: server)
            let connection = try await ConnectionFixture.connect(url: url)
            proxy.cut(after: count, .toClient)
            var all: [UInt8] = []
            try await expect(.connectionLost) {
                for try await chunk in connection.copyOut("copy (select generate_series(0, 2999)) to stdout") {
                    all += chunk
                }
            }
            // Whole rows, from the beginning.
            #expect(whole.starts(with: all) && (all.isEmpty || all.last == UInt8(ascii: "\n")))
            #expect(connection.isClosed)
            proxy.close()
        }
    }

    // MARK: Nonsense

    /// A server whose answers aren't those of a COPY.
    @Test(
        arguments: [
            [.commandComplete("SELECT 1"), .readyForQuery()],
            [.message("H", [0, 0, 0]), .commandComplete("COPY 1"), .readyForQuery()],
            [.readyForQuery()], [.message("d", [65])], [.message("W", [0, 0, 0])],
            [.commandComplete("COPY 1"), .readyForQuery()], [.parseComplete, .bindComplete, .message("G", [0, 0, 0])],
        ] as [[BackendMessage]])
    func answersOfAnotherKindEndTheConnection(_ messages: [BackendMessage]) async throws {
        let server = try FakeServer { session in
            try session.accept()
            _ = try session.receive(until: "Q")
            try session.send(messages)
            session.waitForEnd()
        }
        let connection = try await ConnectionFixture.connect(url: server.url) {
            $0.statementTimeout = .seconds(2)
            $0.statementTimeoutGrace = .milliseconds(100)
        }
        let error = await #expect(throws: PostgresError.self) {
            try await connection.copyIn("copy t from stdin", from: ["1\n".utf8])
        }
        #expect([.connectionLost, .misuse, .statementTimeout].contains(error?.code), "\(String(describing: error))")
        #expect(connection.isClosed)
        server.close()
    }
}
