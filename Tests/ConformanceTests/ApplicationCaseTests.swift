// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What real LoopBack applications contain opens unedited and is answered as LoopBack answers it.
@Suite struct ApplicationCaseTests {
    @Test(arguments: try ApplicationCase.all())
    func everyAskIsAnsweredAsLoopBackAnswersIt(example: ApplicationCase) async throws {
        let test = try await example.makeDatabase()
        var difference: String?
        for ask in try example.asks() where difference == nil {
            difference = try await self.difference(ask, of: example, on: test)
        }
        if let difference { Issue.record("\(difference)") }
    }

    /// What an application can't have in strict mode is left out in lenient mode, and the rest answered.
    @Test func whatIsBrokenIsLeftOutInLenientMode() async throws {
        let example = try #require(try ApplicationCase.all().first { $0.name == "target-not-attached" })
        let test = try await example.makeDatabase(for: "lenient")
        let ask = try #require(try example.asks().first)
        let found = try await answer(ask, try example.schema(.lenient), on: test)
        #expect(try ComparableJSON(found.withoutNulls) == ComparableJSON(ask.result.withoutNulls))
    }

    private func difference(
        _ ask: ApplicationCase.Ask, of example: ApplicationCase, on test: TestDatabase
    ) async throws -> String? {
        do {
            let found = try await answer(ask, try example.schema(ask.leniency), on: test)
            if ask.isRefused { return "\(ask.filter) is answered with \(found), not refused" }
            let isEqual = try ComparableJSON(found.withoutNulls) == ComparableJSON(ask.result.withoutNulls)
            return isEqual ? nil : "\(ask.filter): found \(found)\nexpected \(ask.result)"
        } catch let error as SchemaError {
            return ask.isRefused ? nil : "\(error)"
        } catch let error as PlannerError {
            return ask.isRefused ? nil : "\(error)"
        }
    }

    private func answer(
        _ ask: ApplicationCase.Ask, _ schema: Schema, on test: TestDatabase
    ) async throws -> JSONValue {
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: test.url)) {
            database in
            try JSONValue(parsing: await database.find(ask.model, filter: ask.filter).json(), maximumDepth: 512)
        }
    }
}
