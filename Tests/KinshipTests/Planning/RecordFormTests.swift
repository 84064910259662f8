// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// Data as most are become values without a detour: the same that the check of the whole record makes of them, or none.
@Suite(.serialized) struct RecordFormTests {
    private static let types = [
        ("boolean", "boolean"), ("number", "smallint"), ("number", "integer"), ("number", "bigint"), ("number", "real"),
        ("number", "double precision"), ("number", "numeric"), ("number", "numeric(5,2)"), ("string", "text"),
        ("string", "varchar(5)"), ("string", "char(4)"), ("date", "timestamptz"), ("date", "timestamp"),
        ("date", "date"),
        ("string", "uuid"), ("string", "time"), ("object", "jsonb"), ("string", "bytea"), ("string", "name"),
        ("[\"number\"]", "integer[]"), ("string", "interval"),
    ]

    /// A model with a property of each type, and with what else decides about new records.
    private static func schema() throws -> Schema {
        var properties = types.enumerated().map { place, type in
            let kind = type.0.hasPrefix("[") ? type.0 : "\"\(type.0)\""
            return #""p\#(place)": {"type": \#(kind), "postgresql": {"dataType": "\#(type.1)"}}"#
        }
        properties += [
            #""id": {"type": "number", "id": true, "generated": true}"#,
            #""must": {"type": "string", "required": true}"#,
            #""short": {"type": "string", "maxLength": 2}"#, #""kind": {"type": "string", "default": "plain"}"#,
            #""made": {"type": "string", "defaultFn": "guid"}"#, #""counted": {"type": "number", "default": 7}"#,
        ]
        let models = [
            #"{"name": "Ware", "strict": true, "properties": {\#(properties.joined(separator: ", "))}}"#,
            #"{"name": "Plain", "strict": true, "properties": {\#(properties.prefix(types.count).joined(separator: ", ")), "number": {"type": "number", "id": true}, "kind": {"type": "string", "default": "plain"}}}"#,
        ]
        return try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    private static func number(_ random: inout SeededRandom) -> String {
        func digits(_ most: Int) -> String {
            String((0..<random.number(1...most)).map { _ in random.pick(Array("0011234567899"), "0") })
        }
        var text = random.once(in: 4) ? "-" : ""
        text += random.once(in: 3) ? "0" : digits(random.once(in: 8) ? 25 : 6)
        if random.once(in: 2) { text += "." + digits(random.once(in: 8) ? 20 : 3) }
        if random.once(in: 10) { text += random.pick(["e2", "E-3", "e+1", "e", "."], "") }
        return text
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let known = [
            "", "a", "abcde", "abcdef", "äöüäö", "ab   ", "a\u{0}b", "2024-02-29T12:30:15.123Z", "2023-02-29T12:30:15Z",
            "2024-01-31", "2024-01-31T00:00:00Z", "0024-01-31T23:59:59.999999Z", "2024-01-31 10:00:00+02", "infinity",
            "2024-01-31T24:00:00Z", "2024-13-01T00:00:00.000Z", "00000000-0000-4000-8000-0000000000Af",
            "{000000000000400080000000000000af}", "00000000-0000-4000-8000-0000000000g0", "12:30", "1 day", "aGk=",
            "true", "1",
            String(repeating: "x", count: 64), "2024-01-31T10:00:00.1Z", "2024-01-31T10:00:00.1234567Z",
            "2024-01-31T10:00:00.Z", "4713-01-01T00:00:00Z", "NaN", "2024-1-31",
        ]
        return random.once(in: 3) ? number(&random) : random.pick(known, "")
    }

    private static func json(_ random: inout SeededRandom) -> JSONValue {
        switch random.number(0...9) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2: random.pick([["a": 1], [1, 2], [1, .null], [], ["type": "Buffer", "data": [1]], ["x"]], .null)
        case 3...6: .number(number(&random))
        default: .string(text(&random))
        }
    }

    @Test func `Values are those that are read with a detour`() throws {
        let model = try #require(try Self.schema().model("Plain"))
        let values = model.properties.map { PlainValue($0) }
        var random = SeededRandom(Effort.seed)
        var read = 0
        for _ in 0..<Effort.count(4_000) {
            let json = Self.json(&random)
            guard json != .null else { continue }
            for (property, value) in zip(model.properties, values) {
                let type = property.columnType
                var expected = ValueReader.contents(json, type, property.kind)
                if let contents = expected, ColumnRoom(type).excess(contents) != nil { expected = nil }
                #expect(value.contents(json) == expected, "\(json) as \(type.name)")
                if expected != nil { read += 1 }
            }
        }
        #expect(read > 1_000)
    }

