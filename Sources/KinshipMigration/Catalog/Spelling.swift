// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Whether two expressions are spelled alike as far as spelling can say: the server adds casts and parentheses, and writes names in
/// lower case.
enum Spelling {
    static func isSame(_ one: String, _ other: String) -> Bool { plain(one) == plain(other) }

    static func plain(_ expression: String) -> String {
        var result = ""
        var rest = Array(expression)[...]
        while let first = rest.popFirst() {
            // `E'…'`, with doubled backslashes.
            let isEscaped = first.lowercased() == "e" && rest.first == "'" && result.last?.isLetter != true
            if isEscaped { rest.removeFirst() }
            if first == "'" || isEscaped {
                var content = ""
                while let next = rest.popFirst() {
                    if isEscaped, next == "\\", let meant = rest.popFirst() {
                        content.append(meant)
                        continue
                    }
                    if next == "'" {
                        guard rest.first == "'" else { break }
                        rest.removeFirst()
                    }
                    content.append(next)
                }
                // `'-1'::integer` is how -1 comes back.
                result += Double(content) != nil ? content : literal(content)
            } else if first == ":", rest.first == ":" {
                rest.removeFirst()
                skipType(&rest)
            } else if !first.isWhitespace {
                result += first.lowercased()
            }
        }
        while let inner = result.unwrapped { result = inner }
        return result
    }

    /// Goes past the type of a cast: a name, perhaps of several words, a length, brackets.
    private static func skipType(_ rest: inout ArraySlice<Character>) {
        func isPart(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "_.\"".contains(character)
        }
        while let next = rest.first, isPart(next) { rest.removeFirst() }
        while rest.first == " " {
            let word = String(rest.dropFirst().prefix(while: isPart)).lowercased()
            guard ["varying", "precision", "with", "without", "time", "zone"].contains(word) else { break }
            rest = rest.dropFirst(word.count + 1)
        }
        if rest.first == "(", let second = rest.dropFirst().first, second.isNumber {
            rest = rest.drop { $0 != ")" }.dropFirst()
            return skipType(&rest)
        }
        while rest.starts(with: "[]") { rest = rest.dropFirst(2) }
    }
}

extension String {
    /// Without the parentheses around all of it, nil when there are none.
    fileprivate var unwrapped: String? {
        guard first == "(", last == ")" else { return nil }
        var depth = 0
        for (position, character) in enumerated() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth == 0, position < count - 1 { return nil }
        }
        return String(dropFirst().dropLast())
    }
}
