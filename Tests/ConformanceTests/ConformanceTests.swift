// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Testing

/// The corpus of Tests/Fixtures/conformance, case by case, on its own small database.
@Suite struct ConformanceTests {
    @Test(arguments: try Case.all(), Strategy.allCases)
    func caseIsAnsweredAsExpected(example: Case, strategy: Strategy) async throws {
        let operation = try #require(
            operations[example.operation], "there is no operation \"\(example.operation)\"")
        let answer = try await Answer(example, operation, on: SmallDatabase.shared(strategy))
        let difference = try answer.difference(from: example)
        if let reason = knownDifferences[example.name] {
            #expect(difference != nil, "it is answered as expected now; take it off the list (\(reason))")
            return
        }
        if let difference { Issue.record("\(difference)") }
        // Only level by level it is known, before a statement is sent, that there is nothing to ask for.
        guard case .result(_, let statements) = answer, let baseline = example.baseline, strategy == .byLevel else {
            return
        }
        if let reason = longerThanLoopBack[example.name] {
            #expect(statements > baseline, "it takes no more statements now; take it off the list (\(reason))")
        } else {
            #expect(statements <= baseline)
        }
    }

    /// The lists name cases that there are.
    @Test func exceptionsAreCasesOfTheCorpus() throws {
        let cases = try Case.all()
        let names = Set(cases.map(\.name))
        #expect(cases.count == 294)
        #expect(names.count == cases.count)
        #expect(names.isSuperset(of: knownDifferences.keys))
        #expect(names.isSuperset(of: longerThanLoopBack.keys))
    }
}
