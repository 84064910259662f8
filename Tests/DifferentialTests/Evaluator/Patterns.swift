// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// LIKE and regular expressions on texts.
enum Patterns {
    /// SQL's LIKE, the backslash being the escape character.
    static func like(_ text: String, _ pattern: String, ignoringCase: Bool) -> Bool {
        func folded(_ text: String) -> [Unicode.Scalar] {
            guard ignoringCase else { return Array(text.unicodeScalars) }
            return text.unicodeScalars.map { scalar in
                let lower = scalar.properties.lowercaseMapping.unicodeScalars
                return lower.count == 1 ? lower.first ?? scalar : scalar
            }
        }
        return matches(folded(text)[...], folded(pattern)[...])
    }

    private static func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case "%":
            let rest = pattern.dropFirst()
            return (text.startIndex...text.endIndex).contains { matches(text[$0...], rest) }
        case "_": return !text.isEmpty && matches(text.dropFirst(), pattern.dropFirst())
        case "\\":
            guard let literal = pattern.dropFirst().first else { return false }
            return text.first == literal && matches(text.dropFirst(), pattern.dropFirst(2))
        default: return text.first == first && matches(text.dropFirst(), pattern.dropFirst())
        }
    }

    /// A regular expression of those that mean the same to POSIX and to ICU: characters, classes, groups, alternatives,
    /// `* + ?`, `^` and `$`.
    static func expression(_ pattern: String, ignoringCase: Bool) throws -> NSRegularExpression {
        var translated = ""
        var isEscaped = false
        var depth = 0
        for character in pattern {
            switch character {
            case _ where isEscaped: translated += "\\" + String(character)
            case "\\": break
            // POSIX means the ends of the text, ICU those of its last line.
            case "$" where depth == 0: translated += "\\z"
            case "^" where depth == 0: translated += "\\A"
            default: translated.append(character)
            }
            if !isEscaped {
                if character == "[" { depth += 1 }
                if character == "]", depth > 0 { depth -= 1 }
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return try NSRegularExpression(
            pattern: translated,
            options: ignoringCase ? [.caseInsensitive, .dotMatchesLineSeparators] : [.dotMatchesLineSeparators])
    }

    static func matches(_ text: String, _ expression: NSRegularExpression) -> Bool {
        expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
