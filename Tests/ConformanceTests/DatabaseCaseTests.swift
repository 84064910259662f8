// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Databases as people have them, each with what broke on it.
@Suite struct DatabaseCaseTests {
    @Test(arguments: try await DatabaseCase.possible(), Strategy.allCases)
    func everyAskIsAnsweredAsExpected(example: DatabaseCase, strategy: Strategy) async throws {
        let made = try await example.make(strategy)
        let database = try await example.open(made, strategy)
        for step in try example.steps() {
            switch step {
            case .sql(let text): try await made.run(text)
            case .sleep(let seconds): try await Task.sleep(for: .seconds(seconds))
            case .ask(let ask): try await check(ask, of: example, on: database, made)
            }
        }
        await database.close()
    }

    private func check(
        _ ask: Case, of example: DatabaseCase, on database: Database, _ made: TestDatabase
    ) async throws {
        let operation = try #require(operations[ask.operation], "there is no operation \"\(ask.operation)\"")
        let name = "\(example.name)/\(ask.name)"
        if let oracle = ask["oracle"]?.text {
            let value = try #require(try await made.run(oracle).first?.first)
            let (found, wanted) = (
                try ComparableJSON(try JSONValue(parsing: value ?? "null")),
                try ComparableJSON(ask.required("expect")["result"] ?? .null)
            )
            #expect(found == wanted, "\(name): the oracle says \(value ?? "null")")
        }
        var difference: String?
        do {
            difference = try await Answer(ask, operation, on: database).difference(from: ask)
        } catch {
            difference = "threw \(error)"
        }
        if let difference { Issue.record("\(name): \(difference)") }
    }
}
