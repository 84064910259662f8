// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// The cases whose expected numerics went through a double: the answer holds the column's own digits (D30), and differs
/// from the corpus in nothing but the rounding.
@Suite struct RoundedNumericTests {
    private func answer(_ example: Case) async throws -> [JSONValue] {
        let operation = try #require(operations[example.operation])
        guard case .result(let result, _) = try await Answer(example, operation, on: SmallDatabase.shared()) else {
            return []
        }
        return try #require(result.elements)
    }

    private static let cases = knownDifferences.filter { $0.value == roundedNumeric }.keys.sorted()

    @Test(arguments: cases)
    func theAnswerHoldsTheDigitsOfTheColumn(name: String) async throws {
        let example = try #require(try Case.all().first { $0.name == name })
        _ = try await SmallDatabase.shared()
        let test = try await TestDatabase.named("conformance")
        let digits = Dictionary(
            uniqueKeysWithValues: try await test.run("SELECT id::text, num::text FROM type_sample").map {
                ($0[0] ?? "", $0[1])
            })
        let rows = try await answer(example)
        #expect(rows.count > 2)
        for row in rows {
            let stored = try #require(digits["\(row["id"] ?? .null)"])
            switch row["num"] {
            case .number(let text)?, .string(let text)?: #expect(text == stored)
            default: #expect(stored == nil)
            }
        }
    }

    @Test(arguments: cases)
    func roundedItIsWhatTheCorpusExpects(name: String) async throws {
        let example = try #require(try Case.all().first { $0.name == name })
        let rows = try await answer(example).map(rounded)
        let expected = try #require(try example.required("expect")["result"]?.elements).map(rounded)
        #expect(try rows.map { try ComparableJSON($0) } == expected.map { try ComparableJSON($0) })
    }

    /// The row with its numeric as the nearest double.
    private func rounded(_ row: JSONValue) -> JSONValue {
        .object(
            (row.members ?? []).map { member in
                guard member.key == "num", case .number(let text) = member.value, let double = Double(text) else {
                    return member
                }
                return JSONValue.Member(member.key, JSONValue(double))
            })
    }
}
