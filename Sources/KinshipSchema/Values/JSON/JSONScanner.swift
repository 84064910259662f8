// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Goes through JSON text without building anything, however deep it is nested: where a value ends, and whether it is one.
///
/// ```swift
/// var scanner = JSONScanner(bytes)
/// let isJSON = scanner.skipValue() && scanner.isAtEnd
/// ```
///
/// It takes a bit of memory for each level of nesting, and no stack.
package struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    /// Where it stands.
    package var position: Int

    package init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether bytes are one JSON value.
    package static func isValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var scanner = JSONScanner(bytes)
        return scanner.skipValue() && scanner.isAtEnd
    }

    /// The byte that is next; nil at the end.
    package var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Whether nothing but space is left, which it skips.
    package var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    package mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Skips a byte, if it is next.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    // MARK: Values

    /// Skips a value with the space ahead of it; false where there is none.
    package mutating func skipValue() -> Bool {
        var open = OpenContainers()
        while true {
            skipSpace()
            switch next {
            case UInt8(ascii: "{"):
                position += 1
                skipSpace()
                if !take(UInt8(ascii: "}")) {
                    open.push(isObject: true)
                    guard skipKey() else { return false }
                    continue
                }
            case UInt8(ascii: "["):
                position += 1
                skipSpace()
                if !take(UInt8(ascii: "]")) {
                    open.push(isObject: false)
                    continue
                }
            default: guard skipScalar() else { return false }
            }
            // The value ends here, and with it perhaps what it is in.
            while true {
                guard let isObject = open.last else { return true }
                skipSpace()
                if take(UInt8(ascii: ",")) {
                    if isObject { guard skipKey() else { return false } }
                    break
                }
                guard take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                open.pop()
            }
        }
    }

    /// Skips a key and its colon.
    private mutating func skipKey() -> Bool {
        skipSpace()
        guard skipString() else { return false }
        skipSpace()
        return take(UInt8(ascii: ":"))
    }

    /// Skips a value that is no container.
    package mutating func skipScalar() -> Bool {
        switch next {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "t"): take("true")
        case UInt8(ascii: "f"): take("false")
        case UInt8(ascii: "n"): take("null")
        default: skipNumber()
        }
    }

    /// Skips a string in its quotes.
    package mutating func skipString() -> Bool {
        guard take(0x22) else { return false }
        while let byte = next {
            position += 1
            if byte == 0x22 { return true }
            if byte < 0x20 { return false }
            guard byte == 0x5C else { continue }
            guard let escaped = next else { return false }
            position += 1
            switch escaped {
            case 0x22, 0x5C, 0x2F, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
                UInt8(ascii: "t"):
                continue
            case UInt8(ascii: "u"):
                for _ in 0..<4 {
                    guard let digit = next, Self.isHexDigit(digit) else { return false }
                    position += 1
                }
            default: return false
            }
        }
        return false
    }

    private mutating func take(_ word: StaticString) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] {
            return false
        }
        position += word.utf8CodeUnitCount
        return true
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func skipNumber() -> Bool {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard skipDigits() else { return false } }
        if take(UInt8(ascii: ".")) { guard skipDigits() else { return false } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { return false }
        }
        return true
    }
}

/// What is open, outermost first: a bit for each, set for objects.
private struct OpenContainers {
    /// The innermost 64; the rest is in ``words``, so that nothing is allocated for what isn't deep.
    private var word: UInt64 = 0
    private var words: [UInt64] = []
    private var count = 0

    /// Whether the innermost is an object; nil when none is open.
    var last: Bool? { count > 0 ? word & 1 != 0 : nil }

    mutating func push(isObject: Bool) {
        if count > 0, count % 64 == 0 { words.append(word) }
        word = word << 1 | (isObject ? 1 : 0)
        count += 1
    }

    mutating func pop() {
        word >>= 1
        count -= 1
        if count > 0, count % 64 == 0, let outer = words.popLast() { word = outer }
    }
}
