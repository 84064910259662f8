// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Testing

/// Relations, properties and scopes are removed where nothing needs them.
@Suite struct RemovalTests {
    private func project(_ files: [String: String] = SmallShop.definitions) throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: files)
        tool.environment = ["KINSHIP_MODELS": "."]
        return tool
    }

    private func text(_ name: String, _ tool: Tool) throws -> String {
        try String(contentsOfFile: tool.directory + "/" + name, encoding: .utf8)
    }

    private func run(_ tool: Tool, _ line: String) async throws -> Tool.Outcome {
        try await tool.run(line.split(separator: " ").map(String.init))
    }

    // MARK: Relations

    @Test func aRelationGoesAndAllElseStays() async throws {
        let tool = try project()
        let before = try text("order.json", tool)
        let dry = try await run(tool, "relation --from Order --remove items --dry-run")
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(
            dry.output.contains(#"-    "items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}"#),
            "\(dry.output)")
        #expect(try text("order.json", tool) == before)
        let made = try await run(tool, "relation --from Order --remove items")
        #expect(made.status == 0 && made.output == dry.output + "changed ./order.json\n", "\(made.errors)")
        #expect(
            try text("order.json", tool)
                == before.replacing(
                    ",\n    \"items\": {\"type\": \"hasMany\", \"model\": \"Item\", \"foreignKey\": \"orderId\"}",
                    with: ""))
        let again = try await run(tool, "relation --from Order --remove items")
        #expect(again.status == 65 && again.errors.contains("UNKNOWN_MEMBER at --remove"), "\(again.errors)")
    }

    @Test func aKeyThatTheWayBackGoesByStays() async throws {
        let tool = try project()
        let refused = try await run(tool, "relation --from Order --remove customer")
        #expect(refused.status == 65 && refused.output == "", "\(refused.output)")
        #expect(
            refused.errors.contains("IN_USE at --remove") && refused.errors.contains("it is needed: Customer.orders.")
                && refused.errors.contains("--inverse NAME"), "\(refused.errors)")
        // The other way round nothing is lost: the key stays where it is.
        let dry = try await run(tool, "relation --from Customer --remove orders --dry-run")
        #expect(dry.status == 0, "\(dry.errors)")
        let both = try await run(tool, "relation --from Order --remove customer --inverse orders")
        #expect(both.status == 0, "\(both.errors)")
        #expect(both.output.hasSuffix("changed ./order.json\nchanged ./customer.json\n"), "\(both.output)")
        let schema = try SchemaLoader.load(directory: tool.directory)
        #expect(schema.model("Customer")?.relations.isEmpty == true)
        #expect(schema.model("Order")?.relations.map(\.name) == ["items"])
        #expect(try text("customer.json", tool).contains(#""relations": {}"#))
    }

    @Test(arguments: [
        // A default scope includes it; a named one asks about it; a relation's scope does.
        (
            #""scope": {"include": "items"}"#, "", "relation --from Order --remove items", "scope"
        ),
        (
            #""scopes": {"with": {"where": {"items": {"some": {}}}}}"#, "", "relation --from Order --remove items",
            "scopes.with"
        ),
        (#""hidden": ["items"]"#, "", "relation --from Order --remove items", "items"),
        (#""ownerRelations": ["items"]"#, "", "relation --from Order --remove items", "Order: ownerRelations"),
        (
            #""acls": [{"principalType": "ROLE", "principalId": "$everyone", "permission": "DENY", "property": "__get__items"}]"#,
            "", "relation --from Order --remove items", "Order: acls"
        ),
        // A way through the model goes by the keys of its relations.
        (
            #""scopes": {}"#,
            #""others": {"type": "hasMany", "model": "Item", "through": "Link"}"#,
            "relation --from Link --remove order", "Order.others"
        ),
        (#""scope": {"order": "total"}"#, "", "property --model Order --remove total", "scope"),
        (#""scopes": {"x": {"where": {"total": 1}}}"#, "", "property --model Order --remove total", "scopes.x"),
        (#""scopes": {}"#, "", "property --model Item --remove orderId", "Order.items"),
        (#""scopes": {}"#, "", "property --model Order --remove id", "the key of Order"),
        (
            #""scopes": {}"#,
            #""parts": {"type": "hasMany", "model": "Item", "foreignKey": "partOf", "properties": {"total": "sum"}}"#,
            "property --model Order --remove total", "Order.parts"
        ),
    ]) func whatIsNeededStays(order: String, relation: String, line: String, use: String) async throws {
        let relations = [
            #""items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}"#, relation,
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        let tool = try project([
            "order.json":
                #"{"name": "Order", "properties": {"id": {"type": "number", "id": true}, "total": "number"}, "relations": {\#(relations)}, \#(order)}"#,
            "item.json": #"{"name": "Item", "properties": {"orderId": "number", "sum": "number"}}"#,
            "link.json":
                #"{"name": "Link", "relations": {"order": {"type": "belongsTo", "model": "Order"}, "item": {"type": "belongsTo", "model": "Item"}}}"#,
        ])
        let files = try ["order.json", "item.json", "link.json"].map { ($0, try text($0, tool)) }
        let outcome = try await run(tool, line)
        #expect(outcome.status == 65 && outcome.output == "", "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("IN_USE at --remove") && outcome.errors.contains(use), "\(outcome.errors)")
        for (name, before) in files { #expect(try text(name, tool) == before) }
    }

    /// What a model has from its base goes with it.
    @Test(arguments: [
        ("relation --from Base --remove person", "Person.pets"),
        ("property --model Base --remove personId", "Person.pets"),
    ]) func whatIsNeededOfHeirsStays(line: String, use: String) async throws {
        let way = #"{"person": {"type": "belongsTo", "model": "Person", "foreignKey": "personId"}}"#
        let relations = line.hasPrefix("relation") ? way : "{}"
        let tool = try project([
            "base.json":
                #"{"name": "Base", "base": "PersistedModel", "properties": {"personId": "number"}, "relations": \#(relations)}"#,
            "pet.json": #"{"name": "Pet", "base": "Base"}"#,
            "person.json":
                #"{"name": "Person", "relations": {"pets": {"type": "hasMany", "model": "Pet", "foreignKey": "personId"}}}"#,
        ])
        let before = try text("base.json", tool)
        let outcome = try await run(tool, line)
        #expect(outcome.status == 65 && outcome.output == "", "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("IN_USE at --remove") && outcome.errors.contains(use), "\(outcome.errors)")
        #expect(try text("base.json", tool) == before)
    }

    /// Of two sides that go by links which nobody describes one can't go where the other would call them otherwise.
    @Test func linksKeepTheirName() async throws {
        let tool = try project([
            "note.json":
                #"{"name": "Note", "relations": {"patients": {"type": "hasAndBelongsToMany", "model": "Patient"}}}"#,
            "patient.json":
                #"{"name": "Patient", "relations": {"notes": {"type": "hasAndBelongsToMany", "model": "Note"}}}"#,
        ])
        let refused = try await run(tool, "relation --from Patient --remove notes")
        #expect(
            refused.status == 65 && refused.errors.contains("Note.patients would mean something else"),
            "\(refused.errors)")
        let made = try await run(tool, "relation --from Note --remove patients")
        #expect(made.status == 0 && made.output.contains("-- Nothing to do."), "\(made.output)\(made.errors)")
    }

    // MARK: Properties and scopes

    @Test func propertiesAndScopesGo() async throws {
        let tool = try project()
        let before = try text("item.json", tool)
        let made = try await run(tool, "property --model Item --remove sku")
        #expect(made.status == 0, "\(made.errors)")
        // Its values would be lost, which only a migration may be told to do.
        #expect(made.errors.contains("--allow-loss item.sku"), "\(made.errors)")
        #expect(try text("item.json", tool) == before.replacing(",\n    \"sku\": \"string\"", with: ""))
        let added = try await tool.run(["scope", "--model", "Item", "--name", "first", "--filter", #"{"limit": 1}"#])
        #expect(added.status == 0)
        let gone = try await run(tool, "scope --model Item --remove first")
        #expect(gone.status == 0 && gone.output.contains("-- Nothing to do."), "\(gone.errors)")
        #expect(try SchemaLoader.load(directory: tool.directory).model("Item")?.definition.scopes.isEmpty == true)
    }

    @Test(arguments: [
        ("relation --remove orders", 64, "MISSING_FLAG at --from"),
        ("relation --from Customer --remove orders --type hasMany", 64, "INVALID_FLAG at --type"),
        ("relation --from Customr --remove orders", 65, "UNKNOWN_MODEL at --from"),
        ("relation --from Customer --remove order", 65, "did you mean orders?"),
        ("relation --from Customer --remove orders --inverse items", 64, "INVALID_FLAG at --inverse"),
        ("relation --from Customer --remove orders --inverse nope", 65, "UNKNOWN_MEMBER at --inverse"),
        ("property --remove sku", 64, "MISSING_FLAG at --model"),
        ("property --model Item --remove sk", 65, "UNKNOWN_MEMBER at --remove"),
        ("property --model Item --remove sku --unique", 64, "INVALID_FLAG at --unique"),
        ("scope --remove open", 64, "MISSING_FLAG at --model"),
        ("scope --model Item --remove open", 65, "UNKNOWN_MEMBER at --remove"),
        ("scope --model Item --remove open --default", 64, "INVALID_FLAG at --default"),
    ]) func whatCannotBeRemovedIsSaid(line: String, status: Int, message: String) async throws {
        let tool = try project()
        let files = try SmallShop.definitions.keys.map { ($0, try text($0, tool)) }
        let outcome = try await run(tool, line)
        #expect(outcome.status == status && outcome.output == "", "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        for (name, before) in files { #expect(try text(name, tool) == before) }
    }

    /// What a model has from its base is no member of its own file.
    @Test func whatIsInheritedIsNotRemovedHere() async throws {
        let tool = try project([
            "a.json": #"{"name": "A", "properties": {"x": "string"}}"#,
            "b.json": #"{"name": "B", "base": "A", "properties": {}}"#,
        ])
        let outcome = try await run(tool, "property --model B --remove x")
        #expect(outcome.status == 65 && outcome.errors.contains("UNKNOWN_MEMBER at ./b.json"), "\(outcome.errors)")
    }
}
