// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A script of SQL, cut into its statements.
///
/// The extended protocol takes one statement at a time, and progress is told between them. Strings, quoted names, dollar
/// quotes and comments (nested ones too) are respected: PostgreSQL documentation, "Lexical Structure"; so are parentheses, and
/// the bodies of functions between `BEGIN ATOMIC` and `END`.
package struct SQLScript {
    /// The statements, without comments before them and semicolons behind.
    package private(set) var statements: [String] = []
    /// Whether a string, comment or body was open at the end.
    package private(set) var isOpen = false

    private let text: [UInt8]
    private var index = 0
    /// Where the current statement begins; nil before its first token.
    private var start: Int?
    /// Words of the current statement: its first, then whatever decides whether its body has semicolons of its own.
    private var words: [String] = []
    private var bodies = 0
    private var parentheses = 0

    /// Cuts a script.
    package init(_ script: String) {
        text = Array(script.utf8)
        while index < text.count { step() }
        if bodies > 0 || parentheses > 0 || index > text.count { isOpen = true }
        finish()
    }

    private mutating func step() {
        switch text[index] {
        case UInt8(ascii: ";") where bodies == 0 && parentheses == 0:
            finish()
            index += 1
        case UInt8(ascii: "("):
            begin()
            parentheses += 1
            index += 1
        case UInt8(ascii: ")"):
            begin()
            parentheses = max(0, parentheses - 1)
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
            if isWord(at: index) { readWord() } else { index += 1 }
        }
    }

    /// A word, a number or a parameter; the prefix of a string ends ahead of its quote.
    private mutating func readWord() {
        let first = index
        while isWord(at: index) || byte(at: index) == UInt8(ascii: "$") { index += 1 }
        let word = String(decoding: text[first..<index], as: UTF8.self).uppercased()
        let isRoutine = words.first == "CREATE" && words.contains { $0 == "FUNCTION" || $0 == "PROCEDURE" }
        if words.count < 8 { words.append(word) }
        guard isRoutine else { return }
        switch word {
        case "ATOMIC": bodies += 1
        case "CASE" where bodies > 0: bodies += 1
        case "END" where bodies > 0: bodies -= 1
        default: break
        }
    }

    private mutating func begin() {
        if start == nil { start = index }
    }

    private mutating func finish() {
        (words, bodies, parentheses) = ([], 0, 0)
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
        isOpen = true
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
        isOpen = true
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
