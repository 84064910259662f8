// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
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

    private func withDatabase(_ body: (Database, TestDatabase) async throws -> Void) async throws {
        let made = try await TestDatabase.named("changes-\(Self.count.add(1, ordering: .relaxed).newValue)")
        try await made.run(Self.tables)
        try await Database.withDatabase(
            schema: try Self.schema(), connection: ConnectionConfiguration(url: made.url)
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
            ["name": "Thing", "properties": ["id": ["type": "number", "id": true]]],
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition($0, file: nil) })
        for name in ["AccessToken", "Login", "Session", "Voucher"] {
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
