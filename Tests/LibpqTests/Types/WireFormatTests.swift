// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Testing

/// The bytes of each type, as PostgreSQL's own `*_send` functions write them.
struct WireFormatTests {
    private func check<Value: PostgresCodable & Equatable>(_ value: Value, _ hex: String) throws {
        let golden = Wire.hex(Wire.bytes(hex))
        #expect(try Wire.hex(value) == golden)
        #expect(try Wire.decode(Value.self, Wire.bytes(hex), Value.postgresType) == value)
    }

    @Test func integers() throws {
        try check(true, "01")
        try check(false, "00")
        try check(Int16(-2), "fffe")
        try check(Int32.min, "80000000")
        try check(Int64.max, "7fffffffffffffff")
        try check(Int.min, "8000000000000000")
        try check(UInt32.max, "ffffffff")
    }

    @Test func narrowing() throws {
        #expect(try Wire.decode(Int.self, Wire.bytes("fffe"), .int2) == -2)
        #expect(try Wire.decode(Int64.self, Wire.bytes("80000000"), .int4) == Int64(Int32.min))
        #expect(try Wire.decode(Int16.self, Wire.bytes("00007fff"), .int4) == .max)
        #expect(throws: CellError.self) { try Wire.decode(Int16.self, Wire.bytes("00008000"), .int4) }
        #expect(throws: CellError.self) { try Wire.decode(Int32.self, Wire.bytes("0000000080000000"), .int8) }
        #expect(throws: CellError.self) { try Wire.decode(UInt8.self, Wire.bytes("ffff"), .int2) }
        #expect(throws: CellError.typeMismatch) { try Wire.decode(Int.self, Wire.bytes("00000001"), .float4) }
        #expect(throws: CellError.null) { try Wire.decode(Int.self, nil, .int4) }
        #expect(try Wire.decode(Int?.self, nil, .int4) == nil)
    }

    @Test func floats() throws {
        try check(1.5, "3ff8000000000000")
        try check(-0.0, "8000000000000000")
        try check(Double.infinity, "7ff0000000000000")
        try check(Float(-1.25), "bfa00000")
        #expect(try Wire.decode(Double.self, Wire.bytes("8000000000000000"), .float8).sign == .minus)
        #expect(try Wire.decode(Double.self, Wire.bytes("7ff8000000000000"), .float8).isNaN)
        #expect(try Wire.decode(Double.self, Wire.bytes("3fc00000"), .float4) == 1.5)
        #expect(try Wire.decode(Float.self, Wire.bytes("3ff8000000000000"), .float8) == 1.5)
        #expect(throws: CellError.self) { try Wire.decode(Float.self, Wire.bytes("3fb999999999999a"), .float8) }
        #expect(throws: CellError.self) { try Wire.decode(Double.self, Wire.bytes("7fffffffffffffff"), .int8) }
    }

