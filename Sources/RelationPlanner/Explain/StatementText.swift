// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A statement as pictures show it: what is selected is shortened, what decides about rows is not, and it is broken before its
/// clauses.
struct StatementText {
    /// So many plain columns of a list are shown; of longer lists the first one.
    private static let mostColumns = 3
    /// A sub-select that is longer stands on rows of its own.
    private static let longestInline = 44

    private static let clauses = [
        "FROM ", "CROSS JOIN ", "LEFT JOIN ", "WHERE ", "GROUP BY ", "ORDER BY ", "LIMIT ", "UNION ALL ", "SELECT ",
    ]

    /// The statement's characters.
    private let text: [Character]
    /// For each character how many parentheses are open around it; nil inside identifiers and literals.
    private let depths: [Int?]

    init(_ text: String) { self.init(Array(text)) }

    private init(_ text: [Character]) {
        self.text = text
        var depths: [Int?] = []
        depths.reserveCapacity(text.count)
        var depth = 0
        var quote: Character?
        for character in text {
            if let open = quote {
                depths.append(nil)
                if character == open { quote = nil }
                continue
            }
            if character == ")" { depth = max(depth - 1, 0) }
            switch character {
            case "\"", "'":
                quote = character
                depths.append(nil)
            default: depths.append(depth)
            }
            if character == "(" { depth += 1 }
        }
        self.depths = depths
    }

    // MARK: Lists

    /// The statement with the plain columns of long lists replaced by an ellipsis: `SELECT t."id", …, row_number() OVER (…)`.
    var elided: StatementText {
        var shown = self
        // From the end on: what is replaced lies behind what is looked at next.
        for position in text.indices.reversed() where shown.begins("SELECT ", at: position) {
            guard let depth = shown.depths[position] else { continue }
            let start = position + "SELECT ".count
            let end = shown.endOfList(from: start, at: depth)
            guard let list = shown.shortened(start..<end, at: depth) else { continue }
            shown = StatementText(Array(shown.text[..<start]) + list + Array(shown.text[end...]))
        }
        return shown
    }

    private func endOfList(from start: Int, at depth: Int) -> Int {
        for position in start..<text.count {
            guard let here = depths[position] else { continue }
            // A parenthesis that closes stands at the depth of what is around it.
            if here < depth { return position }
            if here == depth, text[position] == " ", begins("FROM ", at: position + 1) { return position }
        }
        return text.count
    }

    /// The list with an ellipsis; nil when it is short enough.
    private func shortened(_ range: Range<Int>, at depth: Int) -> [Character]? {
        var items: [[Character]] = [[]]
        var areColumns = [true]
        for position in range {
            if depths[position] == depth, text[position] == "," {
                items.append([])
                areColumns.append(true)
            } else {
                items[items.count - 1].append(text[position])
                // What stands in quotes is a name, whatever it is.
                if depths[position] != nil, "($?".contains(text[position]) { areColumns[items.count - 1] = false }
            }
        }
        guard areColumns.count(where: \.self) > Self.mostColumns else { return nil }
        var kept: [[Character]] = []
        var columns = 0
        var isElided = false
        for (item, isColumn) in zip(items, areColumns) {
            if isColumn { columns += 1 }
            if !isColumn || columns == 1 {
                kept.append(item)
                isElided = false
            } else if !isElided {
                kept.append([" ", "…"])
                isElided = true
            }
        }
        return Array(kept.joined(separator: [","]))
    }

    // MARK: Rows

    /// The statement's clauses, each with its indent: one if all of it is no wider than `columns`.
    func rows(columns: Int) -> [(indent: Int, text: String)] {
        guard ExplainRows.width(String(text)) > columns else { return [(0, String(text))] }
        let isBroken = brokenGroups
        var rows: [(indent: Int, text: String)] = []
        var row = ""
        var indent = 0
        /// Whether each of the groups around is broken.
        var groups: [Bool] = []
        for (position, character) in text.enumerated() {
            let isOutside = depths[position] != nil
            if isOutside, character == ")" { _ = groups.popLast() }
            if isOutside, character == " ", groups.allSatisfy(\.self),
                Self.clauses.contains(where: { begins($0, at: position + 1) })
            {
                rows.append((indent, row))
                row = ""
                indent = 2 + 2 * groups.count
                continue
            }
            row.append(character)
            if isOutside, character == "(" { groups.append(isBroken.contains(position)) }
        }
        return rows + [(indent, row)]
    }

    /// Where the parentheses of long sub-selects open.
    private var brokenGroups: Set<Int> {
        var groups: Set<Int> = []
        var open: [Int] = []
        for (position, character) in text.enumerated() where depths[position] != nil {
            if character == "(" { open.append(position) }
            if character == ")", let start = open.popLast(), position - start > Self.longestInline,
                begins("SELECT ", at: start + 1)
            {
                groups.insert(start)
            }
        }
        return groups
    }

    private func begins(_ word: String, at position: Int) -> Bool {
        guard position < text.count, depths[position] != nil else { return false }
        return text[position...].starts(with: word)
    }

    /// The statement in one row.
    var string: String { String(text) }
}
