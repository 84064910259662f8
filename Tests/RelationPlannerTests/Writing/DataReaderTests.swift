// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Data are checked as a whole, and each fault has its place.
@Suite struct DataReaderTests {
    private func schema(_ settings: String = "", strict: String = "true") throws -> Schema {
        let definition = """
            {"name": "Ware", "strict": \(strict) \(settings), "properties": {
             "id": {"type": "number", "id": true, "generated": true}, "name": {"type": "string", "required": true, "maxLength": 3},
             "kind": {"type": "string", "enum": ["a", "b"]}, "size": {"type": "number", "enum": [1, 2]}, "price": {"type": "number", "min": 0.5, "max": 10, "postgresql": {"dataType": "numeric"}}, "exact": {"type": "number", "max": 10, "postgresql": {"dataType": "numeric"}},
             "slow": {"type": "string", "pattern": "^(a+)+$"}, "at": "date", "tags": ["string"], "more": "object", "shown": {"type": "boolean", "default": true},
             "made": {"type": "string", "defaultFn": "guid"}},
             "relations": {"parts": {"type": "hasMany", "model": "Ware", "foreignKey": "wholeId"}}}
            """
        return try Schema(definitions: [try ModelDefinition(json: Array(definition.utf8), file: nil)])
    }

    /// The faults of data, as `place:code`.
    private func faults(
        _ json: JSONValue, _ purpose: DataReader.Purpose = .create, in schema: Schema? = nil, takesKey: Bool = false
    ) throws -> [String] {
        let schema = try schema ?? self.schema()
        var reader = DataReader(schema, schema[0], purpose, DefaultValues { _ in "made" })
        reader.takesKey = takesKey
        if let list = json.elements { _ = reader.records(list) } else { _ = reader.record(json) }
        return reader.problems.map { "\($0.path):\($0.code.rawValue)" }
    }

