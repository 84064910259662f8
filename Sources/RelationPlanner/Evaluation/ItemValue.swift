// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A value of an embedded record, or of a filter about it, read as one of a column type: what a cell of that type would be.
enum ItemValue: Sendable {
    case bool(Bool)
    /// Integers and numeric. What fits 64 bits is an ``integer(_:)``.
    case integer(Int64)
    case decimal(DecimalText)
    /// Floats, and what else numeric has: NaN and the infinities.
    case double(Double)
    case text(String)
    /// An enumeration's label, by its place.
    case label(Int)
    case bytes([UInt8])
    case uuid(UInt64, UInt64)
    /// Dates and timestamps: microseconds since 2000-01-01 UTC, Int64.max and .min for the infinities.
    case instant(Int64)
    /// Microseconds since midnight.
    case time(Int64)
    /// The same in UTC, and how far the offset is east.
    case zonedTime(Int64, offset: Int64)
    /// Months taken for 30 days, the microseconds less than a day: how PostgreSQL compares intervals.
    case interval(days: Int64, microseconds: Int64)
    /// json and jsonb.
    case json(JSONValue)
    /// Longitude and latitude.
    case point(Double, Double)
    case array([ItemValue?])

    /// Less than, equal to or greater than 0, as PostgreSQL orders two values; nil for values that can't be compared.
    ///
    /// - Parameter ranks: the order of texts; nil where their bytes tell it.
    /// - Throws: what the budget throws.
    static func compare(
        _ one: ItemValue, _ other: ItemValue, _ ranks: TextRanks?, _ budget: inout StepBudget
    ) throws -> Int? {
        // Ranks are looked up by the whole of both texts.
        try budget.spend(1 + (ranks == nil ? min(one.length, other.length) : one.length + other.length) / 32)
        switch (one, other) {
        case (.integer(let one), .integer(let other)): return order(one, other)
        case (.integer, .decimal), (.decimal, .integer), (.decimal, .decimal), (.double, .double), (.double, .integer),
            (.double, .decimal), (.integer, .double), (.decimal, .double):
            return numbers(one, other)
        case (.text(let one), .text(let other)):
            return ranks.map { $0.compare(one, other) } ?? one.compareBytes(with: other)
        case (.bool(let one), .bool(let other)): return order(one ? 1 : 0, other ? 1 : 0)
        case (.label(let one), .label(let other)): return order(one, other)
        case (.instant(let one), .instant(let other)), (.time(let one), .time(let other)): return order(one, other)
        case (.zonedTime(let one, let offset), .zonedTime(let other, let otherOffset)):
            // Of the same instant PostgreSQL puts the one farther east first.
            return one == other ? order(otherOffset, offset) : order(one, other)
        case (.interval(let one, let rest), .interval(let other, let otherRest)):
            return one == other ? order(rest, otherRest) : order(one, other)
        case (.uuid(let high, let low), .uuid(let otherHigh, let otherLow)):
            return high == otherHigh ? order(low, otherLow) : order(high, otherHigh)
        case (.bytes(let one), .bytes(let other)):
            return one.lexicographicallyPrecedes(other) ? -1 : one == other ? 0 : 1
        case (.json(let one), .json(let other)): return try JSONOrder.compare(one, other, &budget)
        case (.array(let one), .array(let other)): return try arrays(one, other, ranks, &budget)
        case (.point(let x, let y), .point(let otherX, let otherY)):
            // Points have no order, but the same place: `~=` forgives a millionth (EPSILON, utils/geo_decls.h).
            return isSame(x, otherX) && isSame(y, otherY) ? 0 : nil
        default: return nil
        }
    }

    /// How many bytes or digits a comparison may have to look at.
    private var length: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .decimal(let value): value.digits.count
        case .bytes(let bytes): bytes.count
        default: 0
        }
    }

    static func order<T: Comparable>(_ one: T, _ other: T) -> Int { one < other ? -1 : one == other ? 0 : 1 }

    private static func isSame(_ one: Double, _ other: Double) -> Bool {
        one == other || (one.isNaN && other.isNaN) || (one - other).magnitude <= 1e-6
    }

    /// Exact among integers and decimals; beside a float both are floats, as the server has it. NaN is the greatest.
    private static func numbers(_ one: ItemValue, _ other: ItemValue) -> Int? {
        switch (one, other) {
        case (.double(let one), _):
            guard one.isFinite || other.isFloat else { return one == -.infinity ? -1 : 1 }
            return other.double.map { doubles(one, $0) }
        case (_, .double): return numbers(other, one).map { -$0 }
        default:
            guard let one = one.decimal, let other = other.decimal else { return nil }
            return DecimalText.compare(one, other)
        }
    }

    private static func doubles(_ one: Double, _ other: Double) -> Int {
        if one.isNaN || other.isNaN { return order(one.isNaN ? 1 : 0, other.isNaN ? 1 : 0) }
        return order(one, other)
    }

    private var isFloat: Bool { if case .double = self { true } else { false } }

    private var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value.double
        case .double(let value): value
        default: nil
        }
    }

    private var decimal: DecimalText? {
        switch self {
        case .integer(let value): DecimalText(String(value))
        case .decimal(let value): value
        default: nil
        }
    }

    /// Element by element, NULL behind everything, then the shorter first.
    private static func arrays(
        _ one: [ItemValue?], _ other: [ItemValue?], _ ranks: TextRanks?, _ budget: inout StepBudget
    ) throws -> Int? {
        for (one, other) in zip(one, other) {
            let result: Int?
            switch (one, other) {
            case (nil, nil): continue
            case (nil, _): result = 1
            case (_, nil): result = -1
            case (let one?, let other?): result = try compare(one, other, ranks, &budget)
            }
            if result != 0 { return result }
        }
        return order(one.count, other.count)
    }
}

extension String {
    /// Less than, equal to or greater than 0 in the order of code points, which that of UTF-8 bytes is.
    func compareBytes(with other: String) -> Int {
        if hasSameBytes(as: other) { return 0 }
        return utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
    }
}
