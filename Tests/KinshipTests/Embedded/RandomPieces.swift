// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Random records and filters about them, the same for a seed everywhere.
struct RandomPieces {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private var generator: Generator

    init(seed: UInt64) { generator = Generator(state: seed) }

    /// One column of each type, and values of it as JSON. Every value is one of its column's type.
    static let columns: [(name: String, type: String, kind: String, values: [JSONValue])] = [
        ("n", "integer", "number", [0, 1, -1, 7, 42, 2_147_483_647, -2_147_483_648]),
        (
            "big", "bigint", "number",
            [0, 9_007_199_254_740_993, 9_007_199_254_740_992, -5, .number("9223372036854775807")]
        ),
        (
            "amount", "numeric", "number",
            [
                0, 1, .number("1.50"), .number("1.5"), .number("-0.001"), .number("1e2"),
                .number("123456789012345678901234.5"),
            ]
        ),
        ("ratio", "double precision", "number", [0, .number("0.1"), .number("1e20"), .number("1.5e-7"), 3, -1]),
        ("small", "real", "number", [0, .number("0.1"), .number("1e7"), 3, .number("16777217")]),
        ("flag", "boolean", "boolean", [true, false]),
        ("name", "text", "string", texts),
        ("code", "character varying(40)", "string", texts),
        ("pad", "character(8)", "string", ["a", "b", "ab", "x y"]),
        (
            "uid", "uuid", "string",
            ["11111111-1111-4111-8111-111111111111", "ffffffff-0000-4000-8000-00000000000a"]
        ),
        ("born", "date", "date", ["2024-02-29", "1969-12-31", "2000-01-01", "0001-01-01"]),
        (
            "seen", "timestamp with time zone", "date",
            ["2024-02-29T12:00:00.5Z", "2024-02-29T14:00:00.5+02:00", "1999-12-31T23:59:59.999999Z", "2024-02-29"]
        ),
        ("local", "timestamp without time zone", "date", ["2024-02-29T12:00:00.5", "2000-01-01T00:00:00"]),
        ("clock", "time without time zone", "string", ["12:30:00", "00:00:00", "23:59:59.5"]),
        ("doc", "jsonb", "object", documents),
        ("tags", "text[]", "array", [[], ["a"], ["a", "b"], ["b", "a", "a"], ["a", nil], [nil], ["é"]]),
        ("nums", "integer[]", "array", [[], [1], [1, 2], [2, 1], [1, 2, 3], [nil, 1]]),
    ]

    static let texts: [JSONValue] = [
        "", "a", "A", "ab", "abc", "a b", "50%", "a_b", "back\\slash", "a\nb", "é", "e\u{301}", "É", "ß", "İ", "i", "😀",
        "'; DROP TABLE piece;--", "Town", "2nd Street", "x.y",
    ]

    static let documents: [JSONValue] = [
        [:], [], "text", 5, true, ["a": 1], ["a": 1.0, "b": "x"], ["b": "x", "a": 1], ["a": "1"], ["a": true],
        ["a": nil],
        ["a": ["b": ["c": 5]]], ["a": [1, 2, [3]]], [1, 2], [1, "a", ["a": 1]], ["a": [], "b": [:]], ["a": ["b": nil]],
        ["aa": 1, "b": 2], ["a": 2.50], ["a": "é"], ["list": [["a": 1, "b": 2], ["a": 3]]],
    ]

    private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    // MARK: Records

    mutating func record(id: Int) -> JSONValue {
        var members: [JSONValue.Member] = [.init("id", .number(String(id)))]
        for column in Self.columns {
            if chance(15) { continue }
            members.append(.init(column.name, chance(10) ? .null : pick(column.values)))
        }
        members.append(.init("extra", ["kept": true]))
        return .object(members)
    }

    // MARK: Filters

    mutating func filter() -> JSONValue {
        var members: [JSONValue.Member] = [.init("fields", ["id"]), .init("where", condition(depth: 0))]
        if chance(60) {
            members.append(.init("order", .array((0...pick([0, 0, 1])).map { _ in .string(orderTerm()) })))
        }
        if chance(30) { members.append(.init("limit", .number(String(pick([1, 3, 10]))))) }
        if chance(30) { members.append(.init("skip", .number(String(pick([1, 5]))))) }
        return .object(members)
    }

