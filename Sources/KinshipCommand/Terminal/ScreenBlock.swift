// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The lines that a terminal shows last, drawn anew in their place.
enum ScreenBlock {
    /// What draws lines, in the place of those that were drawn before: the cursor is on the first of them.
    ///
    /// - Parameters:
    ///   - lines: none of them wider than the terminal.
    ///   - column: where the cursor is left, on the first line.
    static func drawing(_ lines: [String], cursor column: Int) -> String {
        var text = start + lines.joined(separator: "\n")
        if lines.count > 1 { text += "\u{1B}[\(lines.count - 1)A" }
        return text + "\r" + (column > 0 ? "\u{1B}[\(column)C" : "")
    }

    /// What leaves one line in the place of those that were drawn.
    static func ending(with line: String) -> String { start + line + "\n" }

    /// What goes to the first line, and wipes out all there is from there.
    private static let start = "\r\u{1B}[J"
}
