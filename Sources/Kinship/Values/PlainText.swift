// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

/// Reads values in the forms in which most are written, without a string of their own; nil for all others, which
/// `ValueReader` reads.
enum PlainText {
    private static func digit(_ byte: UInt8) -> Int64? {
        let value = byte &- 0x30
        return value <= 9 ? Int64(value) : nil
    }

    /// A whole number of at most 18 digits.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let first = bytes.first else { return nil }
        let start = first == UInt8(ascii: "-") ? 1 : 0
        guard bytes.count > start, bytes.count - start <= 18 else { return nil }
        var value: Int64 = 0
        for index in start..<bytes.count {
            guard let digit = digit(bytes[index]) else { return nil }
            value = value &* 10 &+ digit
        }
        return start == 1 ? -value : value
    }

    /// A decimal number of at most 18 digits, without an exponent.
    struct Decimal {
        /// All digits as one number.
        var digits: Int64
        /// How many of them stand behind the point.
        var scale: Int
        /// How many stand ahead of it, without zeros at the beginning.
        var integerDigits: Int
        var isNegative: Bool
    }

    /// A decimal number, without the zeros at its end behind the point.
    static func decimal(_ bytes: UnsafeRawBufferPointer) -> Decimal? {
        guard let first = bytes.first else { return nil }
        let start = first == UInt8(ascii: "-") ? 1 : 0
        var value: Int64 = 0
        var (count, ahead) = (0, 0)
        var point: Int?
        for index in start..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "."), point == nil, count > 0 {
                point = count
                continue
            }
            guard let digit = digit(byte), count < 18 else { return nil }
            value = value &* 10 &+ digit
            count += 1
            if point == nil, value > 0 { ahead += 1 }
        }
        guard count > 0, point != count else { return nil }
        var scale = count - (point ?? count)
        while scale > 0, value % 10 == 0 {
            value /= 10
            scale -= 1
        }
        return Decimal(digits: value, scale: scale, integerDigits: ahead, isNegative: start == 1 && value != 0)
    }

    /// How many digits stand ahead of the point of a decimal number that is written as PostgreSQL would: without an exponent, or
    /// zeros that could be left out; nil for others.
    static func integerDigits(ofPlain bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = bytes.first, bytes.count <= 100 else { return nil }
        let start = first == UInt8(ascii: "-") ? 1 : 0
        var point: Int?
        for index in start..<bytes.count {
            if digit(bytes[index]) != nil { continue }
            guard bytes[index] == UInt8(ascii: "."), point == nil, index > start else { return nil }
            point = index
        }
        let end = point ?? bytes.count
        guard end > start, point == nil || bytes[bytes.count - 1] &- UInt8(ascii: "1") <= 8 else { return nil }
        guard bytes[start] == UInt8(ascii: "0") else { return end - start }
        // Zero has no sign.
        return end - start == 1 && (start == 0 || point != nil) ? 0 : nil
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ]

    /// A number that one division makes, exactly rounded: its digits and the power of ten are doubles themselves.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        guard let number = decimal(bytes), number.digits < 1 << 53 else { return nil }
        let value = Double(number.digits) / powers[number.scale]
        // The sign of zero is told as well.
        return bytes.first == UInt8(ascii: "-") ? -value : value
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<start + count {
            guard let digit = digit(bytes[index]) else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// The days since 2000-01-01 of `2024-01-31`.
    static func day(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        return Int32(date.daysSince2000)
    }

    /// The microseconds since 2000-01-01 of `2024-01-31T12:30:15.123Z`, with up to six digits of a second or none.
    static func instant(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count >= 20, bytes.count <= 27, bytes[bytes.count - 1] == UInt8(ascii: "Z"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let day = day(bytes), let hour = number(bytes, 11, 2), hour < 24, let minute = number(bytes, 14, 2),
            minute < 60, let second = number(bytes, 17, 2), second < 60
        else { return nil }
        var microseconds = Int64(hour * 3600 + minute * 60 + second) * 1_000_000
        if bytes.count > 20 {
            let digits = bytes.count - 21
            guard bytes[19] == UInt8(ascii: "."), digits > 0, let fraction = number(bytes, 20, digits) else {
                return nil
            }
            var scaled = Int64(fraction)
            for _ in digits..<6 { scaled *= 10 }
            microseconds += scaled
        }
        return Int64(day) * CivilDate.microsecondsPerDay + microseconds
    }

    /// `00000000-0000-4000-8000-000000000001`.
    static func uuid(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64)? {
        guard bytes.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - 0x30
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - 0x57
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - 0x37
            default: return nil
            }
            if digits < 16 { words.0 = words.0 << 4 | UInt64(value) } else { words.1 = words.1 << 4 | UInt64(value) }
            digits += 1
        }
        return words
    }
}

extension ByteBuffer {
    /// Appends a field of `numeric`: counts and weight, then digits to the base of 10,000 (`numeric_recv` in utils/adt/numeric.c).
    mutating func append(_ number: PlainText.Decimal) {
        // Digits that stand behind the point end with a group of four.
        var value = number.digits
        let padding = (4 - number.scale % 4) % 4
        var groups: (Int16, Int16, Int16, Int16, Int16, Int16) = (0, 0, 0, 0, 0, 0)
        var count = 0
        let fractionGroups = (number.scale + padding) / 4
        withUnsafeMutableBytes(of: &groups) { bytes in
            let groups = bytes.bindMemory(to: Int16.self)
            // The last group first, filled up with zeros on its right.
            if padding > 0 {
                let power: Int64 = padding == 1 ? 10 : padding == 2 ? 100 : 1000
                let part: Int64 = 10_000 / power
                groups[0] = Int16(value % part * power)
                value /= part
                count = 1
            }
            while value > 0 || count < fractionGroups {
                groups[count] = Int16(value % 10_000)
                value /= 10_000
                count += 1
            }
        }
        // Zeros at either end aren't sent.
        let weight = count - fractionGroups - 1
        withUnsafeBytes(of: groups) { bytes in
            let groups = bytes.bindMemory(to: Int16.self)
            var last = 0
            while last < count, groups[last] == 0 { last += 1 }
            var first = count
            while first > last, groups[first - 1] == 0 { first -= 1 }
            let sent = first - last
            append(bigEndian: Int32(8 + 2 * sent))
            append(bigEndian: Int16(sent))
            append(bigEndian: Int16(sent == 0 ? 0 : weight - (count - first)))
            append(bigEndian: UInt16(number.isNegative ? 0x4000 : 0))
            append(bigEndian: UInt16(number.scale))
            for place in stride(from: first - 1, through: last, by: -1) { append(bigEndian: groups[place]) }
        }
    }
}
