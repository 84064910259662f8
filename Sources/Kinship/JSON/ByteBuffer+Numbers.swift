// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ByteBuffer {
    /// Appends an integer in decimal.
    @inline(__always)
    mutating func append(decimal value: Int64) {
        write(atMost: 20) { target in
            var target = target
            var length = 0
            if value < 0 {
                target[0] = UInt8(ascii: "-")
                target += 1
                length = 1
            }
            return length + Self.write(value.magnitude, to: target)
        }
    }

    /// Appends an integer, in quotes where a double can't hold it and that is asked for.
    @inline(__always)
    mutating func append(bigint value: Int64) {
        let isQuoted = options.bigIntegersAsStrings && value.magnitude > Self.greatestExactInteger
        if isQuoted { append(UInt8(ascii: "\"")) }
        append(decimal: value)
        if isQuoted { append(UInt8(ascii: "\"")) }
    }

    /// 2^53 - 1, JavaScript's `Number.MAX_SAFE_INTEGER`.
    static let greatestExactInteger: UInt64 = 9_007_199_254_740_991

    /// Appends an integer with leading zeros up to `width` digits (at most 20).
    mutating func append(_ value: UInt64, width: Int) {
        write(atMost: 40) { target in
            var digits = 1
            var rest = value
            while rest >= 10 {
                rest /= 10
                digits += 1
            }
            let zeros = max(0, min(width, 20) - digits)
            for position in 0..<zeros { target[position] = UInt8(ascii: "0") }
            return zeros + Self.write(value, to: target + zeros)
        }
    }

    @inline(__always)
    private static func write(_ value: UInt64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if value < 10 {
            target[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value)
            return 1
        }
        var length = 0
        var rest = value
        while rest > 0 {
            target[length] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            length += 1
        }
        var low = 0
        var high = length - 1
        while low < high {
            (target[low], target[high]) = (target[high], target[low])
            low += 1
            high -= 1
        }
        return length
    }

    /// Appends the shortest decimal that gives the value back; NaN and the infinities as strings, as PostgreSQL's
    /// `to_json` does.
    mutating func append(shortest value: Double) {
        // A number with up to three decimals, of at most fifteen digits: its decimal form is unique, so it is the
        // shortest. This serves most prices and quantities without going through a String.
        let scaled = value * 1000
        if scaled.magnitude < 1e15 {
            let whole = scaled.rounded()
            if whole / 1000 == value, !(value == 0 && value.sign == .minus) {
                return append(thousandths: Int64(whole))
            }
        }
        guard value.isFinite else {
            return append(value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"")
        }
        append(value.description)
    }

    /// ``append(shortest:)`` for single precision.
    mutating func append(shortest value: Float) {
        let rounded = value.rounded()
        if rounded == value, value.magnitude < 1e6, !(value == 0 && value.sign == .minus) {
            return append(decimal: Int64(rounded))
        }
        guard value.isFinite else {
            return append(value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"")
        }
        append(value.description)
    }

    private mutating func append(thousandths value: Int64) {
        let magnitude = value.magnitude
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: Int64(magnitude / 1000))
        var fraction = magnitude % 1000
        guard fraction > 0 else { return }
        var width = 3
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        append(UInt8(ascii: "."))
        append(fraction, width: width)
    }
}
