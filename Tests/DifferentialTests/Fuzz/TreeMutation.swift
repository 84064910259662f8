// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Changes JSON as a tree: types swapped, keys renamed, things put in, taken away and nested.
struct TreeMutation {
    var random: SeededRandom
    /// Names of properties, relations, scopes and operators.
    let words: [String]
    /// Pieces of filters that mean something.
    let pieces: [JSONValue]

    static let operators = [
        "eq", "neq", "gt", "gte", "lt", "lte", "between", "inq", "nin", "like", "nlike", "ilike", "nilike", "regexp",
        "exists", "contains", "containedBy", "containsAnyOf", "startsWith", "endsWith", "match", "near", "maxDistance",
        "minDistance", "unit", "not", "and", "or", "nor", "some", "every", "none", "is", "isNot", "count", "sum", "max",
        "column", "where",
        "order", "limit", "skip", "offset", "fields", "include", "after", "before", "distinct", "page", "relation",
        "rel",
        "scope", "scopes", "count", "rows", "aggregate", "sum", "avg", "min", "max", "through", "as", "query", "syntax",
        "language", "lat", "lng", "0", "__proto__", "",
    ]

    static let oddities: [JSONValue] = [
        .null, true, false, 0, 1, -1, 1.5, [], .object([]), "", " ", "1", "0", "-0", .number("-0"), .number("1e400"),
        .number("-1e400"), .number("1e-400"), .number("1e308"), .number("9223372036854775808"),
        .number("-9223372036854775809"), .number("2147483648"), .number("32768"), .number("0.1e1"),
        .number(String(repeating: "9", count: 400)), .number("0." + String(repeating: "1", count: 400)),
        .number("1e99999999"),
        "\u{0}", "a\u{0}b", "\u{FFFF}", "\u{10FFFF}", "e\u{301}", "é", "\u{202E}abc", "😀", "İ", "ß", "\u{FEFF}",
        "NaN", "Infinity", "-Infinity", "infinity", "-infinity", "1e400", "0x10", "1_000", "24:00:00",
        "24:00:00.000001",
        "12:30:00+15:59", "P9999999Y", "P1DT2H", "1 day -02:30:00", "9999999 weeks", "P0.5Y", "294276-12-31T23:59:59Z",
        "+294276-12-31T23:59:59.999999Z", "+294277-01-01", "-4713-11-24", "-4712-01-01T00:00:00Z", "+5874897-12-31",
        "epoch",
        "now", "2024-02-30", "2024-01-01T00:00:00+15:59", "0000-01-01", "yes", "t", "good",
        "11111111111141118111111111111111",
        "{11111111-1111-4111-8111-111111111111}", "/a/i", "/(/", "(?i)a", "(?q)(", "***:a", "***=(", "***", "a{2,1}",
        "a{300}",
        "a{2}{3}", "\\1", "(a)\\2", "\\x", "\\u12", "\\Uffffffff", "[[:foo:]]", "[[.ab.]]", "[[=a=]]", "[b-a]", "[a",
        "a**", "^*",
        "(?<=a)b", "(?<!a)b", "(?:a", "a|*b", "x{,3}", "{1}", "\\m\\M\\y", "\\", "a\\", "\\\\", "%", "_", "%\\",
        "a & b", "a <-> b", "a <99999> b",
        "!", "a &", "'a b':*", "a:Z", "a:*", "(a|b)&!c", "''", "'", "\"", "$1", "?", "; DROP TABLE thing", "--", "/*",
        "{}", "{1,2}",
        "{\"a\": 1}", "[1,2]", "0,0", "90,180", "91,0", "1e-200,0", "-90,-180", "10.0.0.1", "(0,0)", "AQID", "====",
        "x'ff'", "<a>", "101",
        "english", "pg_catalog.english", "simple", "miles", "web", "name DESC", "id DESC NULLS LAST", "id,id", ",",
        "id DESC DESC",
        "orders.count", "customer.name", "a.b.c", ".", "doc.", ".a", "doc..a", "doc.a.0.-1", "parts.max(qty)",
        "parts.avg(id)",
        ["lat": 0, "lng": 0], ["lat": 90, "lng": 180], ["lat": .number("1e-200"), "lng": .number("1e-300")], [0, 0],
        ["lat": 91, "lng": 0], ["lat": .null, "lng": 0], [.null], [.null, .null], [[1], [2]], [1, "a", true, .null],
        ["column": "id"], ["column": "nothing"], ["type": "Buffer", "data": [1, 256]], ["0": 1, "1": 2], ["1": 1],
        ["query": "a b", "syntax": "web", "language": "english"], ["query": "a'b\\", "syntax": "phrase"],
    ]

    /// The tree with one to three changes.
    mutating func mutated(_ json: JSONValue) -> JSONValue {
        var json = json
        for _ in 0..<random.pick([1, 1, 1, 2, 3], 1) { json = changed(json, depth: 0) }
        return json
    }

    mutating func word() -> String { random.once(in: 3) ? random.pick(Self.operators) : random.pick(words) }

    mutating func oddity() -> JSONValue { random.pick(Self.oddities, .null) }

    /// Goes down to some place and changes it.
    private mutating func changed(_ json: JSONValue, depth: Int) -> JSONValue {
        switch json {
        case .array(let elements) where !elements.isEmpty && !random.once(in: 3):
            var elements = elements
            let place = random.number(0...(elements.count - 1))
            elements[place] = changed(elements[place], depth: depth + 1)
            return .array(elements)
        case .object(let members) where !members.isEmpty && (depth == 0 || !random.once(in: 3)):
            var members = members
            let place = random.number(0...(members.count - 1))
            switch random.number(0...9) {
            case 0: members[place].key = word()
            case 1: members.remove(at: place)
            case 2: members.append(.init(word(), oddity()))
            default: members[place].value = changed(members[place].value, depth: depth + 1)
            }
            return .object(members.withoutRepeats)
        default: return replaced(json)
        }
    }

    private mutating func replaced(_ json: JSONValue) -> JSONValue {
        switch random.number(0...19) {
        case 12...: return random.pick(pieces, json)
        case 0: return .object([.init(word(), json)])
        case 1: return .array([json, oddity()])
        case 2: return .object([.init(random.pick(Self.operators), oddity())])
        case 3: return .array((0..<random.number(0...4)).map { _ in oddity() })
        case 4: return .string(word())
        case 5 where random.once(in: 20): return nested(json, random.pick([20, 31, 33, 70, 600], 33))
        case 6 where random.once(in: 60):
            return .array(Array(repeating: json, count: random.pick([1001, 10_001], 1001)))
        case 7 where random.once(in: 20):
            return .string(String(repeating: random.pick(["a", "😀", "(", "%", "\\"]), count: 3000))
        default: return oddity()
        }
    }

    private mutating func nested(_ json: JSONValue, _ levels: Int) -> JSONValue {
        let key = random.pick(["not", "and", "include", "scope", "some", "a"])
        return (0..<levels).reduce(json) { inner, _ in key == "and" ? ["and": [inner]] : .object([.init(key, inner)]) }
    }
}
