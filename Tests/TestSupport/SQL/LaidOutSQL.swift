// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A statement's text, to be compared with one that is laid out over several lines: white space between its words, names and signs
/// makes no difference, everything else does, and what stands in quotes is exact.
///
/// ```swift
/// #expect(
///     LaidOutSQL(plan.fetches[0].text) == #"""
///         SELECT t."id"
///         FROM "public"."orders" AS t
///         WHERE t."id" = $1
///         """#)
/// ```
public struct LaidOutSQL: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The words, names, signs and texts, in their order.
    public let words: [String]

    /// A statement.
    public init(_ text: String) { words = Self.words(of: text) }

    /// A statement as it is expected.
    public init(stringLiteral text: String) { self.init(text) }

    /// On one line, a space between all.
    public var description: String { words.joined(separator: " ") }

    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var rest = Substring(text)
        while let first = rest.first {
            let word: Substring
            if first.isWhitespace {
                rest.removeFirst()
                continue
            } else if first == "'" || first == "\"" {
                word = quoted(rest, by: first)
            } else if first.isLetter || first.isNumber || first == "_" || first == "$" {
                word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
            } else if "(),[];.".contains(first) {
                word = rest.prefix(1)
            } else {
                // A sign of several characters is one: `->>`, `::`, `<=`.
                word = rest.prefix { "+-*/<>=~!@#%^&|`?:".contains($0) }
            }
            // What nothing above knows stands for itself.
            let taken = word.isEmpty ? rest.prefix(1) : word
            words.append(String(taken))
            rest.removeFirst(taken.count)
        }
        return words
    }

    /// A text or a name with its quotes, of which two stand for one inside; to the end where none closes it.
    private static func quoted(_ text: Substring, by quote: Character) -> Substring {
        var end = text.index(after: text.startIndex)
        while end < text.endIndex {
            let next = text.index(after: end)
            guard text[end] == quote else {
                end = next
                continue
            }
            guard next < text.endIndex, text[next] == quote else { return text[..<next] }
            end = text.index(after: next)
        }
        return text
    }
}
