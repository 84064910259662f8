// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Numbers of a few characters that are written out with many thousands.
@Suite struct CostlyNumberTests {
    private let number = JSONValue.number("1e131000")

    @Test func `What is written costs while it is written`() throws {
        var budget = StepBudget(100_000)
        #expect(throws: StepBudget.Exhausted.self) {
            try JSONOrder.text(.array(Array(repeating: number, count: 7_000)), &budget)
        }
        // A dozen of them were written, a step for 16 characters, and not all seven thousand.
        #expect(budget.remaining < 131_001 / 16)
        budget = StepBudget(100_000)
        #expect(try JSONOrder.text(.array([number, .null]), &budget)?.utf8.count == 131_001 + 8)
    }

    @Test func `As a key one is longer than any index takes`() {
        #expect(StoredKey.value(ofElement: number, as: .text) == nil)
        #expect(StoredKey.value(ofElement: .number("1e12"), as: .text) != nil)
    }
}
