// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// How values of one type compare, as PostgreSQL has it.
enum Comparing {
    /// Negative, 0 or positive; nil when the two can't be compared.
    static func order(_ one: Value, _ other: Value) -> Int? {
        switch (one, other) {
        case (.exact(let one), .exact(let other)): return one < other ? -1 : one > other ? 1 : 0
        case (.exact(let one), .double(let other)): return order(double(one), other)
        case (.double(let one), .exact(let other)): return order(one, double(other))
        case (.double(let one), .double(let other)): return order(one, other)
        case (.text(let one), .text(let other)): return Collation.order(one, other)
        case (.bool(let one), .bool(let other)): return (one ? 1 : 0) - (other ? 1 : 0)
        case (.instant(let one), .instant(let other)), (.day(let one), .day(let other)):
            return one < other ? -1 : one > other ? 1 : 0
        case (.day(let one), .instant(let other)): return order(.instant(one * Instants.perDay), .instant(other))
        case (.instant(let one), .day(let other)): return order(.instant(one), .instant(other * Instants.perDay))
        case (.list(let one), .list(let other)):
            for (left, right) in zip(one, other) {
                // A null is greater than everything in an array, and equal to a null.
                let result: Int?
                switch (left, right) {
                case (nil, nil): result = 0
                case (nil, _): result = 1
                case (_, nil): result = -1
                case (let left?, let right?): result = order(left, right)
                }
                guard result == 0 else { return result }
            }
            return one.count - other.count
        case (.json(let one), .json(let other)): return equal(one, other) ? 0 : 1
        case (.point(let x, let y), .point(let otherX, let otherY)):
            return abs(x - otherX) <= 1e-6 && abs(y - otherY) <= 1e-6 ? 0 : 1
        default: return nil
        }
    }

    static func double(_ number: Decimal) -> Double { Double("\(number)") ?? .nan }

    private static func order(_ one: Double, _ other: Double) -> Int {
        // NaN is equal to itself and greater than all numbers.
        if one.isNaN || other.isNaN { return (one.isNaN ? 1 : 0) - (other.isNaN ? 1 : 0) }
        return one < other ? -1 : one > other ? 1 : 0
    }

    /// Equality of documents: numbers by value, members in any order.
    static func equal(_ one: JSONValue, _ other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): return true
        case (.bool(let one), .bool(let other)): return one == other
        case (.number(let one), .number(let other)): return Decimal(string: one) == Decimal(string: other)
        case (.string(let one), .string(let other)): return Array(one.utf8) == Array(other.utf8)
        case (.array(let one), .array(let other)):
            return one.count == other.count && zip(one, other).allSatisfy { equal($0, $1) }
        case (.object(let one), .object(let other)):
            return one.count == other.count
                && one.allSatisfy { member in other[utf8: member.key].map { equal(member.value, $0) } ?? false }
        default: return false
        }
    }

    /// Whether a document holds another, as `@>` has it.
    static func contains(_ whole: JSONValue, _ part: JSONValue, isTop: Bool = true) -> Bool {
        switch (whole, part) {
        case (.object(let members), .object(let wanted)):
            return wanted.allSatisfy { member in
                members[utf8: member.key].map { contains($0, member.value, isTop: false) } ?? false
            }
        case (.array(let elements), .array(let wanted)):
            return wanted.allSatisfy { part in elements.contains { contains($0, part, isTop: false) } }
        case (_, .object), (_, .array), (.object, _): return false
        // An array holds a scalar that is one of its elements, but only at the top.
        case (.array(let elements), _): return isTop && elements.contains { equal($0, part) }
        default: return equal(whole, part)
        }
    }
}

extension [JSONValue.Member] {
    /// The value of a key with the same bytes.
    subscript(utf8 key: String) -> JSONValue? { first { $0.key.utf8.elementsEqual(key.utf8) }?.value }
}
