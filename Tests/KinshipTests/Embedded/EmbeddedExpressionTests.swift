// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import RelationPlanner

/// Regular expressions match what the server's match, and are wrong where the server's are.
@Suite struct EmbeddedExpressionTests {
    private static let expressions = [
        "", "a", "^a", "a$", "^$", ".", "^.$", "a|b", "a|", "|", "()", "(a)", "(?:a|b)c", "a*", "^a*$", "a+b", "a?b",
        "a{2}",
        "^a{2,}$", "^a{1,2}$", "a{0}b", "^(ab)+$", "^(a|b)*c$", "(a*)*b", "(a*)+$", "a*?b", "a{1,2}?", "[abc]",
        "[^abc]",
        "[a-c]+$", "[]a]", "[^]a]", "[a-]", "[-a]", "[[:alpha:]]", "^[[:digit:][:space:]]+$", "[[:upper:]]",
        "[[:punct:]]",
        "[[.a.]]", "[[=a=]]", "\\d", "\\D", "\\w+", "^\\W$", "\\s", "^\\S+$", "[\\d]", "[\\w]", "\\.", "\\\\", "\\n",
        "\\t",
        "\\x41", "\\u00e9", "\\U0001F600", "\\012", "\\m", "\\Mb", "\\ya\\y", "\\Ya", "\\Aa", "a\\Z", "[[:<:]]a",
        "a[[:>:]]",
        "é", "^é$", "^..$", "(?i)A", "(?i)É", "(?c)a", "***=a.b", "***:a.b", "(?q)a.b", "{", "a{", "a{,2}", "a{x}", "]",
        "}",
        "a**", "*a", "+", "a|*b", "^*", "$*", "a{2,1}", "a{256}", "a{1", "(a", "a)", "[a", "[z-a]", "[[:nope:]]", "\\q",
        "\\z",
        "(?z)a", "***a", "\\yb*", "(^)*a", "(?i)[a-c]", "(?i)[^A-C]", "(?i)[[:lower:]]", "a.b", "[\\n]", "^[^x]*$",
        "a\\|b",
        "\\a", "\\e", "\\b", "\\B", "\\cA", "[\\]]", "[a\\-z]", "x{0,0}", "(?:)", "a(?:)b", "[a-a]", "ß", "(?i)İ",
        "(?i)i",
    ]

    private static let texts = [
        "", "a", "b", "ab", "ba", "aa", "aaa", "abc", "ABC", "a b", "a.b", "a|b", "é", "É", "e\u{301}", "😀", "ß", "İ",
        "i", "I", "1",
        "12 3", "a\nb", "\n", "\t", "\\", "]", "-", "{", "a{", "a{,2}", "a{x}", "}", "a_b", "x", "\u{1}", "\u{7}",
        "\u{1B}", "\u{8}",
        "_", "A", "a-z", "٣", "a\u{A0}b",
    ]

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// What a row's first two columns number.
    private static func pair(_ row: [String?], _ ones: [String], _ others: [String]) -> (String, String)? {
        guard let one = row[0].flatMap({ Int($0) }), let other = row[1].flatMap({ Int($0) }) else { return nil }
        return (ones[one], others[other])
    }

