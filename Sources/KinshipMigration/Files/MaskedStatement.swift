// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A statement as it may be shown and kept: passwords stand in statements, for roles, servers and subscriptions.
package struct MaskedStatement {
    /// The statement with `…` in place of what its literals say, and without comments.
    package let shown: String
    /// The statement as it is, unless it says a password: then its literals are masked.
    package let kept: String
    private let isSecret: Bool
    private let secrets: [String]

    package init(_ statement: String) {
        var reader = Reader(statement)
        reader.run()
        // Also one that somebody forgot to quote.
        var bare: [String] = []
        shown = reader.result.trimmingSpace.replacing(#/(?i)(password\s+)([^\s'"…;(),=]+)/#) { match in
            let word = String(match.output.2)
            if ["NULL", "FROM", "IS", "AS", "TEXT"].contains(word.uppercased()) { return String(match.output.0) }
            bare.append(word)
            return match.output.1 + "…"
        }
        let plain = shown.uppercased()
        let first = plain.prefix { !$0.isWhitespace }
        let isAccount =
            ["CREATE", "ALTER"].contains(String(first))
            && ["ROLE", "USER", "GROUP", "SUBSCRIPTION", "SERVER", "FOREIGN"].contains {
                plain.dropFirst(first.count).trimmingSpace.hasPrefix($0)
            }
        isSecret =
            isAccount || Self.namesSecret(plain) || reader.literals.contains { Self.namesSecret($0.uppercased()) }
        secrets =
            isSecret
            ? bare + reader.literals.flatMap { [$0] + $0.split { " =\n\t".contains($0) }.map(String.init) } : []
        kept = isSecret ? shown : statement
    }

    /// What the server says of it, without what it says.
    package func masked(_ message: String) -> String {
        guard isSecret else { return message }
        var result = message
        for secret in Set(secrets).sorted(by: { $0.count > $1.count }) where secret.count > 3 {
            result = result.replacing(secret, with: "…")
        }
        // What stands beside the point of an error: `syntax error at or near "hunter2"`.
        return result.replacing(#/"[^"]*"/#) { match in
            let word = match.output.dropFirst().dropLast()
            return shown.contains(match.output) || Self.isKnown(word) ? String(match.output) : "\"…\""
        }
    }

    private static func isKnown(_ word: Substring) -> Bool { word.isEmpty || word == "…" }

    private static func namesSecret(_ text: String) -> Bool {
        ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY", "APIKEY", "CONNECTION"].contains {
            text.contains($0)
        } || text.contains(#/:\/\/[^ :\/@]*:[^ @]*@/#)
    }

    /// Goes over a statement and leaves out what its literals and comments say.
    private struct Reader {
        var result = ""
        var literals: [String] = []
        private var rest: Substring

        init(_ text: String) { rest = Substring(text) }

        mutating func run() {
            while let first = rest.first {
                if first == "'" {
                    let isEscaped = result.last?.lowercased() == "e" && !(result.dropLast().last?.isWord ?? false)
                    literals.append(quoted("'", isEscaped: isEscaped))
                    result += "'…'"
                } else if first == "\"" {
                    let start = rest.startIndex
                    _ = quoted("\"", isEscaped: false)
                    result += rest.base[start..<rest.startIndex]
                } else if rest.hasPrefix("--") {
                    rest = rest.drop { !$0.isNewline }
                } else if rest.hasPrefix("/*") {
                    skipComment()
                    result += " "
                } else if first == "$", let tag = dollarTag, !(result.last?.isWord ?? false) {
                    rest = rest.dropFirst(tag.count)
                    let end = rest.firstRange(of: tag)
                    literals.append(String(rest[..<(end?.lowerBound ?? rest.endIndex)]))
                    rest = end.map { rest[$0.upperBound...] } ?? ""
                    result += "\(tag)…\(tag)"
                } else {
                    result.append(rest.removeFirst())
                }
            }
        }

        /// `$` or `$tag$`; nil for a parameter.
        private var dollarTag: String? {
            let name = rest.dropFirst().prefix { $0.isWord }
            guard name.first?.isNumber != true, rest.dropFirst(name.count + 1).first == "$" else { return nil }
            return "$\(name)$"
        }

        private mutating func quoted(_ mark: Character, isEscaped: Bool) -> String {
            var content = ""
            rest.removeFirst()
            while let next = rest.popFirst() {
                if isEscaped, next == "\\", let meant = rest.popFirst() {
                    content.append(meant)
                } else if next == mark {
                    guard rest.first == mark else { break }
                    content.append(rest.removeFirst())
                } else {
                    content.append(next)
                }
            }
            return content
        }

        private mutating func skipComment() {
            var depth = 0
            while !rest.isEmpty {
                if rest.hasPrefix("/*") {
                    depth += 1
                    rest = rest.dropFirst(2)
                } else if rest.hasPrefix("*/") {
                    depth -= 1
                    rest = rest.dropFirst(2)
                    if depth == 0 { return }
                } else {
                    rest.removeFirst()
                }
            }
        }
    }
}

extension Character {
    fileprivate var isWord: Bool { isLetter || isNumber || self == "_" }
}
