// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship check`.
@Suite struct CheckTests {
    private func tool(_ files: [String: String]) throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: files)
        tool.environment = ["KINSHIP_MODELS": "."]
        return tool
    }

    @Test func allProblemsAreListedAtOnce() async throws {
        let tool = try tool([
            "a.json":
                #"{"name": "A", "relations": {"b": {"type": "belongsTo", "model": "Nope"}, "c": {"type": "odd"}}}"#,
            "b.json": #"{"name": "B", "properties": {"x": 1}}"#,
        ])
        let outcome = try await tool.run(["check"])
        #expect(outcome.status == 65)
        #expect(outcome.lines.count >= 3)
        #expect(outcome.lines.allSatisfy { $0.hasPrefix("error: ") && $0.hasSuffix("]") })
        #expect(outcome.output.contains("a.json: relations.b.model"))
        #expect(outcome.errors.contains("\(outcome.lines.count) problems, 0 warnings."))
        let json = try await tool.run(["check", "--json"])
        #expect(json.status == 65)
        #expect(json.output.hasPrefix(#"[{"severity":"error","code":""#))
    }

    @Test func warningsFailOnlyWhereTheyAreToldTo() async throws {
        let tool = try tool(["a.json": #"{"name": "A", "propertys": {}, "properties": {"x": "string"}}"#])
        let outcome = try await tool.run(["check"])
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 1 && outcome.output.hasPrefix("warning: "))
        #expect(try await tool.run(["check", "--strict"]).status == 65)
    }

    @Test func modelsAreHeldAgainstTheDatabase() async throws {
        let shop = try await SmallShop.shared()
        let fine = try await shop.tool.run(["check", "--strict"])
        #expect(fine.status == 0 && fine.output == "")
        var tool = try tool(["customer.json": #"{"name": "Customer", "properties": {"shoe": "number"}}"#])
        #expect(try await tool.run(["check"]).status == 0)
        tool.environment["KINSHIP_DATABASE_URL"] = shop.database.url
        let outcome = try await tool.run(["check"])
        #expect(outcome.status == 65)
        #expect(outcome.output.contains("shoe"))
        #expect(try await tool.run(["check", "--offline"]).status == 0)
        #expect(try await tool.run(["check", "--database", "postgres://localhost:1/x"]).status == 69)
        #expect(try await tool.run(["check", "--models", "nowhere"]).status == 66)
    }
}