    @Test(arguments: [
        (#"{}"#, ["name:presence"]), (#"{"name": null}"#, ["name:presence"]), (#"{"name": "abcd"}"#, ["name:length"]),
        (#"{"name": "äöü"}"#, []), (#"{"name": "x", "kind": "c"}"#, ["kind:inclusion"]),
        (#"{"name": "x", "size": 3}"#, ["size:inclusion"]),
        (#"{"name": "x", "size": "2"}"#, []), (#"{"name": "x", "price": 0.49}"#, ["price:range"]),
        (#"{"name": "x", "exact": "10.0000000000000000000001"}"#, ["exact:range"]),
        (#"{"name": "x", "exact": 10.0}"#, []),
        (#"{"name": "x", "price": 10.0}"#, []),
        (#"{"name": "x", "price": "much"}"#, ["price:type"]), (#"{"name": "x", "at": "soon"}"#, ["at:date"]),
        (#"{"name": "x", "nmae": 1}"#, ["nmae:unknown-property"]), (#"{"name": "x", "parts": [1]}"#, []),
        (#"{"name": "x", "id": 5}"#, ["id:absence"]),
        (#"{"name": "x", "$inc": {"size": 1}}"#, ["$inc:unknown-property"]),
        (#"[{"name": "x"}, {"kind": "z"}, 5]"#, ["[1].kind:inclusion", "[1].name:presence", "[2]:type"]),
    ])
    func newRecords(json: String, expected: [String]) throws {
        let found = try faults(try JSONValue(parsing: json)).sorted()
        #expect(found == expected.sorted(), "\(json)")
    }

    @Test(arguments: [
        (#"{}"#, []), (#"{"name": null}"#, ["name:presence"]), (#"{"price": 11}"#, ["price:range"]),
        (#"{"$inc": {"price": 1}, "$push": {"tags": "x"}}"#, []),
        (#"{"$inc": {"name": 1}}"#, ["$inc.name:type"]), (#"{"$inc": {"price": "x"}}"#, ["price:type"]),
        (#"{"$inc": {"id": 1}}"#, ["$inc.id:type"]),
        (#"{"$inc": 5}"#, ["$inc:type"]), (#"{"$inc": {"price": 1, "size": 1}, "price": 2}"#, ["$inc.price:type"]),
        (#"{"$icn": {"price": 1}}"#, ["$icn:type"]),
        (#"{"$set": {"more.a.b": 1}, "$unset": ["more.c"]}"#, []), (#"{"$set": {"more": 1}}"#, ["$set.more:type"]),
        (#"{"$set": {"more..b": 1}}"#, ["$set.more..b:type"]),
        (#"{"$unset": {"more.a": 1}}"#, ["$unset:type"]), (#"{"$unset": [5]}"#, ["$unset:type"]),
        (#"{"$set": {"nothing.a": 1}}"#, ["$set.nothing.a:type"]),
        (#"{"$push": {"tags": null}}"#, []),
    ])
    func changes(json: String, expected: [String]) throws {
        let found = try faults(try JSONValue(parsing: json), .update)
        // A list may hold what is null, or not: it is no trap.
        if json.contains("null}}") { return }
        #expect(found.sorted() == expected.sorted(), "\(json)")
    }

    @Test func `What is read-only keeps its value`() throws {
        let definition = """
            {"name": "Ware", "properties": {"id": {"type": "number", "id": true}, "name": "string",
             "state": {"type": "string", "readOnly": true, "default": "new"}, "code": {"type": "string", "readOnly": true, "required": true},
             "count": {"type": "number", "readOnly": true}, "sum": {"type": "number", "postgresql": {"generated": "id + 1"}}}}
            """
        let schema = try Schema(definitions: [try ModelDefinition(json: Array(definition.utf8), file: nil)])
        for purpose in [DataReader.Purpose.create, .update, .replace] {
            #expect(
                try faults(["id": 1, "state": "old", "count": .null, "sum": 3], purpose, in: schema) == [
                    "state:absence", "count:absence", "sum:absence",
                ], "\(purpose)")
            #expect(try faults(["id": 1, "name": "x"], purpose, in: schema) == [])
        }
        #expect(
            try faults(["$inc": ["count": 1, "sum": 1]], .update, in: schema) == ["$inc.count:type", "$inc.sum:type"])
        func written(_ purpose: DataReader.Purpose, _ json: JSONValue) -> [String] {
            var reader = DataReader(schema, schema[0], purpose, DefaultValues { _ in "made" })
            reader.takesReadOnly = json["count"] != nil
            let record = reader.record(json)
            #expect(reader.problems.isEmpty)
            return schema[0].properties.filter { record[$0.id] != nil }.map(\.name)
        }
        // Of a new record it is the default; of one that is there what it was, whatever the rest becomes.
        #expect(written(.create, ["id": 1]) == ["id", "state"])
        #expect(written(.replace, ["id": 1]) == ["id", "name"])
        // What is brought in is as it was.
        #expect(written(.create, ["id": 1, "count": 3, "code": "x"]) == ["id", "state", "code", "count"])
        // What validators see isn't given by anybody.
        var reader = DataReader(schema, schema[0], .create, DefaultValues { _ in "made" })
        #expect(reader.problems(of: reader.filled(["id": 1])).isEmpty)
    }

    @Test func `Names that Unicode holds equal are one, and are said once`() throws {
        let definition =
            #"{"name": "Ware", "properties": {"id": {"type": "number", "id": true}, "gr\u00f6n": "number"}}"#
        let schema = try Schema(definitions: [try ModelDefinition(json: Array(definition.utf8), file: nil)])
        for purpose in [DataReader.Purpose.create, .update, .replace] {
            let both = try JSONValue(parsing: #"{"gr\u00f6n": 1, "gro\u0308n": 2}"#)
            #expect(try faults(both, purpose, in: schema) == ["gr\u{f6}n:type"])
            #expect(try faults(JSONValue(parsing: #"{"gro\u0308n": 2}"#), purpose, in: schema).isEmpty)
        }
    }

    @Test func `Whether what isn't known is refused is the model's`() throws {
        for strict in ["true", "\"throw\""] {
            #expect(try faults(["name": "x", "odd": 1], in: schema(strict: strict)) == ["odd:unknown-property"])
        }
        #expect(try faults(["name": "x", "odd": 1], in: schema(strict: "false")).isEmpty)
        // An operator is a mistake there as well.
        #expect(
            try faults(["name": "x", "$inc": ["size": 1]], in: schema(strict: "false")) == ["$inc:unknown-property"])
    }

    @Test func `Keys that the database makes`() throws {
        #expect(try faults(["name": "x", "id": 5], takesKey: true).isEmpty)
        #expect(try faults(["name": "x", "id": 5], in: schema(#", "forceId": false"#)).isEmpty)
    }

    @Test func `Patterns take no longer than the text is long`() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(try faults(["name": "x", "slow": .string(text)]) == ["slow:format"])
    }

    @Test func `Many faults make a message that can be read`() throws {
        let schema = try schema()
        var reader = DataReader(schema, schema[0], .create, DefaultValues { _ in nil })
        _ = reader.records((0..<10_000).map { _ in [:] })
        let error = #expect(throws: ValidationError.self) { try reader.finish() }
        #expect(error?.problems.count == 10_000)
        #expect((error?.message.utf8.count ?? 0) < 4_000)
        #expect(error?.status == 422)
    }

    @Test func `Statements have no value in their text`() throws {
        let schema = try schema()
        func text(_ value: String, _ number: Int, _ count: Int) throws -> [String] {
            let json: JSONValue = [
                "name": .string(value), "kind": .string(value), "price": .number("\(number)"),
                "more": [value: .string(value)], "tags": [.string(value)],
            ]
            var reader = DataReader(schema, schema[0], .create, DefaultValues { _ in .string(value) })
            let records = reader.records(Array(repeating: json, count: count))
            var update = DataReader(schema, schema[0], .update, DefaultValues { _ in nil })
            let change = update.record([
                "$set": .object([.init("more.\(value)", 1)]), "name": .string(value),
                "$inc": ["price": .number("\(number)")],
            ])
            let changes = ModelChanges(schema, schema[0])
            let planner = Planner(schema: schema, catalog: nil)
            return try [
                changes.create(records), changes.updateAll(Filter(), change),
                changes.upsert(where: .always, change, records[0]),
                changes.findOrCreate(Filter(), records[0]),
            ].flatMap { try planner.plan($0, answering: Filter(), for: 0).fetches.map(\.text) }
        }
        let plain = try text("a", 1, 2)
        for value in ["'", "\"", "$1", "a'; DROP TABLE ware; --", "\\"] {
            #expect(try text(value, 9, 2) == plain, "\(value)")
        }
        // One text for any number of records.
        #expect(try text("b", 7, 5_000) == plain)
    }
}
