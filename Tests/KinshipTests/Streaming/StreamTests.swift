// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What a stream gives, and what it asks of the server for it.
@Suite struct StreamTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `Batches have the records of the whole, with what is included`() async throws {
        try await StreamedDatabase.with("stream_batches") { streamed in
            let filter: JSONValue = [
                "where": ["id": ["lte": 25]], "order": "id DESC",
                "include": ["relation": "parts", "scope": ["fields": ["id"], "limit": 1]],
            ]
            let whole = try await streamed.database.find("Item", filter: filter)
            var lines = ""
            var counts: [Int] = []
            var statements: [Int] = []
            var roundTrips: [Int] = []
            for try await graph in try streamed.database.stream("Item", filter: filter, batchSize: 10) {
                lines += text(try graph.jsonLines())
                counts.append(graph.count)
                statements.append(graph.statistics.statements)
                roundTrips.append(graph.statistics.roundTrips)
                #expect(graph.statistics.fetches.map(\.rows) == [graph.count, graph.count])
            }
            let expected = try (0..<whole.count).map { text(try whole.json(row: $0)) + "\n" }.joined()
            #expect(lines == expected)
            #expect(counts == [10, 10, 5])
            // BEGIN, DECLARE, FETCH and the parts; then FETCH and the parts.
            #expect(statements == [4, 2, 2])
            #expect(roundTrips == [2, 2, 2])
            try await streamed.expectRest()
        }
    }

    /// However trees are read otherwise: a stream goes level by level in a transaction of its own, and asks for what belongs
    /// to the batch's records only, also when the filter names all keys.
    @Test(arguments: Strategy.allCases)
    func `A batch asks for its own records' relations`(strategy: Strategy) async throws {
        let options = TreeOptions(strategy: strategy, snapshot: .consistent)
        try await StreamedDatabase.with("stream_\(strategy)", trees: options) { streamed in
            let ids: [JSONValue] = (1...12).map { .number(String($0)) }
            let filter: JSONValue = ["where": ["id": ["inq": .array(ids)]], "include": ["parts": "item"]]
            let whole = try await streamed.database.find("Item", filter: filter)
            var lines = ""
            var parts: [Int] = []
            for try await graph in try streamed.database.stream("Item", filter: filter, batchSize: 5) {
                lines += text(try graph.jsonLines())
                parts.append(graph.statistics.fetches[1].rows)
                #expect(graph.statistics.roundTrips == 2)
            }
            #expect(lines == text(try whole.jsonLines()))
            #expect(parts == [10, 10, 4])
            try await streamed.expectRest()
        }
    }

    @Test func `The limits of a tree hold for each batch`() async throws {
        try await StreamedDatabase.with("stream_limits", trees: TreeOptions(maximumRows: 12)) { streamed in
            let filter: JSONValue = ["where": ["id": ["lte": 20]], "include": "parts"]
            var rows = 0
            for try await graph in try streamed.database.stream("Item", filter: filter, batchSize: 4) {
                rows += graph.statistics.fetches.reduce(0) { $0 + $1.rows }
            }
            #expect(rows == 60)
            for (batchSize, include) in [(5, ["parts"]), (13, [])] as [(Int, [JSONValue])] {
                var iterator = try streamed.database.stream(
                    "Item", filter: ["include": .array(include)], batchSize: batchSize
                ).makeAsyncIterator()
                let error = await #expect(throws: PlannerError.self) { try await iterator.next(isolation: nil) }
                #expect(error?.code == .resultTooLarge)
                #expect(try await iterator.next(isolation: nil) == nil)
            }
            try await streamed.expectRest()
        }
    }

    @Test func `A table that was changed is no error at the first batch`() async throws {
        try await StreamedDatabase.with("stream_altered", connections: 1) { streamed in
            _ = try await streamed.server.run(
                "CREATE TABLE owner (id int8 PRIMARY KEY); INSERT INTO owner VALUES (1), (2); CREATE TABLE pet (id int8 PRIMARY KEY, owner_id int8, name varchar(9)); INSERT INTO pet VALUES (1, 1, 'x')"
            )
            let schema = try Schema(definitions: [
                ModelDefinition(
                    "Owner", properties: [.id("id")], relations: [.hasMany("pets", "Pet", foreignKey: "ownerId")]),
                ModelDefinition(
                    "Pet", properties: [.id("id"), .number("ownerId", column: "owner_id"), .string("name")]),
            ])
            let database = try await Database.open(
                schema: schema, connection: ConnectionConfiguration(url: streamed.server.url),
                pool: PoolConfiguration(maximumConnections: 1))
            func names() async throws -> String {
                var lines = ""
                for try await graph in try database.stream("Owner", filter: ["include": "pets"], batchSize: 1) {
                    lines += text(try graph.jsonLines())
                }
                return lines
            }
            let before = try await names()
            _ = try await streamed.server.run("ALTER TABLE pet ALTER COLUMN name TYPE text")
            #expect(try await names() == before)
            #expect(before.contains("\"name\":\"x\""))
            await database.close()
        }
    }

    @Test func `Records come one at a time`() async throws {
        try await StreamedDatabase.with("stream_records") { streamed in
            var records: [String] = []
            let stream = try streamed.database.stream(
                "Item", filter: ["where": ["name": ["like": "item 1_"]], "fields": ["id"], "skip": 2, "limit": 5],
                batchSize: 2)
            for try await record in stream.records { records.append(text(record)) }
            #expect(records == (12...16).map { #"{"id":\#($0)}"# })
            // A stream is a value: it can be iterated again.
            var iterator = stream.records.makeAsyncIterator()
            #expect(try await iterator.next(isolation: nil).map(text) == #"{"id":12}"#)
        }
    }

    @Test func `Distinct combinations, limits and cursors hold for the stream`() async throws {
        try await StreamedDatabase.with("stream_filters") { streamed in
            func records(_ filter: JSONValue) async throws -> [String] {
                var records: [String] = []
                for try await record in try streamed.database.stream("Item", filter: filter, batchSize: 3).records {
                    records.append(text(record))
                }
                return records
            }
            let distinct = try await records(["fields": ["kind"], "distinct": true, "order": "kind DESC"])
            #expect(distinct == (0...6).reversed().map { #"{"kind":\#($0)}"# })
            let after = try await records(["fields": ["id"], "order": "id", "after": ["id": 4], "limit": 4])
            #expect(after == (5...8).map { #"{"id":\#($0)}"# })
            let before = try await records(["fields": ["id"], "order": "id", "before": ["id": 9], "limit": 4])
            #expect(before == (5...8).map { #"{"id":\#($0)}"# })
            let none = try await records(["where": ["id": -1]])
            #expect(none.isEmpty)
            let nothing = try await records(["where": ["id": ["inq": []]], "include": "parts"])
            #expect(nothing.isEmpty)
        }
    }

    /// A full last batch can't be told from one in the midst; the stream ends all the same.
    @Test func `A last batch that is full is followed by nothing`() async throws {
        try await StreamedDatabase.with("stream_full") { streamed in
            var counts: [Int] = []
            for try await graph in try streamed.database.stream("Item", filter: ["limit": 6], batchSize: 3) {
                counts.append(graph.count)
            }
            #expect(counts == [3, 3])
            try await streamed.expectRest()
        }
    }

    @Test func `Nothing is fetched that wasn't pulled`() async throws {
        try await StreamedDatabase.with("stream_pull") { streamed in
            let stream = try streamed.database.stream("Watched", batchSize: 10)
            #expect(streamed.database.pool.status.leased == 0)
            var iterator = stream.makeAsyncIterator()
            #expect(streamed.database.pool.status.leased == 0)
            for pulled in 1...4 {
                let graph = try await iterator.next(isolation: nil)
                #expect(graph?.count == 10)
                #expect(streamed.database.pool.status.leased == 1)
                #expect(try await streamed.watchedRows() == pulled * 10)
                #expect(try await streamed.sessions("state = 'idle in transaction'") == 1)
            }
        }
    }

    @Test func `200,000 rows never are in memory together`() async throws {
        try await StreamedDatabase.with("stream_memory") { streamed in
            var rows = 0
            var batches = 0
            var sum: Int64 = 0
            // libpq frees a result when the last reference to its storage goes.
            var previous = WeakStorage()
            for try await graph in try streamed.database.stream(
                "Item", filter: ["where": ["id": ["lte": 200_000]], "fields": ["id"]])
            {
                #expect(previous.storage == nil)
                let set = try #require(graph.rows(of: graph.plan.nodes[0]))
                #expect(set.count <= 1000)
                for row in 0..<set.count { sum += try set.decode(Int64.self, row: row, column: 0) }
                previous = WeakStorage(storage: set.storage)
                rows += graph.count
                batches += 1
            }
            #expect(rows == 200_000)
            #expect(batches == 200)
            #expect(sum == 200_000 * 200_001 / 2)
            #expect(previous.storage == nil)
        }
    }

    private struct WeakStorage {
        weak var storage: ResultStorage?
    }

    /// One snapshot: a row that goes away while the stream is pulled still comes, with its related rows.
    @Test func `All batches show one moment`() async throws {
        try await StreamedDatabase.with("stream_snapshot") { streamed in
            _ = try await streamed.server.run(
                "INSERT INTO item VALUES (300001, 'a', 1), (300002, 'b', 1); INSERT INTO part VALUES (300001, 300002)")
            var iterator = try streamed.database.stream(
                "Item", filter: ["where": ["id": ["gt": 300_000]], "fields": ["id"], "include": "parts"], batchSize: 1
            ).makeAsyncIterator()
            #expect(try await iterator.next(isolation: nil)?.count == 1)
            _ = try await streamed.server.run(
                "DELETE FROM part WHERE id > 300000; DELETE FROM item WHERE id > 300000")
            let second = try #require(try await iterator.next(isolation: nil))
            #expect(text(try second.json()) == #"[{"id":300002,"parts":[{"id":300001,"itemId":300002}]}]"#)
            #expect(try await iterator.next(isolation: nil) == nil)
            try await streamed.expectRest()
        }
    }

    @Test func `Mistakes are told before anything is sent`() async throws {
        try await StreamedDatabase.with("stream_mistakes") { streamed in
            func error(_ filter: JSONValue, batchSize: Int = 10) -> PlannerError? {
                do {
                    _ = try streamed.database.stream("Item", filter: filter, batchSize: batchSize)
                    return nil
                } catch { return error as? PlannerError }
            }
            #expect(error(["page": true])?.code == .invalidFilter)
            #expect(error(["page": true])?.path == "page")
            #expect(error(["where": ["nope": 1]])?.path == "where.nope")
            #expect(error(["include": ["relation": "parts", "scope": ["limit": -1]]])?.path == "include.scope.limit")
            #expect(error([:], batchSize: 0)?.path == "batchSize")
            #expect(error([:], batchSize: 1_000_001)?.code == .invalidFilter)
            #expect(error(["distinct": true, "fields": ["kind"], "include": "parts"])?.code == .invalidFilter)
            #expect(throws: PlannerError.self) { try streamed.database.stream("Nope") }
        }
    }
}
