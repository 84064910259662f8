// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The syntax of `to_tsquery`, a little narrower than the server's: whatever passes here is no syntax error there.
enum TextSearchText {
    /// The server takes some thousands of words, fewer of compound ones: with more its stack is too small (54001).
    static let longest = 8_192
    /// It keeps 32 operators that wait for what they apply to.
    private static let mostNegations = 24

    /// What keeps the server from reading a text; nil when nothing is known to.
    static func problem(_ text: String, _ syntax: Condition.TextSearch.Syntax) -> String? {
        if text.utf8.count > longest { return "at most \(longest) bytes of words; this one has \(text.utf8.count)" }
        switch syntax {
        case .query where !isQuery(text):
            return "words joined by & | ! and <->; for what people type, use {\"query\": …, \"syntax\": \"web\"}"
        case .query, .web:
            let mark = syntax == .web ? UInt8(ascii: "-") : UInt8(ascii: "!")
            return hasNegations(mark, in: text) ? "at most \(mostNegations) negations of one word" : nil
        case .plain, .phrase: return nil
        }
    }

    /// Whether more negations than the server takes come after each other, whatever else stands between them that is no word.
    private static func hasNegations(_ mark: UInt8, in text: String) -> Bool {
        var count = 0
        for byte in text.utf8 {
            if byte == mark { count += 1 } else if isWordByte(byte), byte != UInt8(ascii: "-") { count = 0 }
            if count > mostNegations { return true }
        }
        return false
    }

    static func isQuery(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var index = 0
        var open = 0
        var wantsOperand = true
        func skipSpace() {
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x0A {
                index += 1
            }
        }
        skipSpace()
        // An empty query matches nothing, which is no error.
        if index == bytes.count { return true }
        while index < bytes.count {
            let byte = bytes[index]
            if wantsOperand {
                switch byte {
                case UInt8(ascii: "!"): index += 1
                case UInt8(ascii: "("):
                    open += 1
                    if open > 32 { return false }
                    index += 1
                default:
                    guard let end = endOfWord(bytes, index) else { return false }
                    index = end
                    wantsOperand = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "&"), UInt8(ascii: "|"):
                    index += 1
                    wantsOperand = true
                case UInt8(ascii: "<"):
                    guard let end = endOfDistance(bytes, index) else { return false }
                    index = end
                    wantsOperand = true
                case UInt8(ascii: ")"):
                    open -= 1
                    if open < 0 { return false }
                    index += 1
                default: return false
                }
            }
            skipSpace()
        }
        return open == 0 && !wantsOperand
    }

    /// A word of letters, digits, _ and -, or a quoted one; then perhaps `:*` or weights.
    private static func endOfWord(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start
        if bytes[index] == UInt8(ascii: "'") {
            index += 1
            while true {
                guard index < bytes.count, bytes[index] != UInt8(ascii: "\\") else { return nil }
                if bytes[index] == UInt8(ascii: "'") {
                    if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "'") { index += 1 } else { break }
                }
                index += 1
            }
            if index == start + 1 { return nil }
            index += 1
        } else {
            while index < bytes.count, isWordByte(bytes[index]) { index += 1 }
            if index == start || index - start > 2_000 { return nil }
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
            let marks = index + 1
            index = marks
            while index < bytes.count, "*ABCDabcd".utf8.contains(bytes[index]) { index += 1 }
            if index == marks { return nil }
        }
        return index
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x80..., UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// `<->` or `<3>`.
    private static func endOfDistance(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start + 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") {
            index += 1
        } else {
            while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
            guard index > start + 1, index <= start + 5 else { return nil }
        }
        return index < bytes.count && bytes[index] == UInt8(ascii: ">") ? index + 1 : nil
    }
}
