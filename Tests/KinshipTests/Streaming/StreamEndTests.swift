// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// However a stream ends, connection, cursor and transaction end with it.
@Suite struct StreamEndTests {
    @Test func `Leaving the loop early gives the connection back`() async throws {
        try await StreamedDatabase.with("stream_break", connections: 1) { streamed in
            for try await graph in try streamed.database.stream("Item", batchSize: 5) where graph.count == 5 { break }
            try await streamed.expectRest()
            for try await _ in try streamed.database.stream("Item", batchSize: 5).records { break }
            try await streamed.expectRest()
            // The only connection of the pool serves others again.
            #expect(try await streamed.database.count("Item").count >= 200_000)
        }
    }

    @Test func `An iterator that is dropped gives the connection back`() async throws {
        try await StreamedDatabase.with("stream_drop", connections: 1) { streamed in
            func pullOnce() async throws {
                var iterator = try streamed.database.stream("Item", batchSize: 5).makeAsyncIterator()
                #expect(try await iterator.next(isolation: nil)?.count == 5)
                #expect(streamed.database.pool.status.leased == 1)
                #expect(try await streamed.sessions("state = 'idle in transaction'") == 1)
            }
            try await pullOnce()
            try await streamed.expectRest()
            _ = try streamed.database.stream("Item").makeAsyncIterator()
            #expect(streamed.database.pool.status.leased == 0)
        }
    }

    @Test func `An error in the loop's body gives the connection back`() async throws {
        struct Refusal: Error {}
        try await StreamedDatabase.with("stream_body", connections: 1) { streamed in
            await #expect(throws: Refusal.self) {
                for try await _ in try streamed.database.stream("Item", batchSize: 5) { throw Refusal() }
            }
            try await streamed.expectRest()
        }
    }

    @Test func `The server's failure midway comes with its SQLSTATE and ends the stream`() async throws {
        try await StreamedDatabase.with("stream_failure", connections: 1) { streamed in
            var iterator = try streamed.database.stream("Failing", batchSize: 1000).makeAsyncIterator()
            #expect(try await iterator.next(isolation: nil)?.count == 1000)
            #expect(try await iterator.next(isolation: nil)?.count == 1000)
            let error = await #expect(throws: PostgresError.self) { try await iterator.next(isolation: nil) }
            #expect(error?.sqlState == "22012")
            #expect(try await iterator.next(isolation: nil) == nil)
            try await streamed.expectRest()
            #expect(try await streamed.database.count("Part").count >= 50)
        }
    }

    @Test func `A session that is ended midway is an error, and the pool goes on`() async throws {
        try await StreamedDatabase.with("stream_terminated", connections: 1) { streamed in
            var iterator = try streamed.database.stream("Item", batchSize: 5).records.makeAsyncIterator()
            for _ in 0..<5 { #expect(try await iterator.next(isolation: nil) != nil) }
            _ = try await streamed.server.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(streamed.name)'")
            let error = await #expect(throws: PostgresError.self) { try await iterator.next(isolation: nil) }
            #expect(error?.code == .connectionLost)
            #expect(try await iterator.next(isolation: nil) == nil)
            #expect(try await streamed.database.count("Part").count >= 50)
            try await streamed.expectRest()
        }
    }

    @Test func `Cancelling the task between pulls ends the stream at the next one`() async throws {
        try await StreamedDatabase.with("stream_cancel", connections: 1) { streamed in
            let database = streamed.database
            let task = Task {
                var pulls = 0
                for try await _ in try database.stream("Item", batchSize: 5) {
                    pulls += 1
                    withUnsafeCurrentTask { $0?.cancel() }
                }
                return pulls
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            try await streamed.expectRest()
            #expect(try await streamed.database.count("Part").count >= 50)
        }
    }

    @Test func `Cancelling the task while the server works stops it`() async throws {
        try await StreamedDatabase.with("stream_cancel_running", connections: 1) { streamed in
            let database = streamed.database
            let task = Task {
                var pulled = 0
                // The first batch comes at once; the second one has a row that takes the server an hour.
                for try await graph in try database.stream("Slow", batchSize: 2) { pulled += graph.count }
                return pulled
            }
            while try await streamed.sessions("wait_event = 'PgSleep'") == 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(database.pool.status.leased == 1)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await streamed.expectRest()
            #expect(try await streamed.database.count("Part").count >= 50)
        }
    }

    @Test func `Without a free connection the pull fails, and the stream has ended`() async throws {
        try await StreamedDatabase.with("stream_exhausted", connections: 1, acquireTimeout: .seconds(3)) {
            streamed in
            var first = try streamed.database.stream("Item", batchSize: 5).makeAsyncIterator()
            #expect(try await first.next(isolation: nil)?.count == 5)
            var second = try streamed.database.stream("Item", batchSize: 5).makeAsyncIterator()
            let error = await #expect(throws: PostgresError.self) { try await second.next(isolation: nil) }
            #expect(error?.code == .acquireTimeout)
            #expect(try await second.next(isolation: nil) == nil)
            // The one that has the connection isn't disturbed.
            #expect(try await first.next(isolation: nil)?.count == 5)
        }
    }

    @Test func `Streams of several tasks don't meet`() async throws {
        try await StreamedDatabase.with("stream_tasks", connections: 3) { streamed in
            let database = streamed.database
            let stream = try database.stream("Item", filter: ["where": ["id": ["lte": 300]]], batchSize: 20)
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var count = 0
                        for try await graph in stream { count += graph.count }
                        return count
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts == Array(repeating: 300, count: 8))
            try await streamed.expectRest()
        }
    }
}
