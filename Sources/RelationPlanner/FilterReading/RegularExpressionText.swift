// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What can be said about PostgreSQL's regular expressions without the server: only what is certainly wrong.
enum RegularExpressionText {
    /// The server's stack is too small for tens of thousands of alternatives (54001).
    private static let longest = 32_768

    /// What is wrong; nil when nothing is known to be.
    static func problem(_ text: String) -> String? {
        if text.utf8.count > longest { return "it has \(text.utf8.count) bytes, more than \(longest)" }
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
