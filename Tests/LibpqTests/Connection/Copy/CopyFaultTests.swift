// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import Synchronization
import TestSupport
import Testing

/// COPY while something breaks: the faults that other requests are tried with.
@Suite(.timeLimit(.minutes(5))) struct CopyFaultTests {
    private let many: SQL = "copy (select i, repeat('x', 100) from generate_series(1, 3000000) i) to stdout"

    /// Gives rows for ever.
    private func endless() -> CopyFixture.Source {
        CopyFixture.Source { number in CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000) }
    }

    private func read(_ connection: Connection, after chunks: Int, _ act: () async throws -> Void) async throws {
        var count = 0
        for try await _ in connection.copyOut(many) {
            count += 1
            if count == chunks { try await act() }
        }
        Issue.record("it came to its end")
    }

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
        let source = endless()
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
                try await read(connection, after: 2) { try await database.run(terminate) }
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
                    try await read(connection, after: 2) { ServerProcess.crash(process) }
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
                try await read(connection, after: 1) { ServerProcess.freeze(process) }
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
        let source = endless()
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

    // MARK: Cancelled

    @Test func aCancelledTaskStoresNothing() async throws {
        let connection = try await CopyFixture.connect("copy_cancelled")
        for round in 0..<30 {
            let source = endless()
            let task = Task { try await connection.copyIn("copy copy_cancelled from stdin", from: source) }
            if round % 3 == 0 { #expect(await eventually { source.count > 50 }) }
            try await Task.sleep(for: .microseconds(round * 100))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await connection.count("copy_cancelled") == 0)
        }
    }

    private final class Pieces: Sendable {
        private let number = Atomic<Int>(0)

        var count: Int { number.load(ordering: .sequentiallyConsistent) }

        /// Takes longer than the server needs for a piece, and doesn't suspend.
        func work() {
            number.wrappingAdd(1, ordering: .sequentiallyConsistent)
            BlockingPause.milliseconds(3)
        }
    }

    /// All on one thread: whoever copies leaves it to others, though it never has to wait for the server.
    @Test(arguments: [false, true]) func othersHaveTheirTurnBesideAServerThatIsFaster(isIn: Bool) async throws {
        let connection = try await CopyFixture.connect("copy_turn_\(isIn)")
        let executor = CancellingExecutor(at: -1, .resuming)
        let pieces = Pieces()
        // More than a piece each, and not without end: what nobody cancels ends by itself, seconds later.
        let source = CopyFixture.Source { number in
            pieces.work()
            let first = number * 1_500
            return number < 1_500
                ? (first..<first + 1_500).flatMap { Array("\($0)\t0123456789012345678901234567890123456789\n".utf8) }
                : nil
        }
        let copying = Task(executorPreference: executor) {
            if isIn {
                try await connection.copyIn("copy copy_turn_true from stdin", from: source)
            } else {
                for try await _ in connection.copyOut(many) { pieces.work() }
            }
        }
        let other = Task(executorPreference: executor) {
            while pieces.count < 20 { await Task.yield() }
            copying.cancel()
            return pieces.count
        }
        #expect(await other.value < 200)
        await #expect(throws: CancellationError.self) { try await copying.value }
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
    }

    /// One that takes no notice of it, and is not waited for by the server.
    @Test func aCancelledTaskWhoseSourceGoesOn() async throws {
        let connection = try await CopyFixture.connect("copy_stubborn")
        let isHeld = Locked(true)
        let source = CopyFixture.Source { number in
            while number == 3, isHeld.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
            return CopyFixture.lines(number..<number + 1)
        }
        let task = Task { try await connection.copyIn("copy copy_stubborn from stdin", from: source) }
        #expect(await eventually { source.count == 4 })
        task.cancel()
        // The connection is free, though the task isn't.
        #expect(try await connection.count("copy_stubborn") == 0)
        isHeld.withLock { $0 = false }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aCancelledReaderStopsTheServer() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        for round in 0..<30 {
            let task = Task {
                var count = 0
                for try await chunk in connection.copyOut(many) { count += chunk.count }
                return count
            }
            try await Task.sleep(for: .microseconds(round * 300))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            if connection.isClosed { break }
            #expect(try await connection.answer(to: "select 'usable'") == "usable")
        }
        #expect(!connection.isClosed)
    }

    @Test func somebodyElsesCancelIsTold() async throws {
        let database = try await TestDatabase.named("copy")
        let connection = try await CopyFixture.connect("copy_other")
        try await expect(.statementCancelled, sqlState: "57014") {
            try await read(connection, after: 1) {
                try await database.run("select pg_cancel_backend(\(connection.processID))")
            }
        }
        let process = connection.processID
        let source = CopyFixture.Source { number in
            if number == 10 { try await database.run("select pg_cancel_backend(\(process))") }
            return CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)
        }
        try await expect(.statementCancelled, sqlState: "57014") {
            try await connection.copyIn("copy copy_other from stdin", from: source)
        }
        #expect(try await connection.count("copy_other") == 0)
    }

    /// The refusal comes while libpq has no room to send, and so reads by itself: it has to be seen all the same.
    @Test func whatIsRefusedEndsASourceWithoutEnd() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                let connection = try await CopyFixture.connect("copy_refused_\(number)")
                group.addTask {
                    let source = CopyFixture.Source { piece in
                        let lines = CopyFixture.lines(piece * 1_000..<piece * 1_000 + 1_000)
                        return piece == 20 + number * 7 ? lines + Array("none\tof these\n".utf8) : lines
                    }
                    let error = try await expect(.server, sqlState: "22P02") {
                        try await connection.copyIn(
                            "copy \(identifier: "copy_refused_\(number)") from stdin", from: source)
                    }
                    #expect(error.copy?.line == (21 + number * 7) * 1_000 + 1)
                    #expect(try await connection.answer(to: "select 'usable'") == "usable")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func closingEndsBoth() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        try await expect(.connectionClosed) { try await read(connection, after: 1) { connection.close() } }
        let other = try await CopyFixture.connect("copy_closed")
        let source = CopyFixture.Source { number in
            if number == 10 { other.close() }
            return CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)
        }
        try await expect(.connectionClosed) {
            try await other.copyIn("copy copy_closed from stdin", from: source)
        }
        try await expect(.connectionClosed) {
            try await other.copyIn("copy copy_closed from stdin", from: [[UInt8]]())
        }
        try await expect(.connectionClosed) { _ = try await other.copied("copy copy_closed to stdout") }
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
