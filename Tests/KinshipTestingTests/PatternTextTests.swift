// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

@testable import KinshipTesting

@Suite struct PatternTextTests {
    @Test(arguments: [
        "^[A-Z]{2}\\d{3}$", "/^a+b?c*$/i", "(?:foo|bar)-[^a-y]{2,4}", "\\w+@\\w+\\.(org|com)", "^$", "x{0}y{3}",
        "[\\d.-]+",
        "(a(b|c){2})+", "\\(\\)\\[",
    ])
    func `Texts match their patterns`(pattern: String) throws {
        let plain = pattern.hasPrefix("/") ? String(pattern.dropFirst().prefix { $0 != "/" }) : pattern
        let expression = try Regex(plain)
        for count in 1...50 {
            let text = try #require(PatternText.text(of: pattern, TestNumber(count: count, base: 4711)))
            #expect(text.wholeMatch(of: expression) != nil, "\(text)")
        }
    }

    @Test func `As many differ as there are places for`() {
        let texts = (1...200).map { PatternText.text(of: "[A-F]{2}\\d", TestNumber(count: $0, base: 99)) }
        #expect(Set(texts).count == 200)
    }

    @Test(arguments: [
        "(?=a)b", "(a)\\1", "\\p{L}", "a{2", "[a", "(a", "*a", "a{1001}", "[]", "a\\", "[z-a]", "(?<n>a)",
    ])
    func `What is beyond it is told`(pattern: String) {
        #expect(PatternText.text(of: pattern, TestNumber(count: 1, base: 0)) == nil)
    }
}
