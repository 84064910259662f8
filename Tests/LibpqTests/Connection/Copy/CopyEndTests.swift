// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization
import TestSupport
import Testing

/// COPY that somebody ends: a task, a server, whoever closes the connection.
@Suite(.timeLimit(.minutes(5))) struct CopyEndTests {
    @Test func aCancelledTaskStoresNothing() async throws {
        let connection = try await CopyFixture.connect("copy_cancelled")
        for round in 0..<30 {
            let source = CopyFixture.endless()
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
                for try await _ in connection.copyOut(CopyFixture.many) { pieces.work() }
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
            // In a task of its own, since a cancelled one doesn't sleep.
            while number == 3, isHeld.withLock({ $0 }) {
                await Task { try? await Task.sleep(for: .milliseconds(1)) }.value
            }
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
                for try await chunk in connection.copyOut(CopyFixture.many) { count += chunk.count }
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
            try await CopyFixture.read(connection, after: 1) {
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
        try await expect(.connectionClosed) { try await CopyFixture.read(connection, after: 1) { connection.close() } }
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
}
