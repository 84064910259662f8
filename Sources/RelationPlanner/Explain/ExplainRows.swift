// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Breaks what is said about a node into rows of a width.
enum ExplainRows {
    /// As wide as a row gets.
    static let columns = 84
    /// As many rows as one line of words gets.
    static let longest = 9
    /// As many rows as a statement gets.
    static let longestStatement = 20

    /// The rows of a line; what doesn't fit is cut, with an ellipsis.
    static func rows(of line: ExplainTree.Line, columns: Int) -> [String] {
        var rows: [String] = []
        for part in line.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let part = part.unicodeScalars.map { $0.isObeyed ? " " : Character($0) }
            let text = String(part)
            if line.kind == .code {
                for row in StatementText(text).elided.rows(columns: columns) {
                    let indent = String(repeating: " ", count: row.indent)
                    rows += wrapped(row.text, columns: columns, indent: indent, hanging: indent + "    ")
                }
            } else {
                rows += wrapped(text, columns: columns, indent: "", hanging: "  ")
            }
        }
        let longest = line.kind == .code ? longestStatement : longest
        guard rows.count > longest else { return rows }
        rows.removeSubrange(longest...)
        rows[longest - 1] = cut(rows[longest - 1] + " …", columns: columns)
        return rows
    }

    /// A text shortened to a width, with an ellipsis.
    static func cut(_ text: String, columns: Int) -> String {
        guard width(text) > columns else { return text }
        var kept = ""
        var used = 1
        for character in text {
            used += width(of: character)
            if used > columns { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// How many columns of a fixed-width font a text takes.
    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    /// Two for East Asian wide characters and pictures.
    private static func width(of character: Character) -> Int {
        guard let value = character.unicodeScalars.first?.value else { return 0 }
        switch value {
        case ..<0x1100: return 1
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// A row for as many words as fit; a word that fits none is broken.
    private static func wrapped(_ text: String, columns: Int, indent: String, hanging: String) -> [String] {
        var rows: [String] = []
        var row = indent
        var used = indent.count
        var isEmpty = true
        func isTooWide(_ word: Substring) -> Bool { used + (isEmpty ? 0 : 1) + width(String(word)) > columns }
        func finish() {
            rows.append(row)
            row = hanging
            used = hanging.count
            isEmpty = true
        }
        for word in text.split(separator: " ") {
            var word = word
            if isTooWide(word), !isEmpty { finish() }
            while isTooWide(word) {
                var taken = word.startIndex
                while taken < word.endIndex, used + width(of: word[taken]) <= columns {
                    used += width(of: word[taken])
                    taken = word.index(after: taken)
                }
                row += word[..<taken]
                word = word[taken...]
                finish()
            }
            if word.isEmpty { continue }
            row += (isEmpty ? "" : " ") + word
            used += (isEmpty ? 0 : 1) + width(String(word))
            isEmpty = false
        }
        if !isEmpty || rows.isEmpty { rows.append(row) }
        return rows
    }
}
