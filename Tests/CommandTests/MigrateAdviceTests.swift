// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship migrate` and the indexes that requests lack.
@Suite(.serialized) struct MigrateAdviceTests {
    private static let customer = """
        {"name": "Customer", "properties": {"name": "string"}, "relations": {"visits": {"type": "hasMany", "model": "Visit",
            "foreignKey": "customerId", "scope": {"order": "placedAt DESC", "limit": 3}}}}
        """
    private static let visit = """
        {"name": "Visit", "properties": {"customerId": "number", "placedAt": "date", "total": "number", "status": "string"},
            "scopes": {"largest": {"order": "total DESC", "limit": 10}}}
        """
    private static let open = #"Visit={"where": {"status": "open"}, "order": "placedAt", "limit": 5}"#

    private func project() async throws -> (tool: Tool, database: TestDatabase) {
        let database = try await TestDatabase.named("migrate_advice")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["customer.json": Self.customer, "visit.json": Self.visit])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": "."]
        return (tool, database)
    }

    private func indexes(_ database: TestDatabase) async throws -> [String?] {
        try await database.run(
            "SELECT substring(indexdef FROM '\\(.*') FROM pg_indexes WHERE tablename = 'visit' ORDER BY 1"
        ).map { $0.first ?? nil }
    }

    @Test func adviceIsToldAndMadeWhenItIsAskedFor() async throws {
        let (tool, database) = try await project()
        let plan = try await tool.run(["migrate", "plan"])
        #expect(plan.status == 0, "\(plan.errors)")
        let parts = plan.output.components(separatedBy: "-- Advised, and no part of the plan; with --advised it is:\n")
        #expect(parts.count == 2 && !parts[0].contains("advised:"), "\(plan.output)")
        let advised = try #require(parts.last)
        #expect(advised.contains("advised: The first rows of Visit by total DESC are asked for"), "\(advised)")
        #expect(advised.contains(#"-- CREATE INDEX "visit_total_id_idx" ON "public"."visit" ("total" DESC, "id");"#))
        #expect(advised.contains(#"("customerid", "placedat" DESC, "id");"#), "\(advised)")

        #expect(try await tool.run(["migrate", "apply", "--yes"]).status == 0)
        let plain = ["(customerid)", "(id)"]
        #expect(try await indexes(database) == plain)
        // What is only advised is no difference.
        #expect(try await tool.run(["migrate", "plan", "--check"]).status == 0)
        let json = try await tool.run(["migrate", "plan", "--check", "--advised", "--filter", Self.open, "--json"])
        #expect(json.status == 1)
        #expect(
            json.output.contains(#""advised":"The first rows of Visit by placedat are asked for among those of one"#))
        #expect(json.output.hasSuffix("\"suggestions\":[]}\n"), "\(json.output)")

        let made = try await tool.run(["migrate", "apply", "--yes", "--advised", "--filter", Self.open])
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.contains("advised: Each Customer gets its first visits by placedat DESC"), "\(made.errors)")
        let all = [
            "(customerid)", "(customerid, placedat DESC, id)", "(id)", "(status, placedat, id)", "(total DESC, id)",
        ]
        #expect(try await indexes(database) == all)
        #expect(try await tool.run(["migrate", "status", "--check", "--advised"]).status == 0)

        // Without the flag they aren't surplus: not at once, and not when the models have changed since.
        #expect(try await tool.run(["migrate", "plan", "--check"]).output == "-- Nothing to do.\n")
        try Self.visit.replacing(#""status""#, with: #""note": "string", "status""#)
            .write(toFile: tool.directory + "/visit.json", atomically: true, encoding: .utf8)
        for _ in 1...2 {
            #expect(try await tool.run(["migrate", "apply", "--yes"]).status == 0)
            let status = try await tool.run(["migrate", "status", "--check"])
            #expect(status.status == 0 && !status.output.contains("No model asks for"), "\(status.output)")
        }
        #expect(try await tool.run(["migrate", "baseline"]).status == 0)
        #expect(try await tool.run(["migrate", "apply", "--yes"]).status == 0)
        #expect(try await indexes(database) == all)
    }

    @Test func filesHaveAdvisedIndexes() async throws {
        let (tool, database) = try await project()
        try """
        {"Visit": [{"order": "status", "limit": 1}], "Customer": {"order": "name", "limit": 1}}
        """.write(toFile: tool.directory + "/requests.txt", atomically: true, encoding: .utf8)
        let new = ["migrate", "new", "first", "--advised", "--filters", "requests.txt"]
        let file = try #require(try await tool.run(new).lines.first)
        let text = try String(contentsOfFile: tool.directory + "/" + file, encoding: .utf8)
        #expect(text.contains("advised: The first rows of Customer by name are asked for"), "\(text)")
        #expect(try await tool.run(["migrate", "apply", "--yes"]).status == 0)
        #expect(
            try await indexes(database) == [
                "(customerid)", "(customerid, placedat DESC, id)", "(id)", "(status, id)", "(total DESC, id)",
            ])
        // Neither the next file nor the difference drops them.
        #expect(try await tool.run(["migrate", "new", "second"]).errors.contains("Nothing to do"))
        #expect(try await tool.run(["migrate", "diff", "--check"]).output == "-- Nothing to do.\n")
        #expect(try await tool.run(["migrate", "status", "--check"]).status == 0)
        let late = try await tool.run(["migrate", "apply", "--yes", "--advised"])
        #expect(late.status == 64 && late.errors.contains("migrate new"), "\(late.errors)")
    }

    @Test func whatAdviceCannotBeForIsSaid() async throws {
        let (tool, _) = try await project()
        #expect(try await tool.run(["migrate", "plan", "--filter", "Visit"]).status == 64)
        let idle = try await tool.run(["migrate", "apply", "--yes", "--filter", Self.open])
        #expect(idle.status == 64 && idle.errors.contains("--advised"), "\(idle.errors)")
        let model = try await tool.run(["migrate", "plan", "--filter", "Visitt={}"])
        #expect(model.status == 65 && model.errors.contains("--filter Visitt"), "\(model.errors)")
        let property = try await tool.run(["migrate", "plan", "--filter", #"Visit={"order": "nope"}"#])
        #expect(property.status == 65 && property.errors.contains("nope"), "\(property.errors)")
        #expect(try await tool.run(["migrate", "plan", "--filters", "nowhere.json"]).status == 66)
    }
}
