// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

@testable import KinshipCommand

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
        let problems = outcome.lines.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        let fixes = outcome.lines.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
        #expect(problems.count >= 3 && fixes.count == problems.count)
        #expect(problems.allSatisfy { $0.hasPrefix("error: ") && $0.hasSuffix("]") }, "\(outcome.output)")
        #expect(fixes.allSatisfy { $0.hasPrefix("  fix: ") && $0.count > 10 }, "\(outcome.output)")
        #expect(outcome.output.contains("a.json: relations.b.model"))
        #expect(fixes.contains { $0.hasSuffix("Add its definition or remove the relation.") }, "\(outcome.output)")
        #expect(outcome.errors.contains("\(problems.count) problems, 0 warnings."))
        let json = try await tool.run(["check", "--json"])
        #expect(json.status == 65)
        #expect(json.output.hasPrefix(#"[{"severity":"error","code":""#))
    }

    @Test func warningsFailOnlyWhereTheyAreToldTo() async throws {
        let tool = try tool(["a.json": #"{"name": "A", "propertys": {}, "properties": {"x": "string"}}"#])
        let outcome = try await tool.run(["check"])
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 2 && outcome.output.hasPrefix("warning: "))
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

    /// Also where models are wrong their warnings are told, and what holds is held against the database.
    @Test func whatHoldsIsHeldAgainstTheDatabase() async throws {
        let shop = try await SmallShop.shared()
        var tool = try tool([
            // A relation that can't be, an oddity, and a column that isn't there.
            "customer.json":
                #"{"name": "Customer", "propertys": {}, "properties": {"shoe": "number"}, "relations": {"b": {"type": "belongsTo", "model": "Nope"}}}"#,
            // Wrong as a whole: its scope can't be left out.
            "item.json":
                #"{"name": "Item", "scope": {"where": {"nope": 1}}, "properties": {"sku": "string", "size": "number"}}"#,
            // Odd only with the database.
            "order.json":
                #"{"name": "Order", "options": {"postgresql": {"table": "orders"}}, "properties": {"id": {"type": "number", "id": true}, "total": "string"}, "relations": {"items": {"type": "hasMany", "model": "Item", "foreignKey": "order_id"}}}"#,
            "broken.json": "{",
        ])
        let offline = try await tool.run(["check", "--json"])
        let codes = try codes(offline)
        #expect(codes.filter { $0.hasPrefix("error") }.count == 3, "\(offline.output)")
        #expect(codes.contains("warning UNKNOWN_KEY"), "\(offline.output)")
        tool.environment["KINSHIP_DATABASE_URL"] = shop.database.url
        let outcome = try await tool.run(["check", "--json"])
        #expect(outcome.status == 65)
        let all = try self.codes(outcome)
        #expect(
            codes.allSatisfy { code in all.count { $0 == code } >= codes.count { $0 == code } }, "\(outcome.output)")
        #expect(outcome.output.contains("shoe"), "\(outcome.output)")
        #expect(all.contains("warning TYPE_MISMATCH"), "\(outcome.output)")
        // Nothing is told twice, and nothing that follows from what is told.
        #expect(!all.contains("warning LEFT_OUT"), "\(outcome.output)")
        #expect(try Set(messages(outcome)).count == all.count, "\(outcome.output)")
        // A database that can't be reached keeps nothing from being told.
        let apart = try await tool.run(["check", "--database", "postgres://localhost:1/x"])
        #expect(apart.status == 69 && apart.output.contains("relations.b.model"), "\(apart.errors)")
    }

    private func members(_ outcome: Tool.Outcome) throws -> [JSONValue] {
        try #require(try JSONValue(parsing: outcome.output).elements)
    }

    private func codes(_ outcome: Tool.Outcome) throws -> [String] {
        try members(outcome).map { "\($0["severity"]?.text ?? "") \($0["code"]?.text ?? "")" }
    }

    private func messages(_ outcome: Tool.Outcome) throws -> [String] {
        try members(outcome).map {
            "\($0["file"]?.text ?? "") \($0["path"]?.text ?? "") \($0["message"]?.text ?? "")"
        }
    }

    @Test func eachCodeHasAFix() {
        let problems = PlannerError.Code.allCases.map { Finding(PlannerError($0, "Wrong.", path: "x")) }
        let warnings = DefinitionWarning.Code.allCases.map { Finding(DefinitionWarning($0, "Odd.")) }
        for finding in problems + warnings {
            #expect(finding.fix.hasSuffix(".") && finding.fix.count > 15, "\(finding.code)")
            #expect(finding.text(Style(isOn: false)).hasSuffix("[\(finding.code)]\n  fix: \(finding.fix)"))
            #expect(finding.json["fix"] == .string(finding.fix))
        }
        #expect(Set(problems.map(\.fix)).count == problems.count && Set(warnings.map(\.fix)).count == warnings.count)
    }

    @Test(arguments: [
        ("The relation is defined twice. Rename one of the two, or remove it.", "Rename one of the two, or remove it."),
        (#"There is no "ordres". Is "orders" meant?"#, #"Is "orders" meant?"#),
        (
            #"The base model "A" doesn't exist. Is "B" meant? Add its definition, or use "PersistedModel"."#,
            #"Is "B" meant? Add its definition, or use "PersistedModel"."#
        ),
    ]) func whatTheMessageSaysIsTheFix(message: String, fix: String) {
        let finding = Finding(PlannerError(.invalidDefinition, message))
        #expect(finding.fix == fix && finding.message == message)
        // In text it is said once.
        #expect(finding.text(Style(isOn: false)).components(separatedBy: fix).count == 2)
    }

    @Test func whatIsNoFixIsNotTakenForOne() {
        let finding = Finding(PlannerError(.invalidDefinition, "Is this odd? Named things are. Types: a, b."))
        #expect(finding.fix == PlannerError.Code.invalidDefinition.fix)
    }
}
