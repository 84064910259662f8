// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A decimal number as digits and exponent, exact however long it is.
package struct DecimalText: Hashable {
    package var isNegative: Bool
    /// Digits without leading and trailing zeros; empty for zero.
    package var digits: [UInt8]
    /// The power of ten the last digit stands for.
    package var exponent: Int

    /// Reads a JSON number, or the same with a leading plus; nil for anything else, and for exponents that no number
    /// worth having needs.
    package init?(_ text: some StringProtocol) {
        var isNegative = false
        var digits: [UInt8] = []
        var exponent = 0
        var bytes = Array(text.utf8)[...]
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        var count = 0
        var seenPoint = false
        while let byte = bytes.first {
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                count += 1
                if seenPoint { exponent -= 1 }
                if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte) }
            } else if byte == UInt8(ascii: "."), !seenPoint, count > 0 {
                seenPoint = true
            } else {
                break
            }
            bytes.removeFirst()
        }
        guard count > 0, !(seenPoint && exponent == 0) else { return nil }
        if let byte = bytes.first {
            guard byte | 0x20 == UInt8(ascii: "e") else { return nil }
            bytes.removeFirst()
            var isSmall = false
            if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                isSmall = sign == UInt8(ascii: "-")
                bytes.removeFirst()
            }
            guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
                return nil
            }
            let significant = bytes.drop { $0 == UInt8(ascii: "0") }
            guard significant.count <= 6 || digits.isEmpty else { return nil }
            let power = significant.prefix(6).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            exponent += isSmall ? -power : power
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        self.isNegative = isNegative && !digits.isEmpty
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
    }

    package var isInteger: Bool { exponent >= 0 }

    /// The value as a 64-bit integer, nil for fractions and what is out of range.
    package var int64: Int64? {
        guard isInteger, digits.count + exponent <= 19 else { return nil }
        var value: Int64 = 0
        for position in 0..<(digits.count + exponent) {
            let digit = position < digits.count ? Int64(digits[position] - UInt8(ascii: "0")) : 0
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.subtractingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        // Collected as a negative number, for there is one more of these.
        if isNegative { return value }
        return value == Int64.min ? nil : -value
    }

    /// How many characters ``plain`` has, at least.
    package var plainLength: Int { exponent >= 0 ? digits.count + exponent : max(digits.count, -exponent) }

    /// The number without an exponent: `-0.00125`.
    package var plain: String {
        guard !digits.isEmpty else { return "0" }
        var bytes: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let zero = UInt8(ascii: "0")
        if exponent >= 0 {
            bytes += digits
            bytes += repeatElement(zero, count: exponent)
        } else if digits.count > -exponent {
            bytes += digits[..<(digits.count + exponent)]
            bytes.append(UInt8(ascii: "."))
            bytes += digits[(digits.count + exponent)...]
        } else {
            bytes += [zero, UInt8(ascii: ".")]
            bytes += repeatElement(zero, count: -exponent - digits.count)
            bytes += digits
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Less than, equal to or greater than 0 as `one` is to `other`: exact, and without writing zeros out.
    package static func compare(_ one: DecimalText, _ other: DecimalText) -> Int {
        if one.sign != other.sign { return one.sign < other.sign ? -1 : 1 }
        let result = compareMagnitudes(one, other)
        return one.isNegative ? -result : result
    }

    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    private static func compareMagnitudes(_ one: DecimalText, _ other: DecimalText) -> Int {
        // Neither has leading nor trailing zeros, so the place of the first digit decides, then the digits.
        let (place, otherPlace) = (one.digits.count + one.exponent, other.digits.count + other.exponent)
        if place != otherPlace { return place < otherPlace ? -1 : 1 }
        if one.digits == other.digits { return 0 }
        return one.digits.lexicographicallyPrecedes(other.digits) ? -1 : 1
    }

    /// The nearest double; infinite beyond the doubles.
    package var double: Double? {
        Double("\(isNegative ? "-" : "")\(digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self))e\(exponent)")
    }
}
