// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Finds the values of a record of JSON in its bytes.
struct JSONRecord {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// All bits that are set in a byte of a text.
    private var bits: UInt8 = 0

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Puts the values of a record's properties where they belong.
    ///
    /// - Returns: false where it is no record as most are, and has to be read as a whole: it isn't JSON, or has names that mean
    ///   nothing.
    static func scan(_ bytes: UnsafeRawBufferPointer, _ places: PropertyPlaces, into tokens: inout [Token]) -> Bool {
        for place in tokens.indices { tokens[place].kind = .absent }
        var record = JSONRecord(bytes)
        guard record.members(places, &tokens) else { return false }
        return record.bits < 0x80 || String(validating: bytes, as: UTF8.self) != nil
    }

    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { return }
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func members(_ places: PropertyPlaces, _ tokens: inout [Token]) -> Bool {
        var guess = 0
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return false }
        skipSpace()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                let name = string()
                guard name.kind == .text else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
                skipSpace()
                let place = places.place(of: name.bytes(in: bytes), guess: &guess)
                guard place != PropertyPlaces.unknown else { return false }
                let value = value()
                guard value.kind != .absent else { return false }
                if place >= 0 { tokens[place] = value }
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return false }
        }
        skipSpace()
        return position == bytes.count
    }

    /// A value; absent where there is none.
    private mutating func value() -> Token {
        switch next {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: "n"): return word("null", .null)
        case UInt8(ascii: "t"): return word("true", .yes)
        case UInt8(ascii: "f"): return word("false", .no)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var scanner = JSONScanner(bytes, from: position)
            guard scanner.skipValue() else { return Token() }
            let token = Token(kind: .container, start: position, end: scanner.position)
            position = scanner.position
            return token
        default: return Token()
        }
    }

    private mutating func word(_ word: StaticString, _ kind: Token.Kind) -> Token {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count else { return Token() }
        for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] {
            return Token()
        }
        defer { position = end }
        return Token(kind: kind, start: position, end: end)
    }

    private mutating func string() -> Token {
        guard take(UInt8(ascii: "\"")) else { return Token() }
        let start = position
        var isEscaped = false
        var seen = bits
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                bits = seen
                return isEscaped
                    ? Token(kind: .escaped, start: start - 1, end: position)
                    : Token(kind: .text, start: start, end: position - 1)
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                position += 2
                continue
            }
            guard byte >= 0x20 else { return Token() }
            seen |= byte
            position += 1
        }
        return Token()
    }

    private mutating func number() -> Token {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard digits() else { return Token() } }
        if take(UInt8(ascii: ".")) { guard digits() else { return Token() } }
        if next | 0x20 == UInt8(ascii: "e") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard digits() else { return Token() }
        }
        return Token(kind: .number, start: start, end: position)
    }

    private mutating func digits() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 <= 9 { position += 1 }
        return position > start
    }
}
