// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is told to people: on one line, without what a terminal or a log would obey, and of a length that can be read.
///
/// Names, paths and a server's words come from others. A name with an escape sequence must not colour or clear a terminal, one
/// with a line break must not forge a line of a log, one with a mark that turns the direction of writing must not look like
/// another, and one of a megabyte must not bury the rest.
package enum MessageText {
    /// As long as one word gets: longer than any name PostgreSQL has, and than most paths.
    static let longestWord = 160
    /// As long as a whole message gets.
    static let longestMessage = 1_500

    /// A message: what is between its spaces is shortened, then the whole of it; its end, where the remedy is, stays.
    package static func message(_ text: String) -> String {
        guard isOdd(text) else { return text }
        let words = escaped(text).split(separator: " ", omittingEmptySubsequences: false)
        return shortened(
            words.map { shortened(String($0), to: longestWord) }.joined(separator: " "), to: longestMessage)
    }

    /// A name, a path or another piece of a message.
    package static func name(_ text: String) -> String {
        isOdd(text) ? shortened(escaped(text), to: longestWord) : text
    }

    /// Whether there is anything to do, which there hardly ever is.
    private static func isOdd(_ text: String) -> Bool {
        text.utf8.count > longestWord || text.unicodeScalars.contains { $0.isObeyed }
    }

    /// The text with what is obeyed rather than shown written as in Swift: `\n`, `\u{1b}`.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where scalar.isObeyed: escaped += "\\u{\(String(scalar.value, radix: 16))}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The text, or its beginning and its end with an ellipsis between them.
    package static func shortened(_ text: String, to length: Int) -> String {
        // By scalars: a single character can be endless.
        let scalars = text.unicodeScalars
        guard scalars.count > length else { return text }
        let end = length / 3
        var kept = String.UnicodeScalarView(scalars.prefix(length - end - 1))
        kept.append("…")
        kept.append(contentsOf: scalars.suffix(end))
        return String(kept)
    }
}

extension Unicode.Scalar {
    /// Whether terminals, logs or editors obey it instead of showing it: control characters, separators of lines, marks that
    /// turn the direction of writing, and tags.
    package var isObeyed: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }
}
