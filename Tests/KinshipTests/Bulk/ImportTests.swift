// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Records that are read from text and stored.
@Suite struct ImportTests {
    @Test func `Lines of JSON become records`() async throws {
        let world = try await BulkWorld("lines")
        let summary = try await world.lines(
            "\u{FEFF}"
                + #"{"name": "Ada", "email": "a@x", "age": 36, "cityId": 1, "points": 12.50, "tags": ["x", "a,b", null], "data": {"k": [1]}}"#
                + "\r\n\n   \n"
                + #"{"city": {"id": 9}, "points": null, "born": "1906-12-09", "name": "Gr\u00e4ce \"G\"\n", "seen": "2024-02-29T12:00:00.123Z"}"#
                + "\n" + #"{"name":"Zoë","secret":"s","status":"old","age":"7","points":1e2}"#)
        #expect((summary.records, summary.made, summary.updated, summary.skipped) == (3, 3, 0, 0))
        #expect(
            try await world.rows(
                "SELECT id, name, email, age, city_id, points, tags, data, born, seen AT TIME ZONE 'UTC', status, secret FROM person ORDER BY id"
            )
                == "1,Ada,a@x,36,1,12.50,{x,\"a,b\",NULL},{\"k\": [1]},-,-,new,-;2,Gräce \"G\"\n,-,-,-,-,-,-,1906-12-09,2024-02-29 12:00:00.123,new,-;3,Zoë,-,7,-,100.00,-,-,-,-,old,s"
        )
    }

    @Test func `CSV becomes records`() async throws {
        let world = try await BulkWorld("csv")
        let summary = try await world.csv(
            "\u{FEFF}name,email,age,tags,data,seen,status\r\nAda,,36,\"[\"\"x\"\",\"\"a,b\"\"]\",\"{\"\"k\"\": 1}\",2024-02-29T12:00:00Z,a\r\n"
                + "\"B, \"\"quoted\"\"\nand more\",\"\",,,,,b\n\nZoë,z@x,0,[],\"\"\"text\"\"\",,c")
        #expect((summary.records, summary.made) == (3, 3))
        #expect(
            try await world.rows(
                "SELECT id, name, email, age, tags, data, seen AT TIME ZONE 'UTC', status FROM person ORDER BY id")
                == "1,Ada,-,36,{x,\"a,b\"},{\"k\": 1},2024-02-29 12:00:00,a;2,B, \"quoted\"\nand more,,-,-,-,-,b;3,Zoë,z@x,0,{},\"text\",-,c"
        )
    }

    @Test func `Records that are values become records`() async throws {
        let world = try await BulkWorld("values")
        let records = AsyncStream<JSONValue> { continuation in
            for number in 1...2500 { continuation.yield(["name": "\(number)", "age": .number("\(number)")]) }
            continuation.finish()
        }
        let summary = try await world.database.importRecords(into: "Person", records: records)
        #expect((summary.records, summary.made, summary.bytes) == (2500, 2500, 0))
        #expect(try await world.rows("SELECT count(*), sum(age) FROM person") == "2500,3126250")
        let none = try await world.database.importRecords(
            into: "Person", records: AsyncStream<JSONValue> { $0.finish() })
        #expect(none.records == 0 && none.made == 0)
    }

    @Test(arguments: [2, 60]) func `Records with different properties get the database's defaults`(count: Int)
        async throws
    {
        let world = try await BulkWorld("different_\(count)")
        var text = ""
        for number in 0..<count {
            text +=
                number.isMultiple(of: 2)
                ? "{\"name\": \"\(number)\"}\n"
                : "{\"status\": null, \"id\": \(1000 + number), \"name\": \"\(number)\"}\n"
        }
        text = text.replacing("\"status\": null", with: "\"status\": \"given\"")
        let summary = try await world.lines(text, takesKeys: true)
        #expect((summary.records, summary.made) == (count, count))
        #expect(
            try await world.rows(
                "SELECT count(*), status, min(id) >= 1000 FROM person GROUP BY 2, id >= 1000 ORDER BY 2")
                == "\(count / 2),given,t;\(count / 2),new,f")
    }

    @Test func `Two hundred thousand records go in, and their progress is told`() async throws {
        let world = try await BulkWorld("many")
        let count = 200_000
        let source = AsyncStream<[UInt8]>(unfolding: PieceMaker(count).next)
        var told: [ImportProgress] = []
        let summary = try await world.database.importRecords(
            into: "Person", from: source, format: .jsonLines, progress: { told.append($0) })
        #expect((summary.records, summary.made) == (count, count))
        #expect(
            try await world.rows("SELECT count(*), sum(age), count(DISTINCT email) FROM person")
                == "\(count),\(count / 100 * 4950),\(count)")
        #expect(told.count > 20)
        #expect(zip(told, told.dropFirst()).allSatisfy { $0.bytes <= $1.bytes && $0.records <= $1.records })
        #expect(told.last?.records == count && told.last?.bytes == summary.bytes)
    }

    @Test func `A dry run stores nothing`() async throws {
        let world = try await BulkWorld("dry")
        let summary = try await world.lines("{\"name\": \"a\"}\n{\"name\": \"b\"}", isDryRun: true)
        #expect(summary.made == 2)
        #expect(
            await refusal { try await world.lines("{\"name\": \"a\"}\n{}", isDryRun: true) }
                == "2 VALIDATION_ERROR name")
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
    }

    @Test func `An import is part of the caller's transaction`() async throws {
        let world = try await BulkWorld("transaction")
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await world.database.withTransaction { transaction in
                try await transaction.importRecords(
                    into: "Person", from: BulkWorld.pieces(#"{"name": "a", "id": 5}"#), format: .jsonLines,
                    onConflict: .update)
                throw Stop()
            }
        }
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
        try await world.database.withTransaction { transaction in
            for number in 1...2 {
                try await transaction.importRecords(
                    into: "Person", from: BulkWorld.pieces("{\"name\": \"a\", \"id\": \(number)}"), format: .jsonLines,
                    onConflict: .update)
            }
            await #expect(throws: ImportError.self) {
                try await transaction.importRecords(
                    into: "Person", from: BulkWorld.pieces(#"{"name": "a", "cityId": 7}"#), format: .jsonLines)
            }
            #expect(try await transaction.count("Person").count == 2)
        }
        #expect(try await world.rows("SELECT count(*) FROM person") == "2")
    }

    @Test func `What a trigger passes over is counted`() async throws {
        let world = try await BulkWorld("passed")
        let text = "{\"name\": \"a\"}\n{\"name\": \"passed\"}\n{\"name\": \"b\"}"
        for policy in [ConflictPolicy.fail, .skip] {
            let summary = try await world.lines(text, onConflict: policy)
            #expect((summary.records, summary.made, summary.skipped) == (3, 2, 1))
        }
    }
}

/// Makes lines of JSON, a thousand at a time.
final class PieceMaker: Sendable {
    private let count: Int
    private let number = Counted()

    init(_ count: Int) { self.count = count }

    @Sendable func next() async -> [UInt8]? {
        let start = number.take(1000)
        guard start < count else { return nil }
        var text = ""
        for number in start..<min(start + 1000, count) {
            text +=
                "{\"name\":\"Person \(number)\",\"email\":\"p\(number)@example.org\",\"age\":\(number % 100),\"points\":\(number % 1000).25}\n"
        }
        return Array(text.utf8)
    }
}
