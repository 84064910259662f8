// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What can be said about PostgreSQL's regular expressions without the server: only what is certainly wrong.
enum RegularExpressionText {
    /// What is wrong; nil when nothing is known to be.
    static func problem(_ text: String) -> String? {
        // A director or embedded options can make the rest literal: the server judges.
        if text.hasPrefix("***") || text.hasPrefix("(?") { return nil }
        let bytes = Array(text.utf8)
        var index = 0
        var open = 0
        /// Whether something stands here that a quantifier can follow.
        var hasAtom = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                index += 1
                if index == bytes.count { return "the backslash at its end escapes nothing" }
                hasAtom = true
            case UInt8(ascii: "["):
                guard let end = endOfBracket(bytes, index) else { return "[ is not closed" }
                index = end
                hasAtom = true
            case UInt8(ascii: "("):
                open += 1
                hasAtom = false
                // (?:…), (?=…) and the like.
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "?") { index += 2 }
            case UInt8(ascii: ")"):
                if open == 0 { return ") closes nothing" }
                open -= 1
                hasAtom = true
            case UInt8(ascii: "|"): hasAtom = false
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                if !hasAtom { return "a quantifier follows nothing" }
            default: hasAtom = true
            }
            index += 1
        }
        return open > 0 ? "( is not closed" : nil
    }

    private static func endOfBracket(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start + 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "^") { index += 1 }
        // The first ] is a member of the set.
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1 }
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "]"): return index
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "["):
                // [:alpha:], [.x.] and [=x=] end as they began.
                guard index + 1 < bytes.count, ":.=".utf8.contains(bytes[index + 1]) else {
                    index += 1
                    continue
                }
                let mark = bytes[index + 1]
                index += 2
                while index + 1 < bytes.count, !(bytes[index] == mark && bytes[index + 1] == UInt8(ascii: "]")) {
                    index += 1
                }
                if index + 1 >= bytes.count { return nil }
                index += 2
            default: index += 1
            }
        }
        return nil
    }
}

/// The syntax of `to_tsquery`, a little narrower than the server's: whatever passes here is no syntax error there.
enum TextSearchText {
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