    @Test func `Every expression with every text`() async throws {
        let database = try await TestDatabase.named("embedded_expressions")
        let expressions = Self.expressions.enumerated().map { "(\($0.offset), \(Self.quoted($0.element)))" }
        let texts = Self.texts.enumerated().map { "(\($0.offset), \(Self.quoted($0.element)))" }
        let rows = try await database.run(
            """
            CREATE FUNCTION matches(subject text, expression text, folding boolean) RETURNS text LANGUAGE plpgsql AS $$
            BEGIN
                RETURN CASE WHEN folding THEN subject ~* expression ELSE subject ~ expression END;
            EXCEPTION WHEN invalid_regular_expression THEN RETURN 'wrong';
            END $$;
            SELECT e.i, t.i, matches(t.s, e.s, false), matches(t.s, e.s, true)
            FROM (VALUES \(expressions.joined(separator: ", "))) AS e(i, s), (VALUES \(texts.joined(separator: ", "))) AS t(i, s)
            ORDER BY 1, 2
            """)
        #expect(rows.count == Self.expressions.count * Self.texts.count)
        var wrong = 0
        // One expectation for all: thousands take longer than the matching.
        var differences: [String] = []
        for row in rows {
            guard let (expression, text) = Self.pair(row, Self.expressions, Self.texts) else { continue }
            for (folding, expected) in [(false, row[2]), (true, row[3])] {
                let answer: String
                do {
                    answer = try RegularExpression(expression, ignoringCase: folding).matches(text) ? "true" : "false"
                } catch let error as RegularExpression.Failure {
                    answer = "wrong"
                    if case .unsupported = error { differences.append("\(expression) should be known") }
                }
                if expected == "wrong" { wrong += 1 }
                if answer != expected {
                    differences.append("\(expression) with \(text), folding \(folding): \(answer)")
                }
            }
        }
        #expect(differences == [])
        #expect(wrong > 15 * Self.texts.count)
    }

    @Test func `Patterns`() async throws {
        let database = try await TestDatabase.named("embedded_patterns")
        let patterns =
            RandomPieces.patterns + ["%a_c", "_b%", "%_", "a%b%c", "%%", "_%_", "\\a", "%\\%", "é%", "İ", "%ß"]
        let all = Self.texts + RandomPieces.texts.compactMap(\.text) + ["aXbXc", "abcabc", "a%c", "ééé"]
        let left = patterns.enumerated().map { "(\($0.offset), \(Self.quoted($0.element)))" }.joined(separator: ", ")
        let right = all.enumerated().map { "(\($0.offset), \(Self.quoted($0.element)))" }.joined(separator: ", ")
        let rows = try await database.run(
            """
            SELECT p.i, t.i, (t.s LIKE p.s)::text, (t.s ILIKE p.s)::text
            FROM (VALUES \(left)) AS p(i, s), (VALUES \(right)) AS t(i, s)
            """)
        #expect(rows.count == patterns.count * all.count)
        var differences: [String] = []
        for row in rows {
            guard let (pattern, text) = Self.pair(row, patterns, all) else { continue }
            for (ignoringCase, expected) in [(false, row[2]), (true, row[3])] {
                let answer = try LikePattern(pattern, ignoringCase: ignoringCase).matches(text)
                if String(answer) != expected {
                    differences.append("\(text) with \(pattern), \(ignoringCase): \(answer)")
                }
            }
        }
        #expect(differences == [])
    }

    @Test func `What only the server knows is said`() {
        for expression in [
            "(a)\\1", "a(?=b)", "(?<!a)b", "(?n)a", "[[.hyphen.]]",
        ] {
            let failure = #expect(throws: RegularExpression.Failure.self) {
                try RegularExpression(expression, ignoringCase: false)
            }
            guard case .unsupported = failure else {
                Issue.record("\(expression) gives \(String(describing: failure))")
                continue
            }
        }
        for expression in ["((a{200}){200}){200}", "(((((){255}){255}){255}){255}){255}", "((x?){250}){250}"] {
            #expect(throws: RegularExpression.Failure.tooLarge) {
                try RegularExpression(expression, ignoringCase: false)
            }
        }
        // Time is linear in the text, whatever the expression: this one would take years elsewhere.
        let text = String(repeating: "a", count: 5000)
        #expect((try? RegularExpression("^(a+)+$", ignoringCase: false).matches(text + "b")) == false)
        #expect((try? RegularExpression("^(a|a)*$", ignoringCase: false).matches(text)) == true)
    }
}

extension RegularExpression {
    /// Whether it matches, whatever that costs.
    func matches(_ text: String) throws -> Bool {
        var budget = StepBudget(nil)
        return try matches(text, &budget)
    }
}

extension LikePattern {
    /// Whether it matches, whatever that costs.
    func matches(_ text: String) throws -> Bool {
        var budget = StepBudget(nil)
        return try matches(text, &budget)
    }
}
