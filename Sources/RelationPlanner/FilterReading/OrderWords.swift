// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Takes the text of an order apart. Of ASCII, as nearly every one is, bytes are characters: nothing has to be looked up of them.
enum OrderWords {
    /// What stands between commas.
    static func terms(of text: String) -> [Substring] {
        isPlain(text[...])
            ? text.utf8.split(separator: UInt8(ascii: ",")).map { Substring($0) } : text.split(separator: ",")
    }

    /// The words of a term; none where there is nothing but white space.
    static func words(of term: Substring) -> [Substring] {
        guard isPlain(term) else { return term.split(whereSeparator: \.isWhitespace) }
        return term.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { Substring($0) }
    }

    private static func isPlain(_ text: Substring) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}
