// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads what `pg_get_constraintdef` says of a check on the values of one column.
enum CheckReader {
    /// The rule, nil where it is another one.
    static func rule(of definition: String) -> TableCatalog.Check.Rule? {
        var tokens = tokens(of: definition)
        guard tokens.first == .word("CHECK") else { return nil }
        tokens.removeFirst()
        if tokens.last == .word("VALID") { tokens.removeLast(2) }
        // Parentheses and the casts that the server puts in say nothing about which values there are.
        let plain = tokens.filter { $0 != .mark("(") && $0 != .mark(")") }
        guard plain.count >= 3, plain[1] == .mark("="), let column = plain[0].name else { return nil }
        var rest = Array(plain.dropFirst(2))
        if rest.count > 3, rest[0] == .word("ANY"), rest[1] == .word("ARRAY"), rest[2] == .mark("["),
            rest.last == .mark("]")
        {
            rest = Array(rest.dropFirst(3).dropLast())
        } else if rest.count != 1 {
            return nil
        }
        var values: Set<String> = []
        var areNumbers = false
        for (position, token) in rest.enumerated() {
            if position % 2 == 1 {
                guard token == .mark(",") else { return nil }
                continue
            }
            switch token {
            case .text(let text): values.insert(text)
            case .word(let word) where Double(word) != nil:
                values.insert(word)
                areNumbers = true
            default: return nil
            }
        }
        return .oneOf(column: column, values: values, areNumbers: areNumbers)
    }

    private enum Token: Equatable {
        case word(String), quoted(String), text(String), mark(Character)

        var name: String? {
            switch self {
            case .word(let name), .quoted(let name): name
            default: nil
            }
        }
    }

    private static func tokens(of text: String) -> [Token] {
        var found: [Token] = []
        var rest = Array(text)[...]
        func isWord(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "_.$-".contains(character)
        }
        while let first = rest.first {
            if first == "'" || first == "\"" {
                var content = ""
                rest.removeFirst()
                while let next = rest.popFirst() {
                    if next == first {
                        guard rest.first == first else { break }
                        rest.removeFirst()
                    }
                    content.append(next)
                }
                found.append(first == "'" ? .text(content) : .quoted(content))
            } else if first == ":" {
                // A cast: its type is one or several words, perhaps with a length or brackets.
                rest = rest.drop { $0 == ":" }
                while let next = rest.first, isWord(next) || next == " " || next == "\"" { rest.removeFirst() }
                if rest.starts(with: "[]") { rest.removeFirst(2) }
                if rest.first == "(", let second = rest.dropFirst().first, second.isNumber {
                    rest = rest.drop { $0 != ")" }.dropFirst()
                }
            } else if isWord(first) {
                var word = ""
                while let next = rest.first, isWord(next) { word.append(rest.removeFirst()); _ = next }
                found.append(.word(word))
            } else {
                if !first.isWhitespace { found.append(.mark(first)) }
                rest.removeFirst()
            }
        }
        return found
    }
}
