// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A form that texts have, told once and read twice: as a regular expression of PostgreSQL's (``pattern``), and here
/// (``matches(_:)``).
///
/// ```swift
/// let form = TextForm(.all(.times(.one("0-9"), 1...3), .one("."), .one("0-9")))
/// form.pattern          // ^[0-9]{1,3}\.[0-9]$
/// form.matches("12.5")  // true
/// ```
package struct TextForm: Sendable {
    private let piece: Piece
    /// The form as runs of characters that have none in common, so that each ends where the next begins; nil for other forms.
    private let runs: [(characters: Characters, count: ClosedRange<Int>)]?
    /// The form as a regular expression of PostgreSQL's, for the whole of a text.
    package let pattern: String

    package init(_ piece: Piece) {
        self.piece = piece
        runs = piece.runs
        pattern = "^\(piece.expression)$"
    }

    /// Whether a text has the form.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let runs else { return piece.match(bytes, 0) { $0 == bytes.count } }
            // Digits are read more often than all else.
            var position = 0
            for (characters, count) in runs {
                let start = position
                while position < bytes.count, position - start < count.upperBound,
                    characters.contains(bytes[position])
                {
                    position += 1
                }
                guard position - start >= count.lowerBound else { return false }
            }
            return position == bytes.count
        }
    }

    /// What a form is made of.
    package indirect enum Piece: Sendable {
        /// One of some characters of ASCII.
        case one(Characters)
        /// One after the other.
        case sequence([Piece])
        /// One or another.
        case choice([Piece])
        /// So many times, one after the other.
        case times(Piece, ClosedRange<Int>)
        /// Nothing, where this isn't what follows.
        case not(Piece)

        package static func all(_ pieces: Piece...) -> Piece { .sequence(pieces) }
        package static func any(_ pieces: Piece...) -> Piece { .choice(pieces) }
        package static func optional(_ pieces: Piece...) -> Piece {
            .times(pieces.count == 1 ? pieces[0] : .sequence(pieces), 0...1)
        }
        /// These characters themselves.
        package static func text(_ text: String) -> Piece {
            .sequence(text.unicodeScalars.map { .one(Characters(stringLiteral: String($0))) })
        }
    }

    /// Characters as brackets of a regular expression name them: `0-9a-f`, `-+`.
    package struct Characters: Sendable, ExpressibleByStringLiteral {
        fileprivate let text: String
        private var words: (UInt64, UInt64) = (0, 0)

        package init(stringLiteral text: String) {
            self.text = text
            let bytes = Array(text.utf8)
            var position = 0
            while position < bytes.count {
                let isRange = position + 2 < bytes.count && bytes[position + 1] == UInt8(ascii: "-")
                let last = isRange ? bytes[position + 2] : bytes[position]
                for byte in bytes[position]...max(bytes[position], last) { insert(byte) }
                position += isRange ? 3 : 1
            }
        }

        private mutating func insert(_ byte: UInt8) {
            if byte < 64 { words.0 |= 1 << byte } else if byte < 128 { words.1 |= 1 << (byte - 64) }
        }

        fileprivate func contains(_ byte: UInt8) -> Bool {
            byte < 64 ? words.0 >> byte & 1 == 1 : byte < 128 && words.1 >> (byte - 64) & 1 == 1
        }

        fileprivate func overlaps(_ other: Characters) -> Bool {
            words.0 & other.words.0 != 0 || words.1 & other.words.1 != 0
        }
    }
}

// MARK: - As an expression

extension TextForm.Piece {
    fileprivate var expression: String {
        switch self {
        case .one(let characters) where characters.text == ".": "\\."
        case .one(let characters): characters.text.utf8.count == 1 ? characters.text : "[\(characters.text)]"
        case .sequence(let pieces): pieces.map(\.expression).joined()
        case .choice(let pieces): "(\(pieces.map(\.expression).joined(separator: "|")))"
        case .times(let piece, let count): piece.atom + Self.quantifier(count)
        case .not(let piece): "(?!\(piece.expression))"
        }
    }

    /// What a quantifier can stand behind.
    private var atom: String {
        switch self {
        case .one, .choice: expression
        default: "(\(expression))"
        }
    }

    private static func quantifier(_ count: ClosedRange<Int>) -> String {
        switch (count.lowerBound, count.upperBound) {
        case (0, 1): "?"
        case (0, .max): "*"
        case (1, .max): "+"
        case (let least, let most) where least == most: "{\(least)}"
        case (let least, let most): "{\(least),\(most)}"
        }
    }
}

// MARK: - As a reader

extension TextForm.Piece {
    /// The runs of characters that it is made of, where these have none in common.
    fileprivate var runs: [(characters: TextForm.Characters, count: ClosedRange<Int>)]? {
        guard case .sequence(let pieces) = self else { return nil }
        var runs: [(characters: TextForm.Characters, count: ClosedRange<Int>)] = []
        for piece in pieces {
            let run: (characters: TextForm.Characters, count: ClosedRange<Int>)
            switch piece {
            case .one(let characters): run = (characters, 1...1)
            case .times(.one(let characters), let count): run = (characters, count)
            default: return nil
            }
            guard !runs.contains(where: { $0.characters.overlaps(run.characters) }) else { return nil }
            runs.append(run)
        }
        return runs
    }

    /// Whether the bytes from a position on are the piece and then something that `next` takes: the longest first.
    fileprivate func match(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ next: (Int) -> Bool) -> Bool {
        switch self {
        case .one(let characters): start < bytes.count && characters.contains(bytes[start]) && next(start + 1)
        case .sequence(let pieces): Self.match(pieces[...], bytes, start, next)
        case .choice(let pieces): pieces.contains { $0.match(bytes, start, next) }
        case .times(.one(let characters), let count): Self.match(characters, count, bytes, start, next)
        case .times(let piece, let count): Self.match(piece, count, bytes, start, next)
        case .not(let piece): !piece.match(bytes, start) { _ in true } && next(start)
        }
    }

    private static func match(
        _ pieces: ArraySlice<Self>, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ next: (Int) -> Bool
    ) -> Bool {
        guard let first = pieces.first else { return next(start) }
        return first.match(bytes, start) { match(pieces.dropFirst(), bytes, $0, next) }
    }

    /// A run of characters, which needs no more room however long it is.
    private static func match(
        _ characters: TextForm.Characters, _ count: ClosedRange<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int,
        _ next: (Int) -> Bool
    ) -> Bool {
        var run = 0
        while run < count.upperBound, start + run < bytes.count, characters.contains(bytes[start + run]) { run += 1 }
        while run >= count.lowerBound {
            if next(start + run) { return true }
            run -= 1
        }
        return false
    }

    private static func match(
        _ piece: Self, _ count: ClosedRange<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int,
        _ next: (Int) -> Bool
    ) -> Bool {
        if count.upperBound > 0 {
            let rest = max(0, count.lowerBound - 1)...(count.upperBound - 1)
            if piece.match(bytes, start, { $0 > start && match(piece, rest, bytes, $0, next) }) { return true }
        }
        return count.lowerBound == 0 && next(start)
    }
}
