// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PostgresNumeric: LosslessStringConvertible, CustomStringConvertible {
    /// The greatest number of digits after the point (`NUMERIC_DSCALE_MAX` in utils/adt/numeric.c).
    static let maximumScale = 16_383
    /// The greatest number of digits before the point.
    static let maximumIntegerDigits = 131_072

    /// All digits, with the scale's zeros; `NaN`, `Infinity`, `-Infinity`.
    public var description: String { TextWriter.string(appendText) }

    /// Reads PostgreSQL's input form: digits with a point, an exponent, `NaN`, `Infinity`; nil for anything else and for
    /// numbers of more than 131,072 digits before or 16,383 after the point.
    public init?(_ description: String) {
        let value: PostgresNumeric? = description.scanned { bytes in
            var scanner = TextScanner(bytes)
            guard let value = Self.read(&scanner), scanner.isAtEnd else { return nil }
            return value
        }
        guard let value else { return nil }
        self = value
    }

    /// Appends the text of a numeric's wire form, without an intermediate value; false when the bytes are none.
    package static func appendText(wire bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) -> Bool {
        guard let value = try? PostgresNumeric(wire: bytes) else { return false }
        value.appendText(to: &text)
        return true
    }

    private func appendText(to text: inout [UInt8]) {
        switch kind {
        case .nan: text.append(contentsOf: "NaN".utf8)
        case .positiveInfinity: text.append(contentsOf: "Infinity".utf8)
        case .negativeInfinity: text.append(contentsOf: "-Infinity".utf8)
        case .finite: appendDigits(to: &text)
        }
    }

    private func appendDigits(to text: inout [UInt8]) {
        text.reserveCapacity(text.count + max(1, (weight + 1) * 4) + scale + 2)
        if isNegative { text.append(UInt8(ascii: "-")) }
        func digit(_ index: Int) -> UInt16 { index >= 0 && index < digits.count ? digits[index] : 0 }
        func append(_ value: UInt16, from first: Int = 0, upTo end: Int = 4) {
            let places = (value / 1000, value / 100 % 10, value / 10 % 10, value % 10)
            if first <= 0, end > 0 { text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: places.0)) }
            if first <= 1, end > 1 { text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: places.1)) }
            if first <= 2, end > 2 { text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: places.2)) }
            if first <= 3, end > 3 { text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: places.3)) }
        }
        if weight < 0 || digits.isEmpty {
            text.append(UInt8(ascii: "0"))
        } else {
            let head = digit(0)
            append(head, from: head >= 1000 ? 0 : head >= 100 ? 1 : head >= 10 ? 2 : 3)
            for index in stride(from: 1, through: weight, by: 1) { append(digit(index)) }
        }
        guard scale > 0 else { return }
        text.append(UInt8(ascii: "."))
        var (left, index) = (scale, digits.isEmpty ? 0 : weight + 1)
        while left > 0 {
            append(digit(index), upTo: left)
            left -= 4
            index += 1
        }
    }

    /// Reads a number and stops behind it. One pass over the digits.
    static func read(_ scanner: inout TextScanner) -> PostgresNumeric? {
        if scanner.skipLetters("nan") { return .nan }
        let isNegative = scanner.sign() < 0
        if scanner.skipLetters("inf") {
            _ = scanner.skipLetters("inity")
            return isNegative ? -.infinity : .infinity
        }
        let start = scanner.position
        func skipDigits() -> Int {
            let first = scanner.position
            while let byte = scanner.peek, byte &- UInt8(ascii: "0") <= 9 { scanner.position += 1 }
            return scanner.position - first
        }
        let integerCount = skipDigits()
        let point = scanner.position
        let fractionCount = scanner.skip(".") ? skipDigits() : 0
        let end = scanner.position
        guard integerCount + fractionCount > 0 else { return nil }
        var exponent = 0
        if scanner.skip("e") || scanner.skip("E") {
            let sign = scanner.sign()
            guard let value = scanner.digits(maximum: 7) else { return nil }
            exponent = Int(value * sign)
        }
        let scale = max(0, fractionCount - exponent)
        guard scale <= maximumScale else { return nil }

        // `before` counts the digits before the point once the exponent is applied and leading zeros are gone.
        var (first, before) = (start, integerCount + exponent)
        while first < end, scanner.bytes[first] == UInt8(ascii: "0") || first == point {
            if first != point { before -= 1 }
            first += 1
        }
        guard first < end else { return PostgresNumeric(kind: .finite, scale: scale) }
        guard before <= maximumIntegerDigits else { return nil }
        // The shift rounds down, also below zero.
        let weight = (before - 1) >> 2
        var digits: [UInt16] = []
        digits.reserveCapacity((end - first) / 4 + 2)
        var (group, places) = (UInt16(0), (weight + 1) * 4 - before)
        for position in first..<end where position != point {
            group = group * 10 + UInt16(scanner.bytes[position] - UInt8(ascii: "0"))
            places += 1
            if places == 4 {
                digits.append(group)
                (group, places) = (0, 0)
            }
        }
        if places > 0 {
            for _ in places..<4 { group *= 10 }
            digits.append(group)
        }
        while digits.last == 0 { digits.removeLast() }
        return PostgresNumeric(kind: .finite, isNegative: isNegative, scale: scale, weight: weight, digits: digits)
    }
}

