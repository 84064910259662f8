// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which way a COPY exchanges bytes with the client, as its text says.
///
/// COPY with a file or a program of the server exchanges none, and is a statement like any other.
enum CopyDirection {
    /// `COPY … FROM STDIN`.
    case fromClient
    /// `COPY … TO STDOUT`.
    case toClient

    /// Whether nothing but comments follows the text's first statement.
    static func isAlone(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = WordScanner(bytes)
            return scanner.isAlone()
        }
    }

    /// Nil when the text is something else. Costs a look at the first letters when it doesn't begin with COPY.
    static func of(_ text: String) -> CopyDirection? {
        var text = text
        return text.withUTF8 { bytes in
            var first = 0
            while first < bytes.count, bytes[first] <= 0x20 { first += 1 }
            guard first < bytes.count else { return nil }
            switch bytes[first] {
            case UInt8(ascii: "c"), UInt8(ascii: "C"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                var scanner = WordScanner(bytes)
                return scanner.direction()
            default:
                return nil
            }
        }
    }
}

/// Reads the words of a statement that stand in no quotes, comments or parentheses.
private struct WordScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func direction() -> CopyDirection? {
        guard next() == "copy" else { return nil }
        var before = ""
        while let word = next() {
            // The server takes either word for the other.
            if word == "stdin" || word == "stdout" {
                if before == "from" { return .fromClient }
                if before == "to" { return .toClient }
            }
            before = word
        }
        return nil
    }

    mutating func isAlone() -> Bool {
        var hasEnded = false
        while let word = next() {
            if word == ";" { hasEnded = true } else if hasEnded { return false }
        }
        return true
    }

    /// The next word in small letters, or a semicolon; `""` for what is in quotes or parentheses, nil at the end.
    private mutating func next() -> String? {
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "'"):
                skipQuoted(byte, escapes: false)
                if depth == 0 { return "" }
            case UInt8(ascii: "\""):
                skipQuoted(byte, escapes: false)
                if depth == 0 { return "" }
            case UInt8(ascii: "$"):
                skipDollarQuoted()
            case UInt8(ascii: "-") where peek(1) == byte:
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                skipComment()
            case UInt8(ascii: ";"):
                position += 1
                return ";"
            case UInt8(ascii: "("):
                depth += 1
                position += 1
            case UInt8(ascii: ")"):
                depth -= 1
                position += 1
                if depth <= 0 { return "" }
            case _ where Self.isInWord(byte):
                let word = word()
                if word == "e", peek(0) == UInt8(ascii: "'") { skipQuoted(UInt8(ascii: "'"), escapes: true) }
                if depth == 0 { return word }
            default:
                position += 1
            }
        }
        return nil
    }

    private func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private static func isInWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private mutating func word() -> String {
        let start = position
        while let byte = peek(0), Self.isInWord(byte) || byte == UInt8(ascii: "$") { position += 1 }
        guard position - start <= 12 else { return "" }
        return String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
    }

    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        position += 1
        while let byte = peek(0) {
            position += 1
            if escapes, byte == UInt8(ascii: "\\") { position += 1 }
            // Doubled, it is part of the text; that this begins another quotation is the same.
            if byte == quote { return }
        }
    }

    /// `$tag$ … $tag$`, or a lonely dollar.
    private mutating func skipDollarQuoted() {
        var end = position + 1
        while end < bytes.count, Self.isInWord(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            position += 1
            return
        }
        let tag = bytes[position...end]
        position = end + 1
        while position + tag.count <= bytes.count {
            if bytes[position..<position + tag.count].elementsEqual(tag) {
                position += tag.count
                return
            }
            position += 1
        }
        position = bytes.count
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if peek(0) == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if peek(0) == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0 && position < bytes.count
    }
}
