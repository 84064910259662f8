// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

/// What flags say of where things are is looked at before anything is done.
@Suite struct PlaceTests {
    private func text(_ name: String, _ tool: Tool) throws -> String {
        try String(contentsOfFile: tool.directory + "/" + name, encoding: .utf8)
    }

    /// A file in place of a folder is said by every command, and nothing is made of it.
    @Test(arguments: [
        ["check"], ["query", "Customer"], ["batch"], ["console"], ["serve"], ["export", "Customer"],
        ["import", "Customer", "x.jsonl"],
        ["migrate", "plan"], ["migrate", "diff"], ["migrate", "status"], ["changes", "status"],
        ["generate", "swift", "-o", "x"],
        ["relation", "--from", "Customer", "--type", "hasMany", "--to", "Customer"], ["model", "--name", "Note"],
        ["property", "--model", "Customer", "--name", "x", "--type", "string"],
        ["scope", "--model", "Customer", "--name", "x", "--filter", "{}"],
    ]) func aFileIsNoFolderOfModels(arguments: [String]) async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["models/customer.json": #"{"name": "Customer"}"#])
        let file = "models/customer.json"
        let given = try await tool.run(arguments + ["--models", file])
        #expect(given.status == 64 && given.output == "", "\(arguments): \(given.errors)")
        #expect(
            given.errors.contains("INVALID_FLAG at --models")
                && given.errors.contains("\(file) is a file, and not a folder.")
                && given.errors.contains("such as models"), "\(arguments): \(given.errors)")
        tool.environment = ["KINSHIP_MODELS": file]
        let named = try await tool.run(arguments)
        #expect(named.status == 64 && named.errors.contains("INVALID_FLAG at KINSHIP_MODELS"), "\(named.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory) == ["models"])
    }

    @Test func theModelsOfBeforeAreAFolderToo() async throws {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["models/a.json": #"{"name": "A"}"#])
        let outcome = try await tool.run(["migrate", "diff", "models/a.json"])
        #expect(outcome.status == 64 && outcome.errors.contains("INVALID_FLAG at models/a.json"), "\(outcome.errors)")
    }

    @Test func whatIsDiscoveredGoesIntoAFolder() async throws {
        var tool = try await SmallShop.shared().tool
        tool.directory = try SmallShop.folder(of: ["a.json": "{}"])
        let output = try await tool.run(["discover", "-o", "a.json", "--yes"])
        #expect(output.status == 64 && output.errors.contains("INVALID_FLAG at --output"), "\(output.errors)")
        let swift = try await tool.run(["discover", "-o", "m", "--swift", "a.json", "--yes"])
        #expect(swift.status == 64 && swift.errors.contains("INVALID_FLAG at --swift"), "\(swift.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory) == ["a.json"])
    }

    @Test func dataSourcesAreThoseOfTheApplication() async throws {
        var tool = Tool()
        let files = [
            "server/model-config.json": "{\n  \"Note\": {\"dataSource\": \"db\"}\n}\n",
            "server/models/note.json": #"{"name": "Note", "properties": {}}"#,
            "server/datasources.json": #"{"db": {"connector": "postgresql"}, "mail": {"connector": "mail"}}"#,
            "server/datasources.production.json": #"{"archive": {"connector": "postgresql"}}"#,
        ]
        func made(_ name: String, in source: String) async throws -> Tool.Outcome {
            try await tool.run(["model", "--name", name, "--data-source", source])
        }
        tool.directory = try SmallShop.folder(of: files)
        let wrong = try await made("Memo", in: "dbb")
        #expect(wrong.status == 64 && wrong.errors.contains("INVALID_FLAG at --data-source"), "\(wrong.errors)")
        #expect(wrong.errors.contains("did you mean db?"), "\(wrong.errors)")
        let none = try await made("Memo", in: "somewhere")
        #expect(none.status == 64 && none.errors.contains("the data sources are archive, db, mail"), "\(none.errors)")
        #expect(try text("server/model-config.json", tool) == files["server/model-config.json"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory + "/server/models") == ["note.json"])
        for (name, source) in [("Memo", "db"), ("Old", "archive")] {
            let fine = try await made(name, in: source)
            #expect(fine.status == 0 && !fine.errors.contains("data source"), "\(fine.errors)")
        }
        // Scripts may make others, and where nothing says which there are nobody knows.
        try "".write(toFile: tool.directory + "/server/datasources.local.js", atomically: true, encoding: .utf8)
        let scripted = try await made("Scripted", in: "elsewhere")
        #expect(scripted.status == 0 && scripted.errors.contains("a script may make it"), "\(scripted.errors)")
        tool.directory = try SmallShop.folder(of: files.filter { !$0.key.contains("datasources") })
        let unknown = try await made("Memo", in: "elsewhere")
        #expect(unknown.status == 0 && unknown.errors.contains("no datasources.json says"), "\(unknown.errors)")
        tool.directory = try SmallShop.folder(of: ["models/note.json": #"{"name": "Note"}"#])
        let plain = try await made("Memo", in: "db")
        #expect(plain.status == 64 && plain.errors.contains("there is no model-config.json"), "\(plain.errors)")
    }
}
