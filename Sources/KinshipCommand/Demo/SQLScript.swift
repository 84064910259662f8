// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A script of SQL, cut into its statements.
///
/// The extended protocol takes one statement at a time, and progress is told between them. Strings, quoted names, dollar
/// quotes and comments (nested ones too) are respected: PostgreSQL documentation, "Lexical Structure". Functions with a
/// `BEGIN ATOMIC` body are not cut correctly; write their bodies as dollar-quoted strings.
struct SQLScript {
    /// The statements, without comments before them and semicolons behind.
    private(set) var statements: [String] = []

    private let text: [UInt8]
    private var index = 0
    /// Where the current statement begins; nil before its first token.
    private var start: Int?

    /// Cuts a script.
    init(_ script: String) {
        text = Array(script.utf8)
        while index < text.count { step() }
        finish()
    }

    private mutating func step() {
        switch text[index] {
        case UInt8(ascii: ";"):
            finish()
            index += 1
        case UInt8(ascii: "'"):
            begin()
            let isEscaped = index > 0 && text[index - 1] | 0x20 == UInt8(ascii: "e") && !isWord(at: index - 2)
            skipQuoted(UInt8(ascii: "'"), backslashEscapes: isEscaped)
        case UInt8(ascii: "\""):
            begin()
            skipQuoted(UInt8(ascii: "\""), backslashEscapes: false)
        case UInt8(ascii: "-") where byte(at: index + 1) == UInt8(ascii: "-"):
            while index < text.count, text[index] != 0x0A { index += 1 }
        case UInt8(ascii: "/") where byte(at: index + 1) == UInt8(ascii: "*"):
            skipComment()
        case UInt8(ascii: "$") where !isWord(at: index - 1):
            begin()
            skipDollarQuoted()
        case let space where space == 0x20 || (0x09...0x0D).contains(space):
            index += 1
        default:
            begin()
            index += 1
        }
    }

    private mutating func begin() {
        if start == nil { start = index }
    }

    private mutating func finish() {
        guard let start else { return }
        var end = min(index, text.count)
        while end > start, text[end - 1] == 0x20 || (0x09...0x0D).contains(text[end - 1]) { end -= 1 }
        statements.append(String(decoding: text[start..<end], as: UTF8.self))
        self.start = nil
    }

    private mutating func skipQuoted(_ quote: UInt8, backslashEscapes: Bool) {
        index += 1
        // A doubled quote ends one string and begins the next, which comes to the same.
        while index < text.count, text[index] != quote {
            index += backslashEscapes && text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
    }

    private mutating func skipComment() {
        var depth = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "/"), byte(at: index + 1) == UInt8(ascii: "*") {
                depth += 1
                index += 2
            } else if text[index] == UInt8(ascii: "*"), byte(at: index + 1) == UInt8(ascii: "/") {
                depth -= 1
                index += 2
                if depth == 0 { return }
            } else {
                index += 1
            }
        }
    }

    /// `$tag$ … $tag$`; a `$1` is no quote.
    private mutating func skipDollarQuoted() {
        var end = index + 1
        while isWord(at: end) { end += 1 }
        guard byte(at: end) == UInt8(ascii: "$"), byte(at: index + 1).map({ !(0x30...0x39).contains($0) }) ?? false
        else {
            index += 1
            return
        }
        let tag = text[index...end]
        index = end + 1
        while index + tag.count <= text.count {
            if text[index..<(index + tag.count)] == tag {
                index += tag.count
                return
            }
            index += 1
        }
        index = text.count
    }

    private func byte(at position: Int) -> UInt8? {
        text.indices.contains(position) ? text[position] : nil
    }

    private func isWord(at position: Int) -> Bool {
        guard let byte = byte(at: position) else { return false }
        return byte == UInt8(ascii: "_") || byte >= 0x80 || (0x30...0x39).contains(byte)
            || (0x61...0x7A).contains(byte | 0x20)
    }
}
