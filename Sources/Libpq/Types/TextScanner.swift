// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads PostgreSQL's text forms byte by byte; every step says whether it found what it looked for.
struct TextScanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(truncatingIfNeeded: byte.value) else { return false }
        position += 1
        return true
    }

    mutating func skipWord(_ text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] != text.utf8Start[offset] {
            return false
        }
        position += text.utf8CodeUnitCount
        return true
    }

    /// Skips a text of ASCII letters whatever their case; `text` is in lower case.
    mutating func skipLetters(_ text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] | 0x20 != text.utf8Start[offset] {
            return false
        }
        position += text.utf8CodeUnitCount
        return true
    }

    /// The number of the next digits when there are at least `minimum` of them and it fits.
    mutating func digits(minimum: Int = 1, maximum: Int = 19) -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < bytes.count, position - start < maximum {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit))
            if overflow || carry { return nil }
            value = sum
            position += 1
        }
        return position - start >= minimum ? value : nil
    }

    /// The number after a sign, which is a sign or nothing.
    mutating func sign() -> Int64 {
        if skip("-") { return -1 }
        _ = skip("+")
        return 1
    }

    /// `.` and digits as millionths, rounded at the seventh; 0 when there is no point.
    mutating func millionths() -> Int64? {
        guard skip(".") else { return 0 }
        var (value, count): (Int64, Int) = (0, 0)
        while let byte = peek, byte &- UInt8(ascii: "0") <= 9 {
            let digit = Int64(byte &- UInt8(ascii: "0"))
            if count < 6 { value = value * 10 + digit } else if count == 6, digit >= 5 { value += 1 }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value
    }

    /// The integer that is the whole text.
    static func wholeInteger(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var (index, isNegative) = (0, false)
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            (index, isNegative) = (1, first == UInt8(ascii: "-"))
        }
        guard index < bytes.count else { return nil }
        // Counted downwards, for the smallest integer has no positive counterpart.
        var value: Int64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.subtractingReportingOverflow(Int64(digit))
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}

/// Writes PostgreSQL's text forms.
enum TextWriter {
    /// A number of at least `width` digits; `value` is not negative.
    static func append(_ value: Int64, width: Int, to bytes: inout [UInt8]) {
        append(magnitudeOf: value, width: width, to: &bytes)
    }

    /// The digits of a number without its sign.
    static func append(magnitudeOf value: Int64, width: Int, to bytes: inout [UInt8]) {
        var digits: [UInt8] = []
        var rest = value.magnitude
        repeat {
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        for _ in 0..<max(0, width - digits.count) { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: digits.reversed())
    }

    /// `.` and up to six digits without trailing zeros; nothing for 0.
    static func append(millionths: Int64, to bytes: inout [UInt8]) {
        guard millionths != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        append(magnitudeOf: millionths, width: 6, to: &bytes)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }

    static func string(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Runs over the text's UTF-8.
    func scanned<Value>(_ read: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        var text = self
        return text.withUTF8 { read(UnsafeRawBufferPointer($0)) }
    }
}