    @Test func numerics() throws {
        func number(_ text: String) throws -> PostgresNumeric { try #require(PostgresNumeric(text)) }
        try check(try number("0"), "0000 0000 0000 0000")
        try check(try number("0.00"), "0000 0000 0000 0002")
        try check(try number("1"), "0001 0000 0000 0000 0001")
        try check(try number("-12.50"), "0002 0000 4000 0002 000c 1388")
        try check(try number("10000"), "0001 0001 0000 0000 0001")
        try check(try number("0.0001"), "0001 ffff 0000 0004 0001")
        try check(try number("12345678.9"), "0003 0001 0000 0001 04d2 162e 2328")
        try check(PostgresNumeric.nan, "0000 0000 c000 0000")
        try check(PostgresNumeric.infinity, "0000 0000 d000 0020")
        try check(-PostgresNumeric.infinity, "0000 0000 f000 0020")
    }

    @Test func datesAndTimes() throws {
        try check(try #require(PostgresDate("2000-01-01")), "00000000")
        try check(try #require(PostgresDate("4713-01-01 BC")), "ffda97cd")
        try check(PostgresDate.infinity, "7fffffff")
        try check(PostgresDate.negativeInfinity, "80000000")
        try check(try #require(PostgresTime("24:00:00")), "000000141dd76000")
        try check(try #require(PostgresTimeTZ("00:00:01+01:00")), "00000000000f4240 fffff1f0")
        try check(try #require(PostgresTimestamp("2000-01-01 00:00:01")), "00000000000f4240")
        try check(try #require(PostgresTimestampTZ("2000-01-01T01:00:01+01")), "00000000000f4240")
        try check(PostgresTimestampTZ.infinity, "7fffffffffffffff")
        try check(PostgresTimestampTZ.negativeInfinity, "8000000000000000")
        try check(PostgresInterval(months: -1, days: 2, microseconds: 3), "0000000000000003 00000002 ffffffff")
    }

    @Test func others() throws {
        try check("é", "c3a9")
        try check("", "")
        try check([UInt8]([0, 255]), "00ff")
        try check(Data([1, 2]), "0102")
        try check(PostgresJSONB("{}"), "017b7d")
        try check(PostgresJSON("{}"), "7b7d")
        try check(PostgresPoint(x: 1.5, y: -0.0), "3ff8000000000000 8000000000000000")
        let text = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
        try check(try #require(PostgresUUID(text)), text.replacingOccurrences(of: "-", with: ""))
        try check(try #require(UUID(uuidString: text)), text.replacingOccurrences(of: "-", with: ""))
        #expect(PostgresUUID(text)?.description == text)
        #expect(PostgresUUID(text.uppercased())?.uuid.uuidString == text.uppercased())
        #expect(PostgresUUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1") == nil)
        #expect(PostgresUUID("a0eebc999-c0b-4ef8-bb6d-6bb9bd380a11") == nil)
    }

    @Test func arrays() throws {
        try check([Int32](), "00000000 00000000 00000017")
        try check([Int32(1), 2], "00000001 00000000 00000017 00000002 00000001 00000004 00000001 00000004 00000002")
        try check(
            [Int16(1), nil], "00000001 00000001 00000015 00000002 00000001 00000002 0001 ffffffff")
        try check(
            [["a"], ["b"]],
            "00000002 00000000 00000019 00000002 00000001 00000001 00000001 00000001 61 00000001 62")
        try check([[UInt8]([1]), []], "00000001 00000000 00000011 00000002 00000001 00000001 01 00000000")
        try check(
            PostgresArray([Int64(7)], lowerBound: -3),
            "00000001 00000000 00000014 00000001 fffffffd 00000008 0000000000000007")
        #expect([UInt8].postgresType == .bytea && [[UInt8]].postgresType == .byteaArray)
        #expect([[Int]].postgresType == .int8Array && [String?].postgresType == .textArray)
    }

    @Test func raggedArrays() {
        #expect(throws: PostgresError.self) { try Wire.hex([[1], [2, 3]]) }
        #expect(throws: PostgresError.self) { try Wire.hex([[[1]], [[2], [3]]]) }
        #expect(throws: PostgresError.self) { try Wire.hex([[[[[[[1]]]]]]]) }
        #expect(throws: PostgresError.self) {
            try PostgresArray([1, 2], dimensions: [.init(count: 3)])
        }
        #expect(throws: PostgresError.self) {
            try PostgresArray([Int](), dimensions: [.init(count: .max), .init(count: .max)])
        }
    }

    @Test func arrayShapes() throws {
        let square = try Wire.bytes(Wire.hex([[1, 2], [3, 4]]))
        #expect(try Wire.decode([[Int]].self, square, .int8Array) == [[1, 2], [3, 4]])
        #expect(throws: CellError.self) { try Wire.decode([Int].self, square, .int8Array) }
        #expect(throws: CellError.self) { try Wire.decode([[[Int]]].self, square, .int8Array) }
        #expect(throws: CellError.self) { try Wire.decode([String].self, square, .int8Array) }
        let empty = try Wire.bytes(Wire.hex([Int]()))
        #expect(try Wire.decode([[Int]].self, empty, .int8Array).isEmpty)
        let null = try Wire.bytes(Wire.hex([1, nil]))
        #expect(throws: CellError.self) { try Wire.decode([Int].self, null, .int8Array) }
        // 2^31 - 1 elements in a header, and none behind it.
        let liar = Wire.bytes("00000001 00000000 00000014 7fffffff 00000001")
        #expect(throws: CellError.self) { try Wire.decode([Int].self, liar, .int8Array) }
        // Memory for the empty inner dimension isn't reserved either.
        let hollow = Wire.bytes("00000002 00000000 00000014 7fffffff 00000001 00000000 00000001")
        #expect(throws: CellError.self) { try Wire.decode([[Int]].self, hollow, .int8Array) }
    }

    /// What is text in binary and what isn't.
    @Test func strings() throws {
        #expect(try Wire.decode(String.self, Wire.bytes("017b7d"), .jsonb) == "{}")
        #expect(try Wire.decode(String.self, Wire.bytes("00"), .char) == "")
        #expect(try Wire.decode(String.self, Wire.bytes("61"), .char) == "a")
        let own = TypeID(rawValue: 16_999)
        #expect(try Wire.decode(String.self, Array("happy".utf8), own) == "happy")
        #expect(throws: CellError.self) { try Wire.decode(String.self, Wire.bytes("00000002"), own) }
        #expect(throws: CellError.self) { try Wire.decode(String.self, Wire.bytes("18"), own) }
        #expect(throws: CellError.self) { try Wire.decode(String.self, Wire.bytes("0000000000000001"), .int8) }
        #expect(throws: CellError.self) { try Wire.decode(String.self, Wire.bytes("ff"), .text) }
        #expect(try Wire.decode(String.self, text: "12", .int8) == "12")
        #expect(throws: PostgresError.self) { try Wire.hex("a\0b") }
        #expect(throws: PostgresError.self) { try Wire.hex(PostgresJSONB("a\0b")) }
        let raw = try Wire.decode(RawCell.self, Wire.bytes("18"), own)
        #expect(raw.bytes == [0x18] && raw.type == own && raw.format == .binary)
    }

    enum Mood: String, PostgresCodable { case happy, sad }
    enum Level: Int16, PostgresCodable { case low = 1, high = 2 }

    @Test func enumerations() throws {
        #expect(try Wire.decode(Mood.self, Array("sad".utf8), TypeID(rawValue: 16_999)) == .sad)
        #expect(throws: CellError.self) { try Wire.decode(Mood.self, Array("mad".utf8), TypeID(rawValue: 16_999)) }
        #expect(try Wire.decode(Level.self, Wire.bytes("0002"), .int2) == .high)
        #expect(throws: CellError.self) { try Wire.decode(Level.self, Wire.bytes("0003"), .int2) }
        #expect(try Wire.hex(Mood.happy) == "6861707079" && Mood.postgresType == .unspecified)
        #expect(try Wire.hex(Level.high) == "0002" && Level.postgresType == .int2)
    }

    @Test func textForms() throws {
        #expect(try Wire.decode(Int.self, text: "-9223372036854775808", .int8) == .min)
        #expect(throws: CellError.self) { try Wire.decode(Int.self, text: "9223372036854775808", .int8) }
        #expect(throws: CellError.self) { try Wire.decode(Int.self, text: "1x", .int8) }
        #expect(throws: CellError.typeMismatch) { try Wire.decode(Int.self, text: "1", .text) }
        #expect(try Wire.decode(Bool.self, text: "t", .bool))
        #expect(try Wire.decode(Double.self, text: "-Infinity", .float8) == -.infinity)
        #expect(try Wire.decode(Float.self, text: "0.1", .float4) == 0.1)
        #expect(try Wire.decode([UInt8].self, text: #"\x00fF"#, .bytea) == [0, 255])
        #expect(try Wire.decode([UInt8].self, text: #"a\\b\000"#, .bytea) == Array("a\\b\0".utf8))
        #expect(throws: CellError.self) { try Wire.decode([UInt8].self, text: #"\x0"#, .bytea) }
        #expect(throws: CellError.self) { try Wire.decode([UInt8].self, text: #"\9"#, .bytea) }
        #expect(try Wire.decode(PostgresPoint.self, text: "(1.5,-2)", .point) == PostgresPoint(x: 1.5, y: -2))
        #expect(
            try Wire.decode([String?].self, text: #"{a,"b \"c\\",NULL,"NULL",""}"#, .textArray)
                == ["a", "b \"c\\", nil, "NULL", ""])
        #expect(try Wire.decode([[Int]].self, text: "{{1,2},{3,4}}", .int4Array) == [[1, 2], [3, 4]])
        let bounded = try Wire.decode(PostgresArray<Int>.self, text: "[-1:0]={5,6}", .int4Array)
        #expect(bounded == PostgresArray([5, 6], lowerBound: -1))
        #expect(try Wire.decode([Int].self, text: "{}", .int4Array).isEmpty)
        for bad in [
            "", "{", "{1", "{1,}", "{,1}", "{{1},{2,3}}", "{{1},2}", "{1}{2}", "[1:2]={1}", "{\"a}", "{}}", "{{}}",
        ] {
            #expect(throws: CellError.self, "\(bad)") { try Wire.decode([[Int]].self, text: bad, .int4Array) }
            #expect(throws: CellError.self, "\(bad)") { try Wire.decode([Int].self, text: bad, .int4Array) }
        }
    }
}