extension PostgresNumeric: ExpressibleByIntegerLiteral {
    /// An integer.
    public init(integerLiteral value: Int64) { self.init(value) }

    /// An integer.
    public init(_ value: Int) { self.init(Int64(value)) }

    /// An integer.
    public init(_ value: Int64) {
        var digits: [UInt16] = []
        var rest = value.magnitude
        while rest > 0 {
            digits.append(UInt16(rest % 10_000))
            rest /= 10_000
        }
        let weight = digits.count - 1
        digits.reverse()
        while digits.last == 0 { digits.removeLast() }
        self.init(kind: .finite, isNegative: value < 0, weight: weight, digits: digits)
    }

    /// The shortest decimal number that reads back as `value`; NaN and the infinities are themselves.
    public init(_ value: Double) {
        self = Self(value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)") ?? .nan
    }
}

extension Double {
    /// The nearest Double; infinite beyond its range.
    public init(_ numeric: PostgresNumeric) {
        switch numeric.kind {
        case .nan: self = .nan
        case .positiveInfinity: self = .infinity
        case .negativeInfinity: self = -.infinity
        case .finite:
            // 767 digits decide about every rounding; of what follows only matters that it isn't zero.
            let taken = numeric.digits.prefix(200)
            var text = numeric.isNegative ? "-0" : "0"
            for digit in taken { text += String(digit + 10_000).dropFirst() }
            var exponent = (numeric.weight + 1 - taken.count) * 4
            if numeric.digits.count > taken.count {
                text += "1"
                exponent -= 1
            }
            self = Double("\(text)e\(exponent)") ?? .nan
        }
    }
}

extension Int64 {
    /// The integer, nil when the number has a fraction or is out of range.
    public init?(exactly numeric: PostgresNumeric) {
        guard numeric.kind == .finite, numeric.weight < 5,
            numeric.digits.count <= numeric.weight + 1 || numeric.digits.isEmpty
        else { return nil }
        var value: Int64 = 0
        for index in 0..<(numeric.digits.isEmpty ? 0 : numeric.weight + 1) {
            let digit = Int64(index < numeric.digits.count ? numeric.digits[index] : 0)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = product.addingReportingOverflow(numeric.isNegative ? -digit : digit)
            if overflow || carry { return nil }
            value = sum
        }
        self = value
    }
}

extension Int {
    /// The integer, nil when the number has a fraction or is out of range.
    public init?(exactly numeric: PostgresNumeric) {
        guard let wide = Int64(exactly: numeric) else { return nil }
        self.init(exactly: wide)
    }
}
