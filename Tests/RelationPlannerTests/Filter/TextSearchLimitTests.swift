// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Text searches that are too much for the server's parser or its stack are refused when the filter is checked.
@Suite struct TextSearchLimitTests {
    private func problem(_ text: String, _ syntax: Condition.TextSearch.Syntax) -> String? {
        TextSearchText.problem(text, syntax)
    }

    @Test(arguments: Condition.TextSearch.Syntax.allCases)
    func `Too many words`(_ syntax: Condition.TextSearch.Syntax) {
        let join = syntax == .query ? "a & " : "a "
        #expect(problem(String(repeating: join, count: 2_000) + "b", syntax) == nil)
        #expect(problem(String(repeating: join, count: 50_000) + "b", syntax)?.contains("8192 bytes") == true)
    }

    @Test func `Too many negations`() {
        for mark in ["!", "! ", "!( ".replacing("(", with: "")] {
            #expect(problem(String(repeating: mark, count: 20) + "a", .query) == nil)
            #expect(problem(String(repeating: mark, count: 30) + "a", .query)?.contains("negations") == true)
        }
        #expect(problem(String(repeating: "-", count: 30) + "a", .web)?.contains("negations") == true)
        #expect(problem(String(repeating: "-\"", count: 30) + "a", .web) != nil)
        #expect(problem(String(repeating: "!a & ", count: 100) + "a", .query) == nil)
        #expect(problem(String(repeating: "-a ", count: 100), .web) == nil)
        // What is no operator there.
        #expect(problem(String(repeating: "!", count: 100) + " a", .plain) == nil)
    }
}
