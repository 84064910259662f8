// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

@Suite struct JSONParserTests {
    private func error(_ text: String, depth: Int = 64) -> PlannerError? {
        do throws(PlannerError) {
            _ = try JSONValue(parsing: text, maximumDepth: depth)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1e5", "1.50", "12345678901234567890.0123456789e-7", "\"\"", "[]", "{}",
        "[[],{}]", "{\"a\":[1,{\"b\":null}],\"c\":\"x\"}", "{\"__proto__\":{\"x\":1},\"constructor\":2}",
        "\"\\\"\\\\\\n\\t\\u0001\"", "\"日本語 😀\"",
    ])
    func keepsWhatIsWritten(text: String) throws {
        #expect(try JSONValue(parsing: text).description == text)
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "+1", "01", "1.", ".5", "1e", "-", "1 2", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{a:1}", "{'a':1}", "\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\n\"", "]", "}", "[",
        "{", "NaN", "Infinity", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "[1}", "{\"a\":1]", "0x10", "//",
    ])
    func refusesWhatIsNoJSON(text: String) {
        #expect(error(text)?.code == .invalidJSON)
    }

    @Test func namesThePlace() {
        #expect(error("{\"a\":\n  \"ü\", x}")?.message.contains("byte 14 (line 2, column 8)") == true)
    }

    @Test func readsEscapesAndSurrogatePairs() throws {
        #expect(try JSONValue(parsing: #""\u00e9\ud83d\ude00\/\b\f\r""#) == .string("é😀/\u{8}\u{c}\r"))
    }

    @Test func refusesBytesThatAreNoText() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
        ] {
            #expect(throws: PlannerError.self) { try JSONValue(parsing: bytes) }
        }
    }

    @Test func aRepeatedKeyKeepsItsLastValueAtItsFirstPlace() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"b":{"a":3},"a":[2]}"#).description == #"{"a":[2],"b":{"a":3}}"#)
        // The same when there are many keys, which takes another way; NFC and NFD are two keys.
        let keys = (0..<40).map { "\"k\($0)\":0" } + ["\"k7\":1", "\"é\":2", "\"e\u{301}\":3"]
        let members = try JSONValue(parsing: "{" + keys.joined(separator: ",") + "}").members
        #expect(members?.count == 42)
        #expect(members?[7] == JSONValue.Member("k7", .number("1")))
    }

    @Test func depthIsLimitedWithoutRecursion() {
        #expect(error(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
        #expect(error(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))?.code == .filterTooDeep)
        #expect(error(String(repeating: "[", count: 2_000_000))?.code == .filterTooDeep)
        #expect(error(String(repeating: "{\"a\":", count: 1_000_000))?.code == .filterTooDeep)
    }

    @Test func literalsAreValues() throws {
        let value: JSONValue = ["a": [1, 2.5, "x", true, nil], "b": [:]]
        #expect(value.description == #"{"a":[1,2.5,"x",true,null],"b":{}}"#)
        #expect(JSONValue(1e300).description == "1e+300")
    }
}
