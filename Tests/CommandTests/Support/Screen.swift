// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

@testable import KinshipCommand

/// What a terminal shows of what was written to it.
struct Screen {
    private let columns: Int
    /// All rows since the beginning, those that were scrolled away as well.
    private(set) var rows: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    /// The beginning of a command whose end is still to come.
    private var pending = ""
    /// Whether a line went on on the next one because it was too long.
    private(set) var hasWrapped = false
    /// Whether colours were switched on.
    private(set) var hasColors = false

    init(columns: Int) { self.columns = columns }

    /// The rows as texts.
    var text: String {
        rows.map { String($0.filter { $0 != "\0" }).trimmingSuffix { $0 == " " } }.joined(separator: "\n")
    }

    /// Where the cursor is.
    var cursor: (row: Int, column: Int) { (row, column) }

    /// Takes what was written.
    mutating func write(_ text: String) {
        var rest = (pending + text)[...]
        pending = ""
        while let letter = rest.popFirst() {
            switch letter {
            case "\u{1B}":
                guard let end = rest.firstIndex(where: \.isLetter) else {
                    pending = "\u{1B}" + rest
                    return
                }
                rest = rest.dropFirst()
                obey(rest[end], Int(rest[..<end]) ?? 1)
                rest = rest[rest.index(after: end)...]
            case "\r": column = 0
            case "\n", "\r\n":
                (row, column) = (row + 1, 0)
                if row == rows.count { rows.append([]) }
            default: put(letter)
            }
        }
    }

    private mutating func obey(_ command: Character, _ number: Int) {
        switch command {
        case "A": row = max(row - number, 0)
        case "C": column = min(column + number, columns - 1)
        case "J":
            rows[row] = Array(rows[row].prefix(column))
            rows.removeSubrange((row + 1)...)
        case "K": rows[row] = Array(rows[row].prefix(column))
        case "m": hasColors = true
        default: break
        }
    }

    private mutating func put(_ letter: Character) {
        let width = TextWidth.columns(of: letter)
        // Indents and the like, which a terminal that gives whole lines shows as they are typed.
        guard width > 0 else { return }
        if column + width > columns {
            hasWrapped = true
            (row, column) = (row + 1, 0)
            if row == rows.count { rows.append([]) }
        }
        while rows[row].count < column + width { rows[row].append(" ") }
        rows[row][column] = letter
        // The second half of a wide letter.
        if width == 2 { rows[row][column + 1] = "\0" }
        column += width
    }
}

extension String {
    fileprivate func trimmingSuffix(while condition: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, condition(last) { text.removeLast() }
        return text
    }
}
