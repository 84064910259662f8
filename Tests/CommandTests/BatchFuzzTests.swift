// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship batch` on lines that nobody would write on purpose.
@Suite struct BatchFuzzTests {
    private static let words = [
        "model", "op", "filter", "where", "include", "order", "limit", "idValue", "ids", "scope", "scopes", "relation",
        "fk",
        "find", "count", "findByIds", "related", "Customer", "Order", "Item", "orders", "items", "customerId", "total",
        "null",
        "true", "1e400", "-1", "{}", "[]", "\"\"", "\\u0000", "\\ud800", "é", "'; DROP TABLE orders; --", "not", "or",
        "inq", "gt",
    ]

    private static let seeds = [
        #"{"model": "Customer", "op": "find", "filter": {"where": {"name": {"like": "A%"}}, "include": {"orders": "items"}, "limit": 2}}"#,
        #"{"model": "Order", "op": "find", "filter": {"where": {"total": {"gt": 5}, "customerId": {"inq": [1, 2, null]}}, "order": "total DESC"}}"#,
        #"{"model": "Order", "op": "count", "where": {"or": [{"id": 10}, {"total": {"between": [1, 5]}}]}}"#,
        #"{"model": "Customer", "op": "findByIds", "ids": [3, 1, 99], "filter": {"fields": ["id"]}}"#,
        #"{"model": "Customer", "op": "findById", "idValue": 1, "filter": {"include": ["orders"]}}"#,
        #"{"model": "Customer", "op": "related", "idValue": 1, "relation": "orders", "filter": {"where": {"total": {"lt": 7}}}}"#,
        #"{"model": "Customer", "op": "relatedCount", "idValue": 1, "relation": "orders", "where": {"id": {"nin": [10]}}}"#,
        #"{"model": "Customer", "op": "exists", "idValue": 3}"#,
        #"{"model": "Customer", "op": "scope", "scope": "nobody", "filter": {}}"#,
    ]

    private static let values = [
        "0", "1", "2", "-1", "1.5", "99999999999999999999", "1e5", "\"1\"", "\"A%\"", "\"\"", "null", "true", "[]",
        "{}", "[1, null]",
        "{\"gt\": 1}", "{\"id\": 1}", "\"id\"", "\"id DESC\"", "\"orders\"", "\"customer\"", "\"total\"",
        "{\"orders\": \"items\"}",
    ]

    /// The line with one number, or one text that isn't a key, exchanged.
    private static func exchanged(_ line: String, _ random: inout SeededRandom) -> String {
        let places = line.matches(of: #/"[^"]*"(?=[,\]}])|-?[0-9][0-9.]*/#).map(\.range)
        var line = line
        if let place = places.randomElement(using: &random) { line.replaceSubrange(place, with: random.pick(values)) }
        return line
    }

    @Test func everyLineHasOneAnswerThatIsGood() async throws {
        var random = SeededRandom(Effort.seed)
        let count = Effort.count(6_000)
        var lines = Self.seeds
        for _ in 0..<count {
            // A line feed would make two lines of one, and blank lines have no answer.
            let seed = random.pick(Self.seeds)
            if random.once(in: 2) {
                lines.append(Self.exchanged(seed, &random))
            } else {
                let line = random.mutated(Array(seed.utf8), words: Self.words).filter { $0 != 0x0A }
                lines.append(String(decoding: line, as: UTF8.self))
            }
        }
        // A run of the tool has a deadline, so there are several.
        var answers: [String] = []
        for start in stride(from: 0, to: lines.count, by: 1_000) {
            let part = lines[start..<min(start + 1_000, lines.count)]
            let outcome = try await SmallShop.shared().tool.run(["batch"], input: part.joined(separator: "\n") + "\n")
            #expect(outcome.status == 0)
            #expect(outcome.errors == "")
            #expect(outcome.lines.count == part.count)
            answers += outcome.lines
        }
        var results = 0
        for (line, answer) in zip(lines, answers) {
            let json = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
            if json?["result"] != nil {
                results += 1
                continue
            }
            let error = try #require(json?["error"] as? [String: Any], "\(line)\n\(answer)")
            let status = error["status"] as? Int ?? 0
            // What is wrong is found before the server sees it.
            #expect([400, 404, 501].contains(status) && error["sqlState"] == nil, "\(line)\n\(answer)")
        }
        #expect(results > count / 20)
        #expect(
            try await SmallShop.shared().tool.run(["batch"], input: #"{"model": "Order", "op": "count"}"#).lines.count
                == 1)
    }
}
