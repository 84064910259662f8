// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging
import Synchronization
import TestSupport
import Testing

/// `database.changes(of:)` and the triggers that tell of them.
@Suite(.timeLimit(.minutes(2))) struct ChangeFeedTests {
    private static let count = Atomic(0)

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    private static let tables = """
        CREATE TABLE thing (id integer PRIMARY KEY, name text);
        CREATE VIEW shown AS SELECT * FROM thing;
        CREATE TABLE "a ""long"" \(String(repeating: "é", count: 20))" (id integer PRIMARY KEY);
        CREATE TABLE part (id integer PRIMARY KEY, thing_id integer) PARTITION BY RANGE (id);
        CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (100);
        CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (100) TO (200);
        """

    private static func schema() throws -> Schema {
        let tables = [
            ("Thing", "thing"), ("Shown", "shown"), ("Long", "a \"long\" \(String(repeating: "é", count: 20))"),
            ("Part", "part"),
        ]
        return try Schema(
            definitions: tables.map { name, table in
                try ModelDefinition(
                    [
                        "name": .string(name), "options": ["postgresql": ["table": .string(table)]],
                        "properties": ["id": ["type": "number", "id": true]],
                    ], file: nil)
            })
    }

    private func withDatabase(
        logger: Logger = Logger(label: "kinship"), _ body: (Database, TestDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("changes-\(Self.count.add(1, ordering: .relaxed).newValue)")
        try await made.run(Self.tables)
        try await Database.withDatabase(
            schema: try Self.schema(), connection: ConnectionConfiguration(url: made.url), logger: logger
        ) { try await body($0, made) }
    }

    /// The next events in short.
    private func take(_ count: Int, _ events: inout ChangeSequence.AsyncIterator) async throws -> [String] {
        var taken: [String] = []
        while taken.count < count, let event = try await events.next() {
            switch event {
            case .change(let change): taken.append("\(change.kind) \(change.key)")
            case .gap(let reason): taken.append("gap \(reason)")
            }
        }
        return taken
    }

    @Test func changesAreHeardByAllWhoListen() async throws {
        try await withDatabase { database, made in
            try await database.installChangeTriggers()
            let sequence = database.changes(of: "Thing")
            var (first, second) = (sequence.makeAsyncIterator(), sequence.makeAsyncIterator())
            #expect(try await take(1, &first) == ["gap started"])
            #expect(try await take(1, &second) == ["gap started"])
            try await made.run(
                "INSERT INTO thing VALUES (1, 'x'); UPDATE thing SET name = 'y'; UPDATE thing SET name = 'z'")
            let again = "DELETE FROM thing; INSERT INTO thing VALUES (1, 'x');"
            try await made.run(again + again)
            // Equal updates of one transaction are one; what is made and deleted in turn is told in turn.
            let expected = ["create 1", "update 1", "remove 1", "create 1", "remove 1", "create 1"]
            #expect(try await take(6, &first) == expected)
            #expect(try await take(6, &second) == expected)
            let sessions = """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '% changes'
                """
            #expect(try await made.run(sessions) == [["1"]])
            try await made.run(
                """
                MERGE INTO thing USING (VALUES (1), (2)) AS v (id) ON v.id = thing.id
                WHEN MATCHED THEN UPDATE SET name = 'm' WHEN NOT MATCHED THEN INSERT VALUES (v.id)
                """)
            #expect(Set(try await take(2, &first)) == ["update 1", "create 2"])
        }
    }

    @Test func tooManyAreAGap() async throws {
        try await withDatabase { database, made in
            try await database.installChangeTriggers(of: ["Thing"])
            var sequence = database.changes(of: "Thing")
            sequence.bufferLimit = 2
            var events = sequence.makeAsyncIterator()
            #expect(try await take(1, &events) == ["gap started"])
            var other = database.changes(of: "Thing").makeAsyncIterator()
            #expect(try await take(1, &other) == ["gap started"])
            for number in 1...4 { try await made.run("INSERT INTO thing VALUES (\(number))") }
            #expect(try await take(4, &other) == ["create 1", "create 2", "create 3", "create 4"])
            // The other one may have heard the last one first.
            var heard: [String] = []
            while heard.last != "create 4", heard.count < 4 { heard += try await take(1, &events) }
            #expect(heard.first == "gap overflow" && heard.count < 4, "\(heard)")
        }
    }

    /// Whatever comes before it is taken: who waits for it to say that it is ready never waits for ever.
    @Test func thatChangesAreToldIsTheFirstEvent() async throws {
        try await withDatabase { database, made in
            try await database.installChangeTriggers(of: ["Thing"])
            let late = try await database.subscription(to: "Thing", limit: 2)
            var events = database.changes(of: "Thing").makeAsyncIterator()
            #expect(try await take(1, &events) == ["gap started"])
            for _ in 0..<2 {
                try await made.run("TRUNCATE thing")
                #expect(try await take(1, &events) == ["gap many"])
            }
            #expect(try await late.mailbox.next(10) == [.gap(.started)])
            let slow = try await database.subscription(to: "Thing", limit: 2)
            for number in 1...4 {
                try await made.run("INSERT INTO thing VALUES (\(number))")
                #expect(try await take(1, &events) == ["create \(number)"])
            }
            let heard = try await slow.mailbox.next(10) ?? []
            #expect(heard.first == .gap(.started) && heard.count < 5, "\(heard)")
        }
    }

    /// Triggers are looked at again, each table's once however many listen.
    @Test func whoListensIsToldThatNothingTellsAnyMore() async throws {
        let log = RecordingLog()
        try await withDatabase(logger: log.logger) { database, made in
            try await database.installChangeTriggers()
            database.lookAtChangeTriggers(every: .milliseconds(50))
            var (first, second) = (
                database.changes(of: "Thing").makeAsyncIterator(), database.changes(of: "Thing").makeAsyncIterator()
            )
            var other = database.changes(of: "Part").makeAsyncIterator()
            #expect(try await take(1, &first) == ["gap started"])
            #expect(try await take(1, &second) == ["gap started"])
            #expect(try await take(1, &other) == ["gap started"])
            func looks(_ place: String) -> Bool {
                log.lines.contains { $0.contains("row_security_active") && $0.contains("statement=\(place)") }
            }
            #expect(await eventually { looks("2 of 2") })
            #expect(!looks("3 of 3"))
            try await made.run("ALTER TABLE thing DISABLE TRIGGER kinship_changes_update")
            await #expect(throws: ChangeError.self) { try await first.next() }
            await #expect(throws: ChangeError.self) { try await second.next() }
            #expect(try await first.next() == nil)
            try await made.run("INSERT INTO part VALUES (1, 1)")
            #expect(try await take(1, &other) == ["create 1"])
            // The triggers stay with the table that was.
            try await made.run(
                "ALTER TABLE part RENAME TO former; CREATE TABLE part (id integer PRIMARY KEY, thing_id integer)")
            await #expect(throws: ChangeError.self) { try await other.next() }
        }
    }

    @Test func partitionsAreTold() async throws {
        try await withDatabase { database, made in
            try await database.installChangeTriggers(of: ["Part", "Long"])
            var events = database.changes(of: "Part").makeAsyncIterator()
            #expect(try await take(1, &events) == ["gap started"])
            try await made.run("INSERT INTO part VALUES (1, 1), (150, 1)")
            #expect(Set(try await take(2, &events)) == ["create 1", "create 150"])
            try await made.run("UPDATE part SET thing_id = 2 WHERE id = 1")
            #expect(try await take(1, &events) == ["update 1"])
            try await made.run("UPDATE part SET id = 151 WHERE id = 1")
            #expect(Set(try await take(2, &events)) == ["remove 1", "create 151"])
        }
    }

    @Test func triggersAreMadeOnceAndTakenAway() async throws {
        try await withDatabase { database, made in
            let long = "public.a \"long\" \(String(repeating: "é", count: 20))"
            let tables = ["public.thing", long, "public.part"]
            var missing = database.changes(of: "Thing").makeAsyncIterator()
            await #expect(throws: ChangeError.self) { try await missing.next() }
            #expect(try await database.changeTriggers().map(\.description) == tables.map { "\($0): missing" })
            #expect(try await database.installChangeTriggers() == tables)
            #expect(try await database.installChangeTriggers() == [])
            #expect(try await database.changeTriggers().allSatisfy { $0.isCurrent })
            try await made.run("DROP TRIGGER kinship_changes_delete ON thing")
            #expect(try await database.changeTriggers(of: ["Thing"]).map(\.description) == ["public.thing: outdated"])
            #expect(try await database.installChangeTriggers() == ["public.thing"])
            try await made.run("ALTER TABLE thing DISABLE TRIGGER kinship_changes_insert")
            #expect(try await database.changeTriggers(of: ["Thing"]).first?.isCurrent == false)
            #expect(try await database.removeChangeTriggers() == tables)
            #expect(try await database.removeChangeTriggers() == [])
            let left = """
                SELECT count(*) FROM pg_proc p WHERE p.proname LIKE 'kinship\\_changes%'
                """
            #expect(try await made.run(left) == [["0"]])
            await #expect(throws: PlannerError.self) { try await database.installChangeTriggers(of: ["Shown"]) }
            await #expect(throws: PlannerError.self) { try await database.installChangeTriggers(of: ["Nope"]) }
        }
    }

    /// The SQL needs no database; what it makes is what is installed.
    @Test func theStatementsAreAllThereIs() async throws {
        try await withDatabase { database, made in
            let statements = try database.schema.changeTriggerStatements(of: ["Thing", "Long"])
            #expect(statements.count == 12)
            try await made.run(statements.map { $0 + ";" }.joined(separator: "\n"))
            #expect(try await database.changeTriggers(of: ["Thing", "Long"]).allSatisfy { $0.isCurrent })
            let removal = try database.schema.changeTriggerStatements(of: ["Thing", "Long"], removing: true)
            try await made.run(removal.map { $0 + ";" }.joined(separator: "\n"))
            #expect(try await database.changeTriggers(of: ["Thing", "Long"]).allSatisfy { !$0.isThere })
        }
    }

    /// Whoever is connected to the database hears what is notified.
    @Test func secretKeysAreToldToNobody() throws {
        let definitions: [JSONValue] = [
            ["name": "AccessToken", "properties": ["id": ["type": "string", "id": true]]],
            ["name": "Login", "base": "AccessToken"],
            [
                "name": "Session", "options": ["postgresql": ["table": "login"]],
                "properties": ["id": ["type": "string", "id": true]],
            ],
            ["name": "Voucher", "hidden": ["code"], "properties": ["code": ["type": "string", "id": true]]],
            [
                "name": "Deed", "tenant": "org", "hidden": ["org"],
                "properties": ["id": ["type": "number", "id": true], "org": "string"],
            ],
            ["name": "Thing", "properties": ["id": ["type": "number", "id": true]]],
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition($0, file: nil) })
        for name in ["AccessToken", "Login", "Session", "Voucher", "Deed"] {
            #expect {
                try schema.changeTriggerStatements(of: [name])
            } throws: {
                ($0 as? PlannerError)?.code == .unsupported
            }
        }
        let all = try schema.changeTriggerStatements()
        #expect(all.count == 6 && all.allSatisfy { $0.contains("kinship_changes_of_thing") }, "\(all)")
    }

    @Test func sequencesEndWithTheirTaskAndWithTheDatabase() async throws {
        try await withDatabase { database, made in
            try await database.installChangeTriggers(of: ["Thing"])
            let started = Counter()
            let listen: @Sendable () async throws -> Int = {
                var heard = 0
                for try await _ in database.changes(of: "Thing") {
                    heard += 1
                    started.count.add(1, ordering: .relaxed)
                }
                return heard
            }
            let cancelled = Task { try await listen() }
            let closed = Task { try await listen() }
            #expect(await eventually { started.count.load(ordering: .relaxed) == 2 })
            cancelled.cancel()
            #expect(try await cancelled.value == 1)
            await database.close()
            #expect(try await closed.value == 1)
            var late = database.changes(of: "Thing").makeAsyncIterator()
            await #expect(throws: (any Error).self) { try await late.next() }
        }
    }
}