    private mutating func orderTerm() -> String {
        let name = chance(20) ? pick(["doc.a", "doc.b", "doc.a.b"]) : pick(Self.columns).name
        return name + pick(["", " ASC", " DESC"]) + pick(["", "", " NULLS FIRST", " NULLS LAST"])
    }

    private mutating func condition(depth: Int) -> JSONValue {
        guard depth < 3, chance(45) else { return leaf() }
        let branches = (0...pick([0, 1, 2])).map { _ in condition(depth: depth + 1) }
        switch pick([0, 1, 2, 3]) {
        case 0: return ["and": .array(branches)]
        case 1: return ["or": .array(branches)]
        case 2: return ["nor": .array(branches)]
        default: return ["not": branches[0]]
        }
    }

    private mutating func leaf() -> JSONValue {
        if chance(20) { return pathLeaf() }
        let column = pick(Self.columns)
        let condition = operators(column.name, column.values)
        // A column of type character pads its text with spaces, an embedded record does not.
        if column.name == "pad", Self.textual.contains(where: { condition[$0] != nil }) { return leaf() }
        return .object([.init(column.name, condition)])
    }

    private static let textual = [
        "like", "nlike", "ilike", "nilike", "startsWith", "endsWith", "contains", "regexp",
    ]

    private static let scalars: [JSONValue] = [1, 2, 5, .number("2.5"), "1", "x", "é", "text", true, false]

    private mutating func pathLeaf() -> JSONValue {
        let path = pick([
            "doc.a", "doc.b", "doc.a.b", "doc.a.b.c", "doc.a.0", "doc.a.-1", "doc.list.1.a", "doc.0", "doc.zz",
        ])
        let documents: [JSONValue] = [["b": nil], ["b": ["c": 5]], [1, 2, [3]], []]
        if chance(20) {
            let value = pick(documents)
            return .object([.init(path, pick([["eq": value], ["inq": [value, 1, "é"]], ["contains": value]]))])
        }
        return .object([.init(path, operators(path, Self.scalars))])
    }

    private mutating func operators(_ name: String, _ values: [JSONValue]) -> JSONValue {
        let value = pick(values)
        switch Int.random(in: 0..<18, using: &generator) {
        case 0, 1: return ["eq": value]
        case 2: return ["neq": value]
        case 3: return ["gt": value]
        case 4: return ["gte": value]
        case 5: return ["lt": value]
        case 6: return ["lte": value]
        case 7: return ["between": [value, pick(values)]]
        case 8: return ["inq": .array((0...pick([0, 1, 3])).map { _ in chance(15) ? .null : pick(values) })]
        case 9: return ["nin": .array((0...pick([0, 1])).map { _ in chance(15) ? .null : pick(values) })]
        case 10: return ["exists": .bool(chance(50))]
        case 11: return .object([.init(pick(["like", "nlike", "ilike", "nilike"]), .string(pick(Self.patterns)))])
        case 12: return .object([.init(pick(["startsWith", "endsWith", "contains"]), pick(Self.texts))])
        case 13: return ["regexp": .string(pick(Self.expressions))]
        case 14, 15: return .object([.init(pick(["contains", "containedBy", "containsAnyOf"]), value)])
        case 16:
            if name.contains(".") { return ["eq": value] }
            let other = pick([
                ["n", "amount"], ["big", "ratio"], ["name", "code"], ["born", "seen"], ["small", "n"], ["pad", "name"],
            ])
            return .object([.init(pick(["eq", "neq", "lt", "gte"]), ["column": .string(pick(other))])])
        default: return ["not": ["eq": value]]
        }
    }

    static let patterns = [
        "%", "", "_", "a%", "%b", "%a%", "a_", "a\\_b", "50\\%", "%é%", "É", "i%", "__", "%\\\\%", "t___", "20%",
        "%:30%",
        "1%", "%.5%", "-%", "%e+%", "true", "%-1111-%", "%\"a\": 1%", "%0",
    ]

    static let expressions = [
        "^a", "b$", "a|b", "/^A/i", "[0-9]+", "^.$", "^$", "\\d{4}-\\d\\d", "[^a-z]", "é", "/É/i", "\\mS", "e\\M",
        "^(a|b)+$",
        "\\.5", "x\\.y", "^\\w+$", "\\s",
    ]
}
