// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport

/// Bodies of requests as nobody means them: some right, some nearly, some of anything; the same for the same seed.
struct RandomBody {
    private(set) var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed) }

    private static let names = [
        "id", "name", "code", "secret", "points", "ints", "jsons", "texts", "tags", "words", "customerId",
        "customerCode", "status",
        "total", "sku", "bio", "url", "ownerId", "ownerType", "groupId", "role", "labelId", "thingId", "thingType",
        "orders", "profile",
        "__proto__", "", "$inc", "$push", "$pull", "$set", "$unset", "$where", "a.b", "tags.a", "tags.0", "x\"y", "and",
        "or",
    ]
    private static let texts = [
        "", "x", "open", "paid", "one", "two", "Customer", "Group", "NULL", "null", "[]", "{}", "[1,2]", "{1,2}", "'",
        "\"", "\\", "$1", "a\u{0}b", "ü\u{301}",
        "\u{10FFFF}", "'; DROP TABLE customer; --", "2024-01-01", "1e5", "0x10", "00000000-0000-4000-8000-000000000001",
        " 1 ", "true", "tags.a.b", "points", "..", "a.",
    ]
    private static let numbers = [
        "0", "1", "2", "3", "7", "11", "12", "21", "99", "-1", "1.5", "1e2", "1e400", "-0", "2147483647", "2147483648",
        "9223372036854775807",
        "9223372036854775808", "123456789012345678901234567890", "0.1", "100000000",
    ]

    mutating func number(_ range: ClosedRange<Int>) -> Int { random.number(range) }
    mutating func pick(_ texts: [String]) -> String { random.pick(texts) }
    mutating func once(in times: Int) -> Bool { random.once(in: times) }

    /// A key: mostly one that there may be.
    mutating func key() -> JSONValue {
        switch random.number(0...9) {
        case 0: value(depth: 2)
        case 1: .null
        case 2: .object([.init("id", .number(random.pick(Self.numbers)))])
        case 3: .string(random.pick(Self.texts))
        default: .number(random.pick(["1", "2", "3", "7", "11", "12", "21", "99"]))
        }
    }

    /// Anything.
    mutating func value(depth: Int) -> JSONValue {
        switch random.number(0...(depth > 0 ? 11 : 7)) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2, 3: .number(random.pick(Self.numbers))
        case 4, 5, 6, 7: .string(random.pick(Self.texts))
        case 8, 9: .array((0..<random.number(0...3)).map { _ in value(depth: depth - 1) })
        default: object(depth: depth - 1)
        }
    }

    /// An object of names that mean something.
    mutating func object(depth: Int) -> JSONValue {
        var members: [JSONValue.Member] = []
        for _ in 0..<random.number(0...4) {
            let name = random.pick(Self.names)
            guard !members.contains(where: { $0.key == name }) else { continue }
            members.append(.init(name, name.hasPrefix("$") && random.once(in: 2) ? operand(name) : value(depth: depth)))
        }
        return .object(members)
    }

    private mutating func operand(_ name: String) -> JSONValue {
        if name == "$unset" {
            return .array([.string(random.pick(["tags.a", "tags", "words.1", "tags.a.b", "nope"]))])
        }
        let property = random.pick(
            name == "$set"
                ? ["tags.a", "tags.a.b", "tags.0", "points"] : ["points", "tags", "words", "ints", "total", "texts"])
        return .object([.init(property, value(depth: 2))])
    }

    /// Data that may well be right, and sometimes a piece of them changed.
    mutating func data(_ model: String) -> JSONValue {
        guard !random.once(in: 4) else { return random.once(in: 5) ? value(depth: 3) : object(depth: 3) }
        let examples: [String: [String]] = [
            "Customer": [
                #"{"id":4,"name":"Dan","code":"four"}"#, #"{"name":"Eve","tags":[{"a":1}],"words":["a",null]}"#,
                #"{"id":5,"name":"F","ints":[1,null],"jsons":[1],"texts":[2]}"#,
                #"{"$inc":{"points":2},"$push":{"tags":{"n":1},"words":"w"},"$pull":{"ints":1}}"#,
                #"{"$set":{"tags.a.b":[1]},"$unset":["tags.c"],"name":"G"}"#,
            ],
            "Order": [
                #"{"total":5,"status":"paid"}"#, #"{"customerId":1,"sku":"q"}"#, #"{"$inc":{"total":1.5}}"#,
                #"{"id":11,"total":1}"#,
            ],
            "Profile": [#"{"bio":"b"}"#, #"{"customerId":3}"#],
            "Picture": [#"{"url":"u","ownerType":"Customer"}"#, #"{"ownerId":2}"#],
            "Group": [#"{"id":6,"name":"G"}"#, #"{"name":"H"}"#], "Tag": [#"{"name":"t"}"#],
            "Label": [#"{"name":"l"}"#],
            "Product": [#"{"id":8,"name":"p"}"#, #"{"id":1}"#],
            "Membership": [#"{"customerId":1,"groupId":3,"role":"r"}"#],
        ]
        let text = random.pick(examples[model] ?? ["{}"])
        guard random.once(in: 2) else { return (try? JSONValue(parsing: text)) ?? [:] }
        let changed = random.mutated(Array(text.utf8), words: Self.names + Self.texts + Self.numbers)
        return (try? JSONValue(parsing: String(decoding: changed, as: UTF8.self))) ?? (try? JSONValue(parsing: text))
            ?? [:]
    }

    /// A condition.
    mutating func condition() -> JSONValue {
        switch random.number(0...5) {
        case 0: value(depth: 3)
        case 1: object(depth: 2)
        case 2: [:]
        case 3: ["id": ["inq": .array([.number(random.pick(Self.numbers)), value(depth: 1)])]]
        default: .object([.init(random.pick(["id", "name", "status", "code", "bio"]), value(depth: 1))])
        }
    }
}
