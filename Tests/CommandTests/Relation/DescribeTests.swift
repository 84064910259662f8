// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Testing

/// `kinship model`, `kinship property` and `kinship scope`.
@Suite struct DescribeTests {
    private func project(_ files: [String: String] = SmallShop.definitions) throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: files)
        tool.environment = ["KINSHIP_MODELS": "."]
        return tool
    }

    private func text(_ name: String, _ tool: Tool) throws -> String {
        try String(contentsOfFile: tool.directory + "/" + name, encoding: .utf8)
    }

    // MARK: Properties

    @Test func propertiesAreAdded() async throws {
        let tool = try project()
        let before = try text("item.json", tool)
        let flags = [
            "property", "--model", "Item", "--name", "state", "--type", "string", "--required", "--default", "new",
            "--index", "--length", "20", "--column", "item_state", "--description", "How far it is.",
        ]
        let dry = try await tool.run(flags + ["--dry-run"])
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.contains("ADD COLUMN \"item_state\""), "\(dry.output)")
        #expect(try text("item.json", tool) == before)
        #expect(try await tool.run(flags).status == 0)
        let written =
            #"{"type":"string","required":true,"index":true,"length":20,"default":"new","description":"How far it is.","postgresql":{"columnName":"item_state"}}"#
        let json = try JSONValue(parsing: Array(try text("item.json", tool).utf8))
        #expect(json["properties"]?["state"]?.description == written)
        let property = try #require(try SchemaLoader.load(directory: tool.directory).model("Item")?.property("state"))
        #expect(property.column == "item_state" && property.isRequired && property.kind == .string)
        let again = try await tool.run(flags)
        #expect(again.status == 65 && again.errors.contains("NAME_TAKEN at --name"), "\(again.errors)")
        for (type, kind) in [
            ("[number]", PropertyKind.array(of: .number)), ("boolean", .boolean), ("geopoint", .geopoint),
        ] {
            let name = "a\(type.filter(\.isLetter))"
            let made = try await tool.run(["property", "--model", "Item", "--name", name, "--type", type])
            #expect(made.status == 0, "\(made.errors)")
            #expect(try SchemaLoader.load(directory: tool.directory).model("Item")?.property(name)?.kind == kind)
        }
    }

    /// What the database would refuse, or hide, is said before anything is written.
    @Test func whatCannotBeIsRefused() async throws {
        let tool = try project()
        let before = try text("item.json", tool)
        let made = try await tool.run(["property", "--model", "Item", "--name", "Odd", "--type", "string"])
        #expect(made.status == 0, "\(made.errors)")
        let between = try text("item.json", tool)
        for (arguments, code) in [
            (["property", "--model", "Item", "--name", "odd", "--type", "string"], "NAME_TAKEN at Item.odd"),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "string", "--column", "odd"],
                "NAME_TAKEN at Item.x"
            ),
            (
                ["relation", "--from", "Item", "--type", "belongsTo", "--to", "Item", "--foreign-key", "a.b"],
                "INVALID_FLAG at --foreign-key"
            ),
            (
                ["relation", "--from", "Item", "--type", "belongsTo", "--to", "Item", "--foreign-key", "x,x"],
                "INVALID_FLAG at --foreign-key"
            ),
            (["property", "--model", "Item", "--name", "and", "--type", "string"], "INVALID_FLAG at --name"),
            (["property", "--model", "Item", "--name", "a/b", "--type", "string"], "INVALID_FLAG at --name"),
            (["model", "--name", "PersistedModel"], "NAME_TAKEN at --name"),
            (["model", "--name", "model"], "NAME_TAKEN at --name"),
            (["model", "--name", "Foo", "--plural", ""], "INVALID_FLAG at --plural"),
            (["model", "--name", "Foo", "--plural", "a/b c?"], "INVALID_FLAG at --plural"),
            (["model", "--name", "Foo", "--table", ""], "INVALID_FLAG at --table"),
            (["model", "--name", "Foo", "--property", "xmin:number"], "NAME_TAKEN at Foo.xmin"),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "string", "--column", "ctid"],
                "NAME_TAKEN at Item.x"
            ),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "number", "--default", "\"abc\""],
                "INVALID_FLAG at Item.x"
            ),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "date", "--default", "nonsense"],
                "INVALID_FLAG at Item.x"
            ),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "number", "--default", "1e400"],
                "INVALID_FLAG at Item.x"
            ),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "geopoint", "--unique"],
                "INVALID_FLAG at Item.x"
            ),
            (
                [
                    "property", "--model", "Item", "--name", "x", "--type", "date", "--default", "now", "--default-fn",
                    "now",
                ], "INVALID_FLAG at Item.x"
            ),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "string", "--length", "0"],
                "INVALID_FLAG at --length"
            ),
            (
                ["property", "--model", "Item", "--name", "x", "--type", "string", "--column", ""],
                "INVALID_FLAG at --column"
            ),
            (
                [
                    "relation", "--from", "Customer", "--type", "hasMany", "--to", "Item", "--name", "x",
                    "--foreign-key",
                    "sku", "--column", "cc",
                ], "INVALID_FLAG at --column"
            ),
        ] {
            let result = try await tool.run(arguments)
            #expect(result.status != 0 && result.errors.contains(code), "\(arguments): \(result.errors)")
        }
        #expect(try text("item.json", tool) == between && between != before)
        for value in ["now", "2024-02-29", "\"2024-02-29T12:00:00Z\""] {
            let dated = try await tool.run([
                "property", "--model", "Item", "--name", "x", "--type", "date", "--default", value, "--dry-run",
            ])
            #expect(dated.status == 0, "\(dated.errors)")
        }
        let shared = try await tool.run(["model", "--name", "Foo", "--plural", "Items", "--dry-run"])
        #expect(shared.status == 0)
        #expect(shared.errors.contains("[SHARED_PATH]") || shared.errors.contains("have the same path, /Items"))
        let odd = between.replacing("\"Odd\"", with: "\"ODD\": \"string\", \"Odd\"")
        try odd.write(toFile: tool.directory + "/item.json", atomically: true, encoding: .utf8)
        let check = try await tool.run(["check", "--offline", "--strict"])
        #expect(check.status == 65 && check.output.contains("[SHARED_COLUMN]"), "\(check.output)")
    }

    @Test func propertiesAreAskedFor() async throws {
        let tool = try project()
        let session = try TerminalSession(tool, ["property"])
        #expect(await session.shows("Which model gets the property?"))
        session.type("item\r")
        #expect(await session.shows("What is the property called?"))
        session.type("sku\r")
        #expect(await session.shows("Item has a property called \"sku\"."))
        session.type("\u{15}count\r")
        #expect(await session.shows("Of which type is count?"))
        session.type("\u{1B}[B\r")
        #expect(await session.shows("Is it required?"))
        session.type("\r")
        #expect(await session.shows("Which default?"))
        session.type("x\r")
        #expect(await session.shows("It isn't JSON"))
        session.type("\u{7F}0\r")
        #expect(await session.shows("Write the files?"))
        session.type("\r")
        #expect(await session.status() == 0, "\(session.screen.text)")
        #expect(try text("item.json", tool).contains(#""count": {"type": "number", "default": 0}"#))
    }

    // MARK: Scopes

    @Test func scopesAreAdded() async throws {
        let tool = try project()
        let flags = ["scope", "--model", "Order", "--name", "large", "--filter", #"{"where": {"total": {"gt": 100}}}"#]
        let made = try await tool.run(flags)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("-- Nothing to do."))
        #expect(
            try await tool.run(["scope", "--model", "Order", "--default", "--filter", #"{"order": "id"}"#]).status == 0)
        let definition = try #require(try SchemaLoader.load(directory: tool.directory).model("Order")?.definition)
        #expect(definition.scope?.description == #"{"order":"id"}"#)
        #expect(definition.scopes.map(\.key) == ["large"])
        #expect(try await tool.run(flags).errors.contains("NAME_TAKEN at --name"))
        let wrong = try await tool.run([
            "scope", "--model", "Order", "--name", "odd", "--filter", #"{"where": {"x": 1}}"#,
        ])
        #expect(wrong.status == 65 && wrong.errors.contains("scopes.odd"), "\(wrong.errors)")
        #expect(try !text("order.json", tool).contains("odd"))
    }

    @Test func scopesAreAskedFor() async throws {
        let tool = try project()
        let session = try TerminalSession(tool, ["scope", "--model", "Item"])
        #expect(await session.shows("What is the scope called?"))
        session.type("first\r")
        #expect(await session.shows("Which filter, as JSON? {\"where\": {}}"))
        session.type("\u{15}{\"limit\": 3}\r")
        #expect(await session.shows("Write the files?"))
        session.type("\r")
        #expect(await session.status() == 0, "\(session.screen.text)")
        #expect(
            try SchemaLoader.load(directory: tool.directory).model("Item")?.definition.scopes.map(\.key) == ["first"])
    }

    // MARK: Models

    @Test func theFirstModelIsMadeInAnEmptyFolder() async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        let flags = ["model", "--name", "OrderItem", "--property", "sku:string", "--property", "tags:[string]"]
        let dry = try await tool.run(flags + ["--dry-run"])
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(
            dry.output.contains("+++ models/order-item.json")
                && dry.output.contains("CREATE TABLE \"public\".\"orderitem\""))
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory).isEmpty)
        let made = try await tool.run(flags)
        #expect(made.output == dry.output + "made models/order-item.json\n", "\(made.errors)")
        #expect(
            try text("models/order-item.json", tool) == """
                {
                  "name": "OrderItem",
                  "base": "PersistedModel",
                  "properties": {
                    "sku": {
                      "type": "string"
                    },
                    "tags": {
                      "type": [
                        "string"
                      ]
                    }
                  },
                  "relations": {}
                }

                """)
        let again = try await tool.run(flags)
        #expect(again.status == 65 && again.errors.contains("NAME_TAKEN at --name"), "\(again.errors)")
        let more = try await tool.run([
            "model", "--name", "Order", "--base", "OrderItem", "--table", "orders", "--plural", "Bestellungen",
        ])
        #expect(more.status == 0, "\(more.errors)")
        let order = try #require(try SchemaLoader.load(directory: tool.directory + "/models").model("Order"))
        #expect(order.table == "orders" && order.plural == "Bestellungen" && order.property("sku") != nil)
    }

    @Test func modelsOfApplicationsAreListed() async throws {
        let tool = try project()
        let files = FileManager.default
        for folder in ["server", "common/models"] {
            try files.createDirectory(atPath: tool.directory + "/" + folder, withIntermediateDirectories: true)
        }
        let configuration =
            "{\n  \"_meta\": {\"sources\": [\"../common/models\"]},\n  \"Note\": {\"dataSource\": \"db\"}\n}\n"
        for (name, text) in [
            ("server/model-config.json", configuration),
            ("common/models/note.json", #"{"name": "Note", "properties": {}}"#),
        ] { try text.write(toFile: tool.directory + "/" + name, atomically: true, encoding: .utf8) }
        let made = try await tool.run(["model", "--name", "Memo", "--property", "text:string"])
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            try text("server/model-config.json", tool)
                == configuration.replacing(
                    "\"db\"}\n", with: "\"db\"},\n  \"Memo\": {\"dataSource\": \"db\", \"public\": true}\n"))
        #expect(try SchemaLoader.load(application: tool.directory).model("Memo")?.property("text") != nil)
    }

    @Test func modelsAreAskedFor() async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        let session = try TerminalSession(tool, ["model"])
        #expect(await session.shows("What is the model called?"))
        session.type("no good\r")
        #expect(await session.shows("can't be the name of a model"))
        session.type("\u{15}Größe\r")
        #expect(await session.shows("Which model does it extend?"))
        session.type("\r")
        #expect(await session.shows("Which property? (empty: no more)"))
        session.type("wert\r")
        #expect(await session.shows("Of which type is wert?"))
        session.type("list\r")
        #expect(await session.shows("A list of what?"))
        session.type("numb\r")
        #expect(await session.shows("Is it required?"))
        session.type("yes\r")
        #expect(await session.shows("Which default?"))
        session.type("\r\r")
        #expect(await session.shows("Write the files?"))
        session.type("\r")
        #expect(await session.status() == 0, "\(session.screen.text)")
        let schema = try SchemaLoader.load(directory: tool.directory + "/models")
        #expect(schema.model("Größe")?.property("wert")?.kind == .array(of: .number))
        let left = try TerminalSession(tool, ["model"])
        #expect(await left.shows("What is the model called?"))
        left.type("\u{3}")
        #expect(await left.status() == 130)
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory + "/models").count == 1)
    }

    // MARK: Mistakes

    @Test(arguments: [
        ("property", 64, "MISSING_FLAG at --model"), ("property --model Item", 64, "MISSING_FLAG at --name"),
        ("property --model Item --name x", 64, "MISSING_FLAG at --type"),
        ("property --model Itm --name x --type string", 65, "UNKNOWN_MODEL at --model"),
        ("property --model Item --name x --type strin", 64, "did you mean string?"),
        ("property --model Item --name a.b --type string", 64, "INVALID_FLAG at --name"),
        ("property --model Item --name x --type number --default y", 64, "INVALID_FLAG at --default"),
        ("property --model Item --name x --type string --default-fn never", 65, "is no default function"),
        ("scope", 64, "MISSING_FLAG at --model"), ("scope --model Item", 64, "MISSING_FLAG at --name"),
        ("scope --model Item --default", 64, "MISSING_FLAG at --filter"),
        ("scope --model Item --name a.b --filter {}", 64, "INVALID_FLAG at --name"),
        ("scope --model Item --name a --filter [", 64, "INVALID_FLAG at --filter"),
        ("scope --model Item --name a --default --filter {}", 64, "not both"),
        ("scope --model Order --name items --filter {}", 65, "NAME_TAKEN at --name"),
        ("model", 64, "MISSING_FLAG at --name"), ("model --name item", 65, "NAME_TAKEN at --name"),
        ("model --name 1a", 64, "INVALID_FLAG at --name"), ("model --name A --base Nothing", 65, "Nothing"),
        ("model --name A --property x:strin", 64, "INVALID_FLAG at --property"),
        ("model --name A --property x:string --property X:number", 65, "NAME_TAKEN at --property"),
        ("scope --model Item --name a\u{9b}2J --filter {}", 64, "INVALID_FLAG at --name"),
        ("property --model Item --name a\u{202e}b --type string", 64, "INVALID_FLAG at --name"),
        ("model --name A --folder elsewhere", 64, "INVALID_FLAG at --folder"),
    ]) func whatCannotBeIsSaid(arguments: String, status: Int, message: String) async throws {
        let tool = try project()
        let outcome = try await tool.run(arguments.split(separator: " ").map(String.init))
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: tool.directory).count == SmallShop.definitions.count)
    }
}
