// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// The types of columns there are in random tables.
enum CellType: CaseIterable {
    case int4, int8, numeric, text, varchar, uuid, boolean

    /// The type's name in SQL.
    var sql: String {
        switch self {
        case .int4: "integer"
        case .int8: "bigint"
        case .numeric: "numeric"
        case .text: "text"
        case .varchar: "character varying(60)"
        case .uuid: "uuid"
        case .boolean: "boolean"
        }
    }

    /// The type of a property.
    var kind: String {
        switch self {
        case .int4, .int8, .numeric: "number"
        case .text, .varchar, .uuid: "string"
        case .boolean: "boolean"
        }
    }

    /// Whether the server compares values of the two.
    func isComparable(to other: CellType) -> Bool { self == other || family == other.family }

    /// Types of one family are compared by value; a text isn't a number.
    var family: Int {
        switch self {
        case .int4, .int8, .numeric: 0
        case .text, .varchar: 1
        case .uuid: 2
        case .boolean: 3
        }
    }

    /// Whether keys of the type may be handed over from one statement to the next.
    var canBeHandedOver: Bool { self != .numeric }

    /// The JSON of a value that is written as text.
    func json(_ text: String?) -> JSONValue {
        guard let text else { return .null }
        switch self {
        case .int4, .int8, .numeric: return .number(text)
        case .text, .varchar, .uuid: return .string(text)
        case .boolean: return .bool(text == "true")
        }
    }

    /// The `n`th of the type's keys: 0 and the empty text are keys like any other (D27).
    func key(_ n: Int) -> String {
        switch self {
        case .int4: String(n * 3 - 6)
        case .int8: n % 5 == 4 ? String(9_007_199_254_740_993 + n) : String(n * 2 - 4)
        case .numeric: n % 3 == 2 ? "\(n).5" : String(n - 1)
        case .text, .varchar: n == 0 ? "" : ["k", "K", "é", "a,b\"{", "0"][n % 5] + String(n)
        case .uuid:
            "\(String(repeating: "0", count: 8 - String(n, radix: 16).count))\(String(n, radix: 16))-0000-4000-8000-00000000000\(n % 7)"
        case .boolean: n % 2 == 0 ? "true" : "false"
        }
    }

    /// A value that isn't among the keys.
    var dangling: String {
        switch self {
        case .int4, .int8, .numeric: "-77"
        case .text, .varchar: "nobody"
        case .uuid: "ffffffff-ffff-4fff-8fff-ffffffffffff"
        case .boolean: "true"
        }
    }

    /// Any value.
    func value(_ dice: inout SeededRandom) -> String {
        switch self {
        case .int4, .int8: String(dice.roll(7) - 2)
        case .numeric: dice.choose(["1", "1.0", "2.50", "-3.25", "0", "10.125", "2.5"])
        case .text, .varchar: dice.choose(["", "a", "A", "b", "B b", "ä", "zz", "null", "x'y\"z"])
        case .uuid: key(dice.roll(9))
        case .boolean: dice.chance(50) ? "true" : "false"
        }
    }
}