    @Test(arguments: ["Ware", "Plain"]) func `New records are those that are checked one by one`(name: String) throws {
        let schema = try Self.schema()
        let model = try #require(schema.model(name))
        let form = try #require(RecordForm(model, in: schema))
        let changes = ModelChanges(schema, model)
        var random = SeededRandom(Effort.seed)
        var (made, refused) = (0, 0)
        func record(_ number: Int) -> JSONValue {
            var members: [JSONValue.Member] = []
            for property in model.properties where !random.once(in: 3) && (property.name != "id" || random.once(in: 9))
            {
                guard property.name != "made" || !random.once(in: 9) else { continue }
                // Mostly what fits.
                let fitting = (0..<20).lazy.map { _ in Self.json(&random) }.first {
                    $0 != .null && ValueReader.contents($0, property.columnType, property.kind) != nil
                }
                members.append(.init(property.name, random.once(in: 20) ? .null : fitting ?? .null))
            }
            if !random.once(in: 20) { members.append(.init("number", .number("\(number)"))) }
            if random.once(in: 40) { members.append(.init("nobody", 1)) }
            if random.once(in: 40) { members.append(.init("$inc", ["p2": 1])) }
            if random.once(in: 40), let first = members.first { members.append(first) }
            if random.once(in: 4) { members.shuffle(using: &random) }
            return random.once(in: 60) ? .array(members.map(\.value)) : .object(members)
        }
        for _ in 0..<Effort.count(1_500) {
            let data = (0..<random.number(1...4)).map { record($0) }
            var reader = DataReader(schema, model, .create, DefaultValues { _ in "made" })
            let records = reader.records(data)
            guard let columns = form.columns(of: data) else {
                refused += 1
                continue
            }
            made += 1
            #expect(reader.problems.isEmpty, "\(data)")
            #expect(changes.create(columns) == changes.create(records), "\(data)")
            guard data.count == 1 else { continue }
            let (_, values) = try #require(form.values(of: data[0]))
            #expect(values == changes.create(records).parameterized(after: 0).values, "\(data)")
        }
        #expect(refused > 20)
        #expect(name == "Ware" || made > 20)
    }

    @Test func `Each element of a list is bound as it is alone`() throws {
        let lists: [(ColumnType, [BoundValue.Contents])] = [
            (.bool, [.bool(true), .bool(false), .null]), (.int2, [.integer(-3), .null]),
            (.int4, [.integer(7), .integer(-1)]),
            (.int8, [.integer(.max), .integer(.min)]), (.float4, [.double(1.5)]),
            (.float8, [.double(-0.0), .double(.nan)]),
            (
                .numeric,
                [
                    "0", "12.5", "-0.001", "10000", "123456789012345678901234567890", "1.50", "NaN", "100000000.0001",
                    "0.00001",
                ]
                .map { .numeric($0) }
            ),
            (.text, [.text(""), .text("ä"), .text(String(repeating: "x", count: 100))]), (.uuid, [.uuid(1, 2)]),
            (.date, [.date(3)]), (.timestamptz, [.timestamp(-1), .null]), (.time, [.time(5)]),
            (.bytea, [.bytes([1, 0])]),
            (.jsonb, [.json("{}")]), (.point, [.point(1, 2)]),
        ]
        for (type, contents) in lists {
            var expected: [UInt8] = []
            expected.appendArrayHeader(
                count: contents.count, of: TypeID(rawValue: type.oid), hasNull: contents.contains(.null))
            for one in contents {
                var bytes: [UInt8] = []
                if one != .null { try Parameters.write(one, as: type, to: &bytes) }
                expected.append(bigEndian: one == .null ? Int32(-1) : Int32(bytes.count))
                expected += bytes
            }
            var bytes: [UInt8] = []
            try Parameters.write(.array(contents), as: type.array, to: &bytes)
            #expect(bytes == expected, "\(type.name)")
        }
        var bytes: [UInt8] = []
        #expect(throws: PostgresError.self) {
            try Parameters.write(.array([.integer(1 << 40)]), as: ColumnType.int4.array, to: &bytes)
        }
    }

    @Test func `A new record with values of the same properties is planned once`() async throws {
        let world = try await WritingWorld(
            "form",
            models: [
                #"{"name": "Open", "scope": {"where": {"status": "open"}}, "options": {"postgresql": {"table": "orders"}}, "properties": {"id": {"type": "number", "id": true, "generated": true}, "status": "string", "sku": "string"}}"#
            ])
        let database = world.database
        func known() -> Int { database.context.planning.creations.count }
        let one = try await database.create("Order", ["total": 1, "sku": "a"])
        #expect(known() == 1)
        let other = try await database.create("Order", ["sku": "b", "total": "2.50"])
        #expect(known() == 1)
        #expect(one.plan.fetches[0].text == other.plan.fetches[0].text)
        #expect(other.statistics.statements == 1 && other.statistics.roundTrips == 1)
        #expect(try other.text.contains(#""sku":"b""#))
        try await database.create("Order", ["total": 3, "sku": "c"])
        try await database.create("Order", ["total": 4])
        try await database.unscoped.create("Order", ["total": 5])
        #expect(known() == 3)
        // What a scope says is written, whatever the data say.
        for (sku, status) in [("d", "open"), ("e", "paid"), ("f", "paid")] {
            try await database.create("Open", ["sku": .string(sku), "status": .string(status)])
        }
        #expect(known() == 3)
        try await database.createAll("Open", [["sku": "g", "status": "paid"], ["sku": "h"]])
        #expect(
            try await world.rows(
                "SELECT sku, total, status FROM orders WHERE sku IN ('a', 'b', 'd', 'e', 'f', 'g', 'h') ORDER BY sku")
                == "a,1.00,open;b,2.50,open;d,-,open;e,-,open;f,-,open;g,-,open;h,-,open")
        await #expect(throws: ValidationError.self) { try await database.create("Order", ["total": "much"]) }
        await #expect(throws: ConstraintViolation.self) { try await database.create("Order", ["sku": "a"]) }
        await #expect(throws: PlannerError.self) { try await database.create("Nobody", [:]) }
        await database.close()
    }
}
