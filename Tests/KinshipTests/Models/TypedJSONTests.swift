// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Synchronization
import TestSupport
import Testing

private enum Mood: String, PropertyValue { case calm, wild }

/// One property of each kind.
private struct Sample: TypedModel, Codable {
    var id: Int
    var text: String
    var number: Decimal
    var real: Double
    var flag: Bool
    var at: Date
    var key: UUID
    var mood: Mood
    var numbers: [Int]
    var parts = Many<Part>("parts")
    static let definition = TypedDefinition<Sample>("Sample") {
        $0.id("id", \.id)
        $0.property("text", \.text)
        $0.property("number", \.number)
        $0.property("real", \.real)
        $0.property("flag", \.flag)
        $0.property("at", \.at)
        $0.property("key", \.key)
        $0.property("mood", \.mood)
        $0.property("numbers", \.numbers)
        $0.hasMany("parts", \.parts, foreignKey: \.sampleId)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        text = try row("text")
        number = try row("number")
        real = try row("real")
        flag = try row("flag")
        at = try row("at")
        key = try row("key")
        mood = try row("mood")
        numbers = try row("numbers")
    }
}

private struct Part: TypedModel, Codable, Hashable {
    /// How often one was made.
    static let made = Mutex(0)
    var id: Int
    var sampleId: Int
    var small: Int16
    var width: Int32?
    var peers = Many<Part>("peers")
    static let definition = TypedDefinition<Part>("Part") {
        $0.id("id", \.id)
        $0.property("sampleId", \.sampleId)
        $0.property("small", \.small)
        $0.property("width", \.width)
        $0.toMany("peers", \.peers) {
            var peers = RelationDefinition.hasMany("peers", "Part", foreignKey: "sampleId")
            peers.primaryKey = ["sampleId"]
            return peers
        }
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        sampleId = try row("sampleId")
        small = try row("small")
        width = try row("width")
        Self.made.withLock { $0 += 1 }
    }
}

