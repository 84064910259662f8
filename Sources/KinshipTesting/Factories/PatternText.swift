// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Texts that match a regular expression: sequences, choices, classes, groups and repetitions.
struct PatternText {
    /// A text that matches, another one for each number as far as the pattern has places for it; nil for what is beyond it: look-around,
    /// references, classes of properties.
    static func text(of pattern: String, _ number: TestNumber) -> String? {
        var pattern = pattern
        // LoopBack takes `/^a$/` as well.
        if pattern.hasPrefix("/"), let end = pattern.lastIndex(of: "/"), end > pattern.startIndex {
            pattern = String(pattern[pattern.index(after: pattern.startIndex)..<end])
        }
        var reader = PatternText(Array(pattern))
        guard let places = reader.choice(), reader.isAtEnd else { return nil }
        // The last places with a choice spell the number.
        var rest = number.unique
        var text: [Character] = []
        for place in places.reversed() {
            guard let first = place.first else { return nil }
            if place.count > 1 {
                text.append(place[rest % place.count])
                rest /= place.count
            } else {
                text.append(first)
            }
        }
        return String(text.reversed())
    }

    private let pattern: [Character]
    private var position = 0

    private init(_ pattern: [Character]) { self.pattern = pattern }

    private var isAtEnd: Bool { position == pattern.count }

    private var next: Character? { position < pattern.count ? pattern[position] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character else { return false }
        position += 1
        return true
    }

    /// The first of several alternatives; the others are read and left out.
    private mutating func choice() -> [[Character]]? {
        guard let first = sequence() else { return nil }
        while take("|") { guard sequence() != nil else { return nil } }
        return first
    }

    private mutating func sequence() -> [[Character]]? {
        var places: [[Character]] = []
        while let character = next, character != "|", character != ")" {
            if character == "^" || character == "$" {
                position += 1
                continue
            }
            guard let piece = piece(), let times = times(), places.count + piece.count * times < 1000 else {
                return nil
            }
            for _ in 0..<times { places += piece }
        }
        return places
    }

    /// What a repetition is about: for each character those that it can be.
    private mutating func piece() -> [[Character]]? {
        guard let character = next else { return nil }
        position += 1
        switch character {
        case "(":
            if take("?") { guard take(":") else { return nil } }
            guard let inside = choice(), take(")") else { return nil }
            return inside
        case "[": return characterClass().map { [$0] }
        case ".": return [Self.letters]
        case "\\": return escaped().map { [$0] }
        case "*", "+", "?", "{": return nil
        default: return [[character]]
        }
    }

    private mutating func escaped() -> [Character]? {
        guard let character = next else { return nil }
        position += 1
        switch character {
        case "d": return Self.digits
        case "w": return Self.letters + Self.digits
        case "s": return [" "]
        case "n": return ["\n"]
        case "t": return ["\t"]
        default: return character.isLetter || character.isNumber ? nil : [character]
        }
    }

    private mutating func characterClass() -> [Character]? {
        let isNegated = take("^")
        var members: [Character] = []
        while let character = next, character != "]" {
            position += 1
            if character == "\\" {
                guard let some = escaped() else { return nil }
                members += some
            } else if next == "-", position + 1 < pattern.count, pattern[position + 1] != "]" {
                let end = pattern[position + 1]
                position += 2
                guard let low = character.asciiValue, let high = end.asciiValue, low <= high else { return nil }
                members += (low...high).map { Character(Unicode.Scalar($0)) }
            } else {
                members.append(character)
            }
        }
        guard take("]") else { return nil }
        guard isNegated else { return members }
        return (Self.letters + Self.digits).filter { !members.contains($0) }
    }

    /// How often a piece is repeated: as seldom as is allowed, but where nothing is allowed and something possible, once.
    private mutating func times() -> Int? {
        defer { _ = take("?") }  // A lazy one is as good.
        if take("*") || take("+") || take("?") { return 1 }
        guard take("{") else { return 1 }
        var text = ""
        while let character = next, character != "}" {
            text.append(character)
            position += 1
        }
        guard take("}") else { return nil }
        let bounds = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard let least = bounds[0], least >= 0, least < 1000 else { return nil }
        if bounds.count == 1 { return least }
        return max(least, min(1, bounds[1] ?? 1))
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz")
    private static let digits = Array("0123456789")
}
