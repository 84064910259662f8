// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Records that can't be stored: told with their line, and nothing stays, or nothing of them.
@Suite struct ImportRefusalTests {
    /// A bad record among good ones, and what is told of it.
    static let bad: [(record: String, told: String)] = [
        // What the model's rules say.
        (#"{"age": 1}"#, "VALIDATION_ERROR name"), (#"{"name": null}"#, "VALIDATION_ERROR name"),
        (#"{"name": "x", "nope": 1}"#, "VALIDATION_ERROR nope"), (#"{"name": "x", "id": 5}"#, "VALIDATION_ERROR id"),
        (#"{"name": "x", "points": 1001}"#, "VALIDATION_ERROR points"),
        (#"{"name": "x", "$inc": {"age": 1}}"#, "VALIDATION_ERROR $inc"),
        // What the columns can't take.
        (#"{"name": "x", "age": "old"}"#, "INVALID_VALUE age"),
        (#"{"name": "x", "age": 3000000000}"#, "INVALID_VALUE age"),
        (#"{"name": "123456789012345678901"}"#, "INVALID_VALUE name"), (#"{"name": "a\u0000b"}"#, "INVALID_VALUE name"),
        (#"{"name": "x", "born": "1906-02-30"}"#, "VALIDATION_ERROR born"),
        (#"{"name": "x", "tags": "a"}"#, "INVALID_VALUE tags"),
        (#"{"name": "x", "seen": "soon"}"#, "VALIDATION_ERROR seen"),
        // What isn't a record.
        (#"{"name": "x""#, "INVALID_JSON"), (#"{"name": "x"} {}"#, "INVALID_JSON"), ("[1]", "INVALID_VALUE"),
        (#"{"name": "\ud800"}"#, "INVALID_JSON"),
        // What the database's constraints forbid.
        (#"{"name": "x", "email": "e2"}"#, "CONSTRAINT_VIOLATION email person_email_key"),
        (#"{"name": "x", "age": -1}"#, "CONSTRAINT_VIOLATION age person_age_check"),
        (#"{"name": "x", "cityId": 77}"#, "CONSTRAINT_VIOLATION cityId person_city_id_fkey"),
        (#"{"name": "x", "status": null}"#, "CONSTRAINT_VIOLATION status"),
        (#"{"name": "trigger"}"#, "SERVER_ERROR"),
    ]

    private static func text(_ record: String) -> String {
        var lines = (1...40).map { #"{"name": "n\#($0)", "email": "e\#($0)", "cityId": \#($0 % 2 + 1)}"# }
        lines.insert(record, at: 30)
        return lines.joined(separator: "\n")
    }

    @Test(arguments: [ConflictPolicy.fail, .skip]) func `One bad record keeps all from being stored`(
        policy: ConflictPolicy
    ) async throws {
        let world = try await BulkWorld("refused_\(policy)")
        for (record, told) in Self.bad where policy == .fail || !record.contains(#""id""#) {
            #expect(
                await refusal { try await world.lines(Self.text(record), onConflict: policy) } == "31 \(told)",
                "\(record)")
            #expect(try await world.rows("SELECT count(*) FROM person") == "0")
        }
        // The connection goes on.
        #expect(try await world.lines(Self.text(#"{"name": "x"}"#), onConflict: policy).made == 41)
    }

    @Test func `Bad records are put aside, and the others are stored`() async throws {
        let world = try await BulkWorld("collected")
        var lines: [String] = []
        var expected: [String] = []
        for number in 1...400 {
            if number % 20 == 0, number / 20 <= Self.bad.count {
                let (record, told) = Self.bad[number / 20 - 1]
                lines.append(record)
                expected.append("\(number) \(told)")
            } else {
                lines.append(#"{"name": "n\#(number)", "email": "e\#(number)"}"#)
            }
        }
        let text = lines.joined(separator: "\n")
        let summary = try await world.lines(text, onError: .collect(limit: expected.count))
        #expect(summary.rejected.map(\.told).sorted() == expected.sorted())
        #expect(summary.made == 400 - expected.count && summary.records == 400)
        #expect(
            summary.rejected.allSatisfy {
                $0.source.map { lines.contains(String(decoding: $0, as: UTF8.self)) } == true
            })
        #expect(try await world.rows("SELECT count(*) FROM person") == "\(400 - expected.count)")
        #expect(
            summary.rejected.first { $0.line == 20 }?.json.description.hasPrefix(
                #"{"line":20,"error":{"code":"VALIDATION_ERROR","status":422"#) == true)

        try await world.test.run("DELETE FROM person")
        let error = await #expect(throws: ImportError.self) {
            try await world.lines(text, onError: .collect(limit: expected.count - 1))
        }
        #expect(error?.rejected.count == expected.count)
        #expect(error?.report.message.contains("Nothing was stored") == true)
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
    }

    /// CSV, and what is told of it.
    static let badCSV: [(text: String, told: String)] = [
        ("", "INVALID_VALUE"), ("nme\nx", "UNKNOWN_PROPERTY"), ("name,name\nx,y", "INVALID_VALUE"),
        ("name,\"email\nx", "INVALID_VALUE"), ("name,age\nx,1\ny", "3 INVALID_CSV"),
        ("name,age\nx,1\ny,1,2", "3 INVALID_CSV"),
        ("name,age\nx,1\na\"b,2", "3 INVALID_CSV"), ("name,age\nx,1\n\"a\"b,2", "3 INVALID_CSV"),
        ("name,age\n\"x\n\",1\n\"y", "4 INVALID_CSV"), ("name,age\n\"x\n\",1\ny,z", "4 INVALID_VALUE age"),
        ("name,age\nx,1\n\u{0},2", "3 INVALID_VALUE name"), ("age,name\n1,x\n2,", "3 VALIDATION_ERROR name"),
        ("name,cityId\n\"x\n\n\",1\ny,7", "5 CONSTRAINT_VIOLATION cityId person_city_id_fkey"),
        ("id,name\n1,x", "2 VALIDATION_ERROR id"),
    ]

    @Test func `CSV that isn't right is told with its line`() async throws {
        let world = try await BulkWorld("bad_csv")
        for (text, told) in Self.badCSV {
            #expect(await refusal { try await world.csv(text) } == told, "\(text)")
        }
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
        let invalid = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array("name\nx\ny".utf8) + [0xFF, 0x0A])
            continuation.finish()
        }
        #expect(
            await refusal { try await world.database.importRecords(into: "Person", from: invalid, format: .csv) }
                == "3 INVALID_CSV")
        // An empty cell leaves a key to the database.
        #expect(try await world.csv("id,name\n,x").made == 1)
    }

    @Test func `Invalid UTF-8 in JSON is refused, and so is a record that is too long`() async throws {
        let world = try await BulkWorld("bytes")
        let invalid = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array(#"{"name": "x"}"#.utf8) + [0x0A] + Array(#"{"name": ""#.utf8) + [0xC3, 0x28])
            continuation.yield(Array(#""}"#.utf8))
            continuation.finish()
        }
        #expect(
            await refusal { try await world.database.importRecords(into: "Person", from: invalid, format: .jsonLines) }
                == "2 INVALID_JSON")
        let given = Counted()
        let endless = AsyncStream<[UInt8]>(unfolding: {
            given.take()
            return [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        })
        #expect(
            await told {
                try await world.database.importRecords(into: "Person", from: endless, format: .jsonLines)
                return "stored"
            } == "INVALID_JSON")
        #expect(given.value < 20)
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
    }
}