/// JSON of typed models: what is shown is read back, and what isn't of a property's type is refused with its place.
@Suite(.serialized) struct TypedJSONTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("typed_json")
        _ = try await test.run(
            """
            CREATE TABLE sample (id bigint PRIMARY KEY, text text, number numeric, real double precision, flag boolean,
                at timestamptz, key uuid, mood text, numbers bigint[]);
            CREATE TABLE part (id bigint PRIMARY KEY, sampleid bigint, small smallint, width integer);
            INSERT INTO sample SELECT n, 't' || n, n + 0.10, n / 4.0, n % 2 = 0, '2026-01-02T03:04:05.678Z',
                ('6e7f0000-0000-4000-8000-00000000000' || n)::uuid, 'calm', ARRAY[n, 2] FROM generate_series(1, 3) n;
            INSERT INTO part SELECT n, 1 + n % 2, 30000, CASE WHEN n % 2 = 0 THEN 2000000000 END FROM generate_series(1, 200) n;
            """)
        return try await Database.open(
            schema: try Schema(models: [Sample.self, Part.self]), connection: ConnectionConfiguration(url: test.url))
    }

    private static let whole: [String: JSONValue] = [
        "id": 1, "text": "x", "number": 1.5, "real": 0.5, "flag": true, "at": "2026-01-02T03:04:05.678Z",
        "key": "6e7f0000-0000-4000-8000-000000000001", "mood": "calm", "numbers": [1, 2],
    ]

    private func decode(_ object: [String: JSONValue]) throws -> Sample {
        try JSONDecoder().decode(
            Sample.self, from: Data(JSONValue.object(object.map { .init($0.key, $0.value) }).description.utf8))
    }

    @Test func `JSON of another type is refused with its place, for every property`() throws {
        #expect(try decode(Self.whole).text == "x")
        let forms: [JSONValue] = ["some", "5", 5, 0.5, true, nil, [1], ["x"], [:], ["$gt": ""]]
        // What each may be besides what graphs show: a number may come as a text, which large ones do.
        let fitting: [String: Set<String>] = [
            "id": ["5", "\"5\""], "text": ["\"some\"", "\"5\""], "number": ["5", "0.5", "\"5\""],
            "real": ["5", "0.5", "\"5\""], "flag": ["true"], "numbers": ["[1]"], "at": [], "key": [], "mood": [],
        ]
        for (property, allowed) in fitting {
            for form in forms {
                var object = Self.whole
                object[property] = form
                let result = Result { try decode(object) }
                if allowed.contains(form.description) {
                    #expect(throws: Never.self, "\(property) \(form)") { try result.get() }
                } else {
                    let error = #expect(throws: DecodingError.self, "\(property) \(form)") { try result.get() }
                    if case .dataCorrupted(let context)? = error {
                        #expect(context.codingPath.map(\.stringValue) == [property])
                        #expect(!context.debugDescription.contains("some"))
                    }
                }
            }
            var object = Self.whole
            object[property] = .none
            let error = #expect(throws: DecodingError.self) { try decode(object) }
            if case .keyNotFound(let key, _)? = error { #expect(key.stringValue == property) }
        }
    }

    @Test func `A mistake deep inside has the whole place`() throws {
        var object = Self.whole
        object["parts"] = [["id": 1, "sampleId": 1, "small": 1], ["id": 2, "sampleId": 1, "small": "much"]]
        let error = #expect(throws: DecodingError.self) { try decode(object) }
        guard case .dataCorrupted(let context)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let place = context.codingPath.map { key in key.intValue.map { "\($0)" } ?? key.stringValue }
        #expect(place == ["parts", "1", "small"])
        object["parts"] = 5
        #expect(throws: DecodingError.self) { try decode(object) }
        object["parts"] = ["secret": "value"]
        let other = #expect(throws: DecodingError.self) { try decode(object) }
        #expect(other.map { !"\($0)".contains("value\"") } == true)
    }

    @Test func `Numbers about a relation are part of it, in JSON too`() async throws {
        let database = try await Self.opened.value
        let query = database.query(Sample.self).order { $0.id.ascending }
            .include(\.parts, count: true, sum: [\.small, \.width], max: [\.small])
        let samples = try await query.all()
        let others = try await query.include(\.parts, count: true, sum: [\.small, \.width], max: [\.small]) {
            $0.where { $0.id < 50 }
        }.all()
        #expect(samples[0].parts != others[0].parts && Set([samples[0].parts, others[0].parts]).count == 2)
        #expect(samples[0].parts == samples[0].parts)
        let again = try JSONDecoder().decode([Sample].self, from: JSONEncoder().encode(samples))
        #expect(again.map(\.parts) == samples.map(\.parts))
        for sample in [samples[0], again[0]] {
            let parts = sample.parts
            #expect(!parts.isLoaded)
            #expect(try parts.count == 100 && parts.max(\.small) == 30000)
            // The sum of narrow numbers is wide, and of optional ones it is one optional.
            #expect(throws: ModelError.self) { try parts.sum(\.small) }
            #expect(try parts.sum(\.small, as: Int.self) == 3_000_000)
            #expect(try parts.sum(\.width, as: Int.self) == 200_000_000_000)
        }
        let widths: Int32? = try samples[1].parts.sum(\.width)
        #expect(widths == nil)
        let rows = try await query.include(\.parts, count: true, rows: true) { $0.limit(2) }.first()
        let decoded = try JSONDecoder().decode(Sample.self, from: JSONEncoder().encode(rows))
        #expect(try decoded.parts.count == 100 && decoded.parts.records.count == 2 && decoded.parts == rows?.parts)
    }

    @Test func `Parents with one key share one list of records, each made once`() async throws {
        let database = try await Self.opened.value
        let graph = try await database.query(Part.self).include(\.peers).graph()
        let before: Int = Part.made.withLock { $0 }
        let parts = try graph.records(as: Part.self)
        var count = 0
        for part in parts { count += try part.peers.count }
        #expect(count == 20_000)
        let after: Int = Part.made.withLock { $0 }
        #expect(after == before + 400)
    }

    @Test func `Any JSON is read as it was written`() throws {
        let texts = [
            "1e200", "-1.5e-200", "12345678901234567890", "0.1", "true", "null", "\"t\"", "\"1\"", "[]", "{}",
            #"{"a":[1,{"b":null},{"c":false}]}"#,
        ]
        for text in texts {
            let value = try JSONDecoder().decode([JSONValue].self, from: Data("[\(text)]".utf8))[0]
            let back = try JSONDecoder().decode([JSONValue].self, from: JSONEncoder().encode([value]))[0]
            #expect(back == value)
            if let number = Double(text) {
                guard case .number(let digits) = value else {
                    Issue.record("\(text) is \(value)")
                    continue
                }
                #expect(Double(digits) == number)
            } else {
                #expect(value.description == text)
            }
        }
    }
}
