// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Imports while something breaks: nothing of them stays.
@Suite(.timeLimit(.minutes(5))) struct ImportFaultTests {
    struct Broken: Error {}

    private static func lines(_ number: Int) -> [UInt8] {
        Array((0..<1000).map { "{\"name\":\"n\(number)\",\"age\":\($0)}\n" }.joined().utf8)
    }

    private static let modes: [(ConflictPolicy, ErrorPolicy)] = [
        (.fail, .fail), (.skip, .fail), (.fail, .collect(limit: 10)),
    ]

    private func check(_ world: BulkWorld) async throws {
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
        #expect(
            try await world.rows(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'")
                == "0")
        // The database goes on.
        try await world.lines(#"{"name": "after"}"#)
        try await world.test.run("DELETE FROM person")
    }

    @Test func `A source that fails`() async throws {
        let world = try await BulkWorld("broken")
        for (policy, onError) in Self.modes {
            let given = Counted()
            let source = AsyncThrowingStream<[UInt8], any Error> {
                let number = given.take()
                if number == 40 { throw Broken() }
                return Self.lines(number)
            }
            await #expect(throws: Broken.self) {
                try await world.database.importRecords(
                    into: "Person", from: source, format: .jsonLines, onConflict: policy, onError: onError)
            }
            try await check(world)
        }
    }

    @Test func `A session that is killed`() async throws {
        let world = try await BulkWorld("killed")
        for (policy, onError) in Self.modes {
            let given = Counted()
            let source = AsyncThrowingStream<[UInt8], any Error> {
                let number = given.take()
                if number == 40 {
                    try await world.test.run(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
                    )
                }
                // It is seen while there is more to be sent.
                if number > 40 { try await Task.sleep(for: .milliseconds(1)) }
                return number < 20_000 ? Self.lines(number) : nil
            }
            let error = await #expect(throws: PostgresError.self) {
                try await world.database.importRecords(
                    into: "Person", from: source, format: .jsonLines, onConflict: policy, onError: onError)
            }
            #expect(error?.code == .connectionLost)
            try await check(world)
        }
    }

    @Test func `A task that is cancelled, while it reads and while the server stores`() async throws {
        let world = try await BulkWorld("cancelled")
        for (policy, onError) in Self.modes {
            let given = Counted()
            let task = Task {
                let source = AsyncStream<[UInt8]>(unfolding: { Self.lines(given.take()) })
                try await world.database.importRecords(
                    into: "Person", from: source, format: .jsonLines, onConflict: policy, onError: onError)
            }
            while given.value < 40 { try await Task.sleep(for: .milliseconds(2)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await check(world)
        }
        try await world.test.run(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.age = 999 THEN PERFORM pg_sleep(600); END IF; RETURN new; END $$;
            CREATE TRIGGER wait BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION wait();
            """)
        for (policy, onError) in Self.modes {
            let task = Task {
                try await world.database.importRecords(
                    into: "Person", from: BulkWorld.pieces(String(decoding: Self.lines(1), as: UTF8.self), of: 5000),
                    format: .jsonLines,
                    onConflict: policy, onError: onError)
            }
            while try await world.rows(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
                == "0"
            {
                try await Task.sleep(for: .milliseconds(5))
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await check(world)
        }
    }

    @Test func `A server that takes nothing more isn't given more than some MiB`() async throws {
        let world = try await BulkWorld(
            "slow",
            sql: """
                CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.name = 'n3' THEN PERFORM pg_advisory_xact_lock(4711); END IF; RETURN new; END $$;
                CREATE TRIGGER wait BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION wait();
                """)
        try await world.database.pool.withConnection { holder in
            try await holder.execute("SELECT pg_advisory_lock(4711)")
            let given = Counted()
            let task = Task {
                let source = AsyncStream<[UInt8]>(unfolding: {
                    let number = given.take()
                    return number < 300 ? Self.lines(number) : nil
                })
                return try await world.database.importRecords(into: "Person", from: source, format: .jsonLines)
            }
            var last = -1
            while given.value == 0 || given.value != last {
                last = given.value
                try await Task.sleep(for: .milliseconds(400))
            }
            // Pieces of some 25 KB: libpq's and the sockets' buffers are filled, and no more.
            #expect(given.value < 200)
            try await holder.execute("SELECT pg_advisory_unlock(4711)")
            #expect(try await task.value.made == 300_000)
        }
    }
}
