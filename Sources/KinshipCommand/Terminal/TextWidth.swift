// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How many columns of a terminal a text takes.
enum TextWidth {
    /// The columns of a text without control characters.
    static func columns(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

    /// The columns of a letter: two of East Asian ones and pictures, none of marks by themselves.
    static func columns(of letter: Character) -> Int {
        guard let first = letter.unicodeScalars.first else { return 0 }
        if letter.unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide(first) ? 2 : 1
        }
    }

    /// As much of a text as fits, with an ellipsis where some is left out.
    static func clipped(_ text: String, to width: Int) -> String {
        guard columns(of: text) > width else { return text }
        var clipped = ""
        var used = 0
        for letter in text {
            let columns = columns(of: letter)
            guard used + columns < width else { break }
            clipped.append(letter)
            used += columns
        }
        return width > 0 ? clipped + "…" : ""
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
