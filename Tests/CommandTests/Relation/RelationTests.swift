// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// `kinship relation` by flags.
@Suite struct RelationTests {
    @Test(arguments: RelationCase.all) func everyKindIsWrittenAndMeansWhatWasSaid(_ example: RelationCase) async throws
    {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: RelationCase.models)
        tool.environment = ["KINSHIP_MODELS": "."]
        let arguments = ["relation"] + example.flags.split(separator: " ").map(String.init)
        let dry = try await tool.run(arguments + ["--dry-run"])
        #expect(dry.status == 0, "\(dry.errors)")
        let before = try SchemaLoader.load(directory: tool.directory)
        #expect(example.meaning.allSatisfy { !Self.meanings(before).contains($0) })
        let made = try await tool.run(arguments)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.hasPrefix(dry.output))
        let schema = try SchemaLoader.load(directory: tool.directory)
        for (place, text) in example.written {
            let names = place.split(separator: ".").map(String.init)
            let file = try #require(schema.model(names[0])?.definition.file)
            let json = try JSONValue(parsing: Array(try #require(FileManager.default.contents(atPath: file))))
            #expect(json["relations"]?[names[1]]?.description == text)
        }
        let meanings = Self.meanings(schema)
        for meaning in example.meaning { #expect(meanings.contains(meaning), "\(meanings)") }
        let added = meanings.filter { !Self.meanings(before).contains($0) }
        #expect(Set(added).subtracting(example.meaning).allSatisfy { $0.hasPrefix("PatientNote.") })
        let again = try await tool.run(arguments)
        #expect(again.status == 65 && again.errors.contains("NAME_TAKEN"), "\(again.errors)")
    }

    /// What the relations of a schema come to.
    static func meanings(_ schema: Schema) -> [String] {
        schema.models.flatMap { model in
            model.relations.map { relation in
                let target = relation.target.flatMap { id in schema.models.first { $0.id == id } }
                let link = relation.through.flatMap { through in schema.models.first { $0.id == through.model } }
                func names(_ ids: [Property.ID], _ owner: Model?) -> String {
                    ids.compactMap { id in owner?.properties.first { $0.id == id }?.name }.joined(separator: ",")
                }
                var text = "\(model.name).\(relation.name): \(relation.kind) \(target?.name ?? "*") "
                text += "\(names(relation.sourceKey, model)) = \(names(relation.targetKey, target))"
                if let link, let through = relation.through {
                    text += " through \(link.name) \(names(through.sourceKey, link)), \(names(through.targetKey, link))"
                }
                if let polymorphic = relation.polymorphic {
                    let owner = relation.kind == .belongsTo ? model : link ?? target
                    text += " by \(names([polymorphic.discriminator], owner))"
                }
                if let property = relation.embedded { text += " in \(names([property], model))" }
                if relation.definition.nestRemoting { text += " nested" }
                if relation.includeDisabled { text += " excluded" }
                return text
            }
        }
    }

    /// Keys have the types of what they refer to: that of --primary-key on this side, that of the key on the other, also of one model.
    @Test func keysHaveTheTypesOfWhatTheyReferTo() async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [
            "person.json": #"{"name": "Person", "properties": {"code": "string", "born": "date"}}"#,
            "tie.json": #"{"name": "Tie", "properties": {"since": "date"}}"#,
            "visit.json": #"{"name": "Visit", "properties": {}}"#,
        ])
        tool.environment = ["KINSHIP_MODELS": "."]
        let keys = "--through Tie --primary-key code --foreign-key fromCode --key-through toId"
        let through = "relation --from Person --type hasManyThrough --to Person --name friends \(keys)"
        let back = try await tool.run((through + " --inverse friendsOf").split(separator: " ").map(String.init))
        #expect(back.status == 64 && back.errors.contains("INVALID_FLAG at --inverse"), "\(back.errors)")
        for line in [
            through, "relation --from Visit --type belongsTo --to Person --primary-key code --column person_code",
            "relation --from Visit --type belongsTo --to Person --name child --primary-key born --column born_at",
        ] {
            let made = try await tool.run(line.split(separator: " ").map(String.init))
            #expect(made.status == 0, "\(line): \(made.errors)")
        }
        func type(_ file: String, _ property: String) throws -> String? {
            let json = try JSONValue(
                parsing: Array(try #require(FileManager.default.contents(atPath: tool.directory + "/" + file))))
            return json["properties"]?[property]?["type"]?.text
        }
        #expect(try type("tie.json", "fromCode") == "string" && type("tie.json", "toId") == "number")
        #expect(try type("visit.json", "personId") == "string" && type("visit.json", "childId") == "date")
    }

    // MARK: The change

    private func shop() throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: SmallShop.definitions)
        tool.environment = ["KINSHIP_MODELS": "."]
        return tool
    }

    private func text(_ name: String, _ tool: Tool) throws -> String {
        // A mark at the beginning counts too.
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: tool.directory + "/" + name)), as: UTF8.self)
    }

    @Test func theChangeIsShownAsADiffWithItsSQL() async throws {
        let tool = try shop()
        let before = try text("item.json", tool)
        let flags = [
            "relation", "--from", "Customer", "--type", "hasMany", "--to", "Item", "--name", "gifts", "--inverse",
            "giver",
            "--scope", #"{"order": "sku"}"#, "--properties", #"{"name": "giverName"}"#,
        ]
        let dry = try await tool.run(flags + ["--dry-run"])
        #expect(
            dry.output.hasPrefix(
                """
                --- ./customer.json
                +++ ./customer.json
                @@ -5,5 +5,5 @@
                     "name": "string",
                     "balance": {"type": "number", "postgresql": {"dataType": "numeric"}}
                   },
                -  "relations": {"orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"}}
                """), "\(dry.output)")
        #expect(dry.output.contains("+++ ./item.json\n"))
        #expect(
            dry.output.contains("ALTER TABLE \"public\".\"item\" ADD COLUMN \"customerid\" integer"), "\(dry.output)")
        #expect(dry.output.contains("FOREIGN KEY (\"customerid\") REFERENCES \"public\".\"customer\" (\"id\")"))
        #expect(dry.output.contains("CREATE INDEX"))
        #expect(try text("item.json", tool) == before)
        let made = try await tool.run(flags)
        #expect(made.output == dry.output + "changed ./customer.json\nchanged ./item.json\n")
        let giver = #"    "giver": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"}"#
        let expected = before.replacing("\n  }\n}", with: "\n  },\n  \"relations\": {\n\(giver)\n  }\n}")
        #expect(try text("item.json", tool) == expected)
        #expect(try text("customer.json", tool).contains(#""scope": {"order": "sku"}"#))
    }

    @Test func whatWouldNotLoadIsNotWritten() async throws {
        let tool = try shop()
        let files = try SmallShop.definitions.keys.map { ($0, try text($0, tool)) }
        let flags = ["relation", "--from", "Customer", "--type", "hasMany", "--to", "Item"]
        let wrong = try await tool.run(flags + ["--scope", #"{"where": {"nope": 1}}"#])
        #expect(wrong.status == 65)
        #expect(wrong.errors.contains("relations.items.scope"), "\(wrong.errors)")
        #expect(wrong.output == "")
        for (name, before) in files { #expect(try text(name, tool) == before) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory).count == files.count)
    }

    @Test(arguments: [
        ("", 64, "MISSING_FLAG at --from"), ("--from Item", 64, "MISSING_FLAG at --type"),
        ("--from Item --type hasMany", 64, "MISSING_FLAG at --to"),
        ("--from Order --type hasManyThrough --to Customer --name x", 64, "MISSING_FLAG at --through"),
        (
            "--from Customer --type hasManyThrough --to Customer --name x --through Item", 64,
            "MISSING_FLAG at --key-through"
        ),
        ("--from Itm --type hasMany --to Order", 65, "UNKNOWN_MODEL at --from"),
        ("--from Item --type hasMany --to Ordr", 65, "did you mean Order?"),
        ("--from Customer --type hasOne --to Order --name orders", 65, "NAME_TAKEN at --name"),
        ("--from Customer --type hasOne --to Order --name balance", 65, "NAME_TAKEN at --name"),
        ("--from Customer --type hasOne --to Order --name x --inverse items", 65, "NAME_TAKEN at --inverse"),
        ("--from Item --type hasMany --to Item --name a --inverse a", 65, "NAME_TAKEN at --inverse"),
        ("--from Customer --type hasOne --to Order --name a.b", 64, "INVALID_FLAG at --name"),
        ("--from Customer --type hasOne --to Order --name x --through Item", 64, "INVALID_FLAG at --through"),
        ("--from Customer --type hasOne --to Order --name x --key-through y", 64, "INVALID_FLAG at --key-through"),
        ("--from Customer --type hasOne --to Order --name x --property y", 64, "INVALID_FLAG at --property"),
        ("--from Customer --type embedsOne --to Order --name x --foreign-key y", 64, "INVALID_FLAG at --foreign-key"),
        ("--from Customer --type embedsOne --to Order --name x --inverse y", 64, "INVALID_FLAG at --inverse"),
        ("--from Customer --type embedsOne --to Order --name x --polymorphic y", 64, "INVALID_FLAG at --polymorphic"),
        ("--from Customer --type belongsTo --to Order --name x --polymorphic y", 64, "INVALID_FLAG at --to"),
        ("--from Customer --type hasOne --to Order --name x --invert", 64, "INVALID_FLAG at --invert"),
        (
            "--from Customer --type hasOne --to Order --name x --inverse-type hasOne", 64,
            "INVALID_FLAG at --inverse-type"
        ),
        ("--from Customer --type hasOne --to Order --name x --foreign-key a,,b", 64, "INVALID_FLAG at --foreign-key"),
        ("--from Customer --type hasOne --to Order --name x --scope [1]", 64, "INVALID_FLAG at --scope"),
        ("--from Customer --type hasOne --to Order --name x --properties {", 64, "INVALID_FLAG at --properties"),
        ("--from Customer --type belongsTo --to Order --foreign-key a,b --column c", 64, "INVALID_FLAG at --column"),
        ("--from User --type hasMany --to Order", 65, "UNKNOWN_MODEL at --from"),
    ]) func whatCannotBeIsSaid(flags: String, status: Int, message: String) async throws {
        let tool = try shop()
        let outcome = try await tool.run(["relation"] + flags.split(separator: " ").map(String.init))
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test func modelsWithoutAFileAndOddFilesAreSaid() async throws {
        var tool = try shop()
        tool.directory = try SmallShop.folder(of: [
            "user.json":
                #"{"name": "Member", "base": "User", "relations": {"roles": {"type": "hasMany", "model": "Role", "foreignKey": "principalId"}}}"#,
            "old.json": "\u{FEFF}{\r\n  \"name\": \"Old\",\r\n  \"relationships\": {\r\n  }\r\n}\r\n",
        ])
        let flags = ["relation", "--from", "Role", "--type", "belongsTo", "--to", "Member"]
        let outcome = try await tool.run(flags)
        #expect(outcome.status == 65 && outcome.errors.contains("NO_MODEL_FILE at Role"), "\(outcome.errors)")
        let old = try await tool.run(["relation", "--from", "Old", "--type", "hasOne", "--to", "Member", "--quiet"])
        #expect(old.status == 0, "\(old.errors)")
        #expect(
            try text("old.json", tool)
                == "\u{FEFF}{\r\n  \"name\": \"Old\",\r\n  \"relationships\": {\r\n    \"member\": {\r\n      \"type\": \"hasOne\",\r\n      \"model\": \"Member\",\r\n      \"foreignKey\": \"oldId\"\r\n    }\r\n  }\r\n}\r\n"
        )
    }
}
