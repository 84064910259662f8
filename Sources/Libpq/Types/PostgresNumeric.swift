// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A number of any size with all its digits: PostgreSQL's `numeric`.
///
/// ```swift
/// let price = PostgresNumeric("12.50")
/// print(price?.description ?? "", price?.scale ?? 0)  // 12.50 2
/// ```
///
/// Digits, scale, NaN and the infinities survive a round trip unchanged. Two numbers are equal when their values are, as
/// in PostgreSQL: `1.0` equals `1.00`, NaN equals NaN and is greater than all else.
public struct PostgresNumeric: Sendable {
    /// What kind of number it is.
    public enum Kind: Sendable, Hashable {
        case finite, nan, positiveInfinity, negativeInfinity
    }

    /// What kind of number it is.
    public let kind: Kind
    /// Whether it is below zero.
    public let isNegative: Bool
    /// How many digits after the point are shown, up to 16,383.
    public let scale: Int
    /// The power of 10,000 of the first digit.
    let weight: Int
    /// Digits to the base of 10,000, the most significant first, without zeros at either end.
    let digits: [UInt16]

    init(kind: Kind, isNegative: Bool = false, scale: Int = 0, weight: Int = 0, digits: [UInt16] = []) {
        self.kind = kind
        self.isNegative = isNegative || kind == .negativeInfinity
        self.scale = scale
        self.weight = digits.isEmpty ? 0 : weight
        self.digits = digits
    }

    /// Not a number.
    public static var nan: PostgresNumeric { PostgresNumeric(kind: .nan) }
    /// Greater than every number but NaN (PostgreSQL 14 and later).
    public static var infinity: PostgresNumeric { PostgresNumeric(kind: .positiveInfinity) }
    /// Zero, without digits after the point.
    public static var zero: PostgresNumeric { PostgresNumeric(kind: .finite) }

    /// The same number with the other sign.
    public static prefix func - (value: PostgresNumeric) -> PostgresNumeric {
        switch value.kind {
        case .nan: value
        case .positiveInfinity: PostgresNumeric(kind: .negativeInfinity)
        case .negativeInfinity: .infinity
        case .finite:
            PostgresNumeric(
                kind: .finite, isNegative: !value.isNegative && !value.digits.isEmpty, scale: value.scale,
                weight: value.weight, digits: value.digits)
        }
    }
}

extension PostgresNumeric: PostgresCodable {
    /// `numeric`.
    public static var postgresType: TypeID { .numeric }
    /// `numeric[]`.
    public static var postgresArrayType: TypeID { .numericArray }

    /// Reads numeric and the integer types.
    public init(cell: Cell) throws(CellError) {
        let bytes = try cell.value()
        switch (cell.type.rawValue, cell.format) {
        case (1700, .binary): try self.init(wire: bytes)
        case (20, _), (21, _), (23, _): self.init(try cell.integer())
        default:
            try cell.require(cell.type == .numeric)
            var scanner = TextScanner(bytes)
            guard let value = Self.read(&scanner), scanner.isAtEnd else { throw .malformed("it is not a number") }
            self = value
        }
    }

    /// The wire form: counts and weight, then digits to the base of 10,000 (`numeric_send` in utils/adt/numeric.c).
    init(wire bytes: UnsafeRawBufferPointer) throws(CellError) {
        guard bytes.count >= 8 else { throw .malformed("it ends too early") }
        let count = Int(bytes.bigEndian(UInt16.self))
        var weight = Int(bytes.bigEndian(Int16.self, at: 2))
        let sign = bytes.bigEndian(UInt16.self, at: 4)
        let scale = Int(bytes.bigEndian(UInt16.self, at: 6))
        guard bytes.count == 8 + 2 * count, scale <= Self.maximumScale else { throw .malformed("it is inconsistent") }
        switch sign {
        case 0x0000, 0x4000: break
        case 0xC000: self = .nan; return
        case 0xD000: self = .infinity; return
        case 0xF000: self.init(kind: .negativeInfinity); return
        default: throw .malformed("its sign is unknown")
        }
        var digits: [UInt16] = []
        digits.reserveCapacity(count)
        for index in 0..<count {
            let digit = bytes.bigEndian(UInt16.self, at: 8 + 2 * index)
            guard digit < 10_000 else { throw .malformed("one of its digits is out of range") }
            if digits.isEmpty, digit == 0 { weight -= 1 } else { digits.append(digit) }
        }
        while digits.last == 0 { digits.removeLast() }
        // Digits beyond the scale would be lost in the text form; the server sends none.
        guard let last = digits.last else {
            self.init(kind: .finite, scale: scale)
            return
        }
        let zeros = last % 1000 == 0 ? 3 : last % 100 == 0 ? 2 : last % 10 == 0 ? 1 : 0
        guard (digits.count - 1 - weight) * 4 - zeros <= scale else {
            throw .malformed("it has digits beyond its scale")
        }
        self.init(kind: .finite, isNegative: sign == 0x4000, scale: scale, weight: weight, digits: digits)
    }

    /// Appends the number.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: digits.count))
        bytes.append(bigEndian: Int16(truncatingIfNeeded: weight))
        switch kind {
        case .finite: bytes.append(bigEndian: UInt16(isNegative ? 0x4000 : 0))
        case .nan: bytes.append(bigEndian: UInt16(0xC000))
        case .positiveInfinity: bytes.append(bigEndian: UInt16(0xD000))
        case .negativeInfinity: bytes.append(bigEndian: UInt16(0xF000))
        }
        // The server says 32 for infinities, a bit of whose mark lies where it looks for the scale; so do we.
        bytes.append(bigEndian: kind == .finite || kind == .nan ? UInt16(truncatingIfNeeded: scale) : 32)
        for digit in digits { bytes.append(bigEndian: digit) }
    }
}

extension PostgresNumeric: Comparable, Hashable {
    /// By value; NaN is the greatest.
    public static func < (left: PostgresNumeric, right: PostgresNumeric) -> Bool { left.order(to: right) < 0 }
    /// By value.
    public static func == (left: PostgresNumeric, right: PostgresNumeric) -> Bool {
        left.kind == right.kind && left.isNegative == right.isNegative && left.weight == right.weight
            && left.digits == right.digits
    }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(isNegative)
        hasher.combine(weight)
        hasher.combine(digits)
    }

    private func order(to other: PostgresNumeric) -> Int {
        func rank(_ value: PostgresNumeric) -> Int {
            switch value.kind {
            case .negativeInfinity: -2
            case .finite: value.digits.isEmpty ? 0 : value.isNegative ? -1 : 1
            case .positiveInfinity: 2
            case .nan: 3
            }
        }
        let (left, right) = (rank(self), rank(other))
        if left != right || kind != .finite { return left - right }
        if left == 0 { return 0 }
        var magnitude = weight - other.weight
        if magnitude == 0, digits != other.digits {
            magnitude = digits.lexicographicallyPrecedes(other.digits) ? -1 : 1
        }
        return isNegative ? -magnitude : magnitude
    }
}
