// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A set of characters in a regular expression: `a`, `.`, `[^a-z[:digit:]]`.
struct ScalarSet: Sendable {
    /// A named class.
    enum Class: String, Sendable {
        case alpha, upper, lower, digit, alnum, punct, space, blank, print, graph, cntrl, xdigit, ascii, word
    }

    private struct Named: Sendable, Hashable {
        let name: Class
        let isNegated: Bool
    }

    /// Single characters.
    private var ones: Set<Unicode.Scalar> = []
    /// Ranges, each once: a pattern may repeat them as often as it is long.
    private var ranges: Set<ClosedRange<Unicode.Scalar>> = []
    private var named: Set<Named> = []
    /// Which of the ASCII characters are in it, but for the negation: most texts have no others.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)
    var isNegated = false
    var ignoringCase = false

    /// Every character.
    static var any: ScalarSet {
        var set = ScalarSet()
        set.isNegated = true
        return set
    }

    /// What a look costs, in steps: ranges and classes are gone through one by one.
    var weight: Int { 1 + ranges.count / 2 + named.count }

    mutating func insert(_ scalar: Unicode.Scalar) {
        add(scalar)
        guard ignoringCase else { return }
        add(scalar.simplyLowercased)
        add(scalar.simplyUppercased)
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        ones.insert(scalar)
        addASCII(scalar.value)
    }

    private mutating func addASCII(_ value: UInt32) {
        if value < 64 { ascii.low |= 1 << UInt64(value) } else if value < 128 { ascii.high |= 1 << UInt64(value - 64) }
    }

    mutating func insert(_ first: Unicode.Scalar, _ last: Unicode.Scalar) {
        guard first <= last, ranges.insert(first...last).inserted, first.value < 128 else { return }
        for value in UInt8(first.value)...UInt8(min(last.value, 127)) {
            addASCII(UInt32(value))
            let scalar = Unicode.Scalar(value)
            guard ignoringCase else { continue }
            addASCII(scalar.simplyLowercased.value)
            addASCII(scalar.simplyUppercased.value)
        }
    }

    mutating func insert(_ name: Class, negated: Bool = false) {
        guard named.insert(Named(name: name, isNegated: negated)).inserted else { return }
        for value in UInt8(0)..<128 where Self.has(Unicode.Scalar(value), name) != negated { addASCII(UInt32(value)) }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 64 { return (ascii.low >> UInt64(value) & 1 != 0) != isNegated }
        if value < 128 { return (ascii.high >> UInt64(value - 64) & 1 != 0) != isNegated }
        return (has(scalar) || (ignoringCase && hasOtherCase(of: scalar))) != isNegated
    }

    private func has(_ scalar: Unicode.Scalar) -> Bool {
        ones.contains(scalar) || ranges.contains { $0.contains(scalar) }
            || named.contains { Self.has(scalar, $0.name) != $0.isNegated }
    }

    /// Whether the character is the other case of one in a range. Not so if it merely has that for its own other case:
    /// İ is no i.
    private func hasOtherCase(of scalar: Unicode.Scalar) -> Bool {
        let (lower, upper) = (scalar.simplyLowercased, scalar.simplyUppercased)
        return ranges.contains { range in
            (range.contains(lower) && lower.simplyUppercased == scalar)
                || (range.contains(upper) && upper.simplyLowercased == scalar)
        }
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool { has(scalar, .word) }

    private static func has(_ scalar: Unicode.Scalar, _ name: Class) -> Bool {
        let value = scalar.value
        switch name {
        case .ascii: return value < 0x80
        case .digit: return value >= 0x30 && value <= 0x39
        case .xdigit: return value < 0x80 && scalar.properties.isASCIIHexDigit
        case .word: return scalar == "_" || has(scalar, .alnum)
        case .alpha:
            if value < 0x80 { return value | 0x20 >= 0x61 && value | 0x20 <= 0x7A }
            // The server's C library takes digits beyond ASCII for letters.
            return scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber
        case .alnum: return has(scalar, .alpha) || has(scalar, .digit)
        case .upper: return scalar.properties.isUppercase
        case .lower: return scalar.properties.isLowercase
        case .blank:
            return value == 0x09 || (has(scalar, .space) && scalar.properties.generalCategory == .spaceSeparator)
        case .space:
            // No-break spaces are none there.
            return scalar.properties.isWhitespace && ![0x85, 0xA0, 0x2007, 0x202F].contains(value)
        case .cntrl:
            return scalar.properties.generalCategory == .control || value == 0x2028 || value == 0x2029
        case .print: return has(scalar, .graph) || (has(scalar, .space) && !has(scalar, .cntrl) && value != 0x09)
        case .graph:
            return switch scalar.properties.generalCategory {
            case .control, .unassigned, .surrogate, .spaceSeparator, .lineSeparator, .paragraphSeparator:
                value == 0xA0 || value == 0x2007 || value == 0x202F
            default: true
            }
        case .punct: return has(scalar, .graph) && !has(scalar, .alnum)
        }
    }
}
