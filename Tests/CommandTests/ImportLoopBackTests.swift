// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Kinship
import RelationPlanner
import TestSupport
import Testing

@testable import KinshipCommand

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `kinship import-lb3`: from a LoopBack 3 application to a project that is checked, migrated, asked and served.
@Suite struct ImportLoopBackTests {
    private static let shop = Fixture.repository + "/Tests/Fixtures/loopback/shop-api"

    /// The tool in a new folder.
    private func tool() throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        return tool
    }

    /// A copy of the shop, for changing it.
    private func copy(in tool: Tool) throws -> String {
        let path = tool.directory + "/shop-api"
        try FileManager.default.copyItem(atPath: Self.shop, toPath: path)
        return path
    }

    private func files(below folder: String) -> [String: Data] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                FileManager.default.contents(atPath: folder + "/" + name).map { (name, $0) }
            })
    }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    // MARK: The project

    @Test func anApplicationIsCheckedMigratedAskedAndServed() async throws {
        var tool = try tool()
        let before = files(below: Self.shop)
        let imported = try await tool.run(["import-lb3", Self.shop, "--to", "shop"])
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(files(below: Self.shop) == before)
        let made = files(below: tool.directory + "/shop")
        #expect(
            Set(made.keys.filter { $0.contains(".") })
                == [
                    "README.md", "model-config.json", "datasources.json", "models/customer.json", "models/order.json",
                    "models/product.json", "models/favourite.json", "models/profile.json", "models/member.json",
                    "models/draft.json",
                ])
        #expect(made["models/customer.json"] == before["common/models/customer.json"])
        #expect(made["README.md"].map { String(decoding: $0, as: UTF8.self) } == imported.output)

        let database = try await TestDatabase.named("import_lb3")
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": "shop"]
        #expect(try await tool.run(["check", "--offline"]).status == 0)
        let applied = try await tool.run(["migrate", "apply", "--yes", "--quiet"])
        #expect(applied.status == 0, "\(applied.errors)")
        let checked = try await tool.run(["check"])
        #expect(checked.status == 0, "\(checked.output)")
        let requests = """
            {"model": "Customer", "op": "create", "data": {"name": "Ada", "secret": "x", "balance": 5.25}}
            {"model": "Customer", "op": "relCreate", "idValue": 1, "relation": "orders", "data": {"total": 7.5}}
            {"model": "Customer", "op": "find", "filter": {"include": ["orders", "profile"]}}
            """
        let answers = try await tool.run(["batch", "--quiet"], input: requests)
        #expect(answers.lines.count == 3 && !answers.output.contains("error"), "\(answers.output)")
        #expect(answers.lines.last?.contains(#""total":7.5"#) == true)
        #expect(answers.lines.last?.contains(#""profile":null"#) == true)
        #expect(!answers.output.contains("secret"))
        let who = try await tool.run(["serve", "--who", "--quiet", "--user-model", "Member"])
        #expect(who.status == 0, "\(who.errors)")
        #expect(who.output.contains("Customer"))
    }

    /// The same models as when the application is read where it is.
    @Test func theSchemaIsThatOfTheApplication() async throws {
        let tool = try tool()
        #expect(try await tool.run(["import-lb3", Self.shop, "--to", "shop"]).status == 0)
        let one = try SchemaLoader.load(application: Self.shop)
        let other = try SchemaLoader.load(application: tool.directory + "/shop")
        func facts(_ schema: Schema) -> Set<String> {
            Set(
                schema.models.map { model in
                    "\(model.name) \(model.table) \(model.definition.isPublic) \(String(describing: model.definition.attachment)) "
                        + "\(model.definition.json) \(model.relations.map { "\($0.name) \($0.kind)" })"
                })
        }
        #expect(facts(one) == facts(other))
    }

    /// What a memory connector becomes keeps its data.
    @Test func theEmbeddedServerKeepsItsData() async throws {
        var tool = try tool()
        let folder = tool.directory + "/data"
        for round in 1...2 {
            let server = try tool.start(["embedded", folder])
            #expect(await server.waitForOutput("\n"))
            let line = server.outputSoFar.split(separator: "\n").first.map(String.init) ?? ""
            let url = try #require(line.firstMatch(of: #/^export KINSHIP_DATABASE_URL='(.*)'$/#)).output.1
            #expect(try await tool.run(["import-lb3", Self.shop, "--to", "shop\(round)"]).status == 0)
            tool.environment = ["KINSHIP_DATABASE_URL": String(url), "KINSHIP_MODELS": "shop1"]
            if round == 1 {
                #expect(try await tool.run(["migrate", "apply", "--yes", "--quiet"]).status == 0)
                let made = try await tool.run(
                    ["batch", "--quiet"], input: #"{"model": "Product", "op": "create", "data": {"name": "Sextant"}}"#)
                #expect(made.output.contains("Sextant"))
            } else {
                #expect(try await tool.run(["query", "Product", "--quiet"]).output.contains("Sextant"))
            }
            server.send(SIGINT)
            #expect(await server.outcome().status == 130)
        }
        #expect(try await tool.run(["embedded", "shop1"]).status == 66)
        #expect(try await tool.run(["embedded", "x", "--port", "0"]).status == 64)
    }

    // MARK: The report

    @Test func theReportSaysWhatDiffersAndWhatIsLeft() async throws {
        let tool = try tool()
        let outcome = try await tool.run(["import-lb3", Self.shop, "--to", "shop", "--format", "json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try JSONValue(parsing: outcome.output)
        func places(_ list: String, _ rule: String) -> [String]? {
            report[list]?.elements?.first { $0["rule"]?.text == rule }?["places"]?.elements?.compactMap(\.text)
        }
        #expect(places("differs", "D3") == ["Customer.scopes.rich"])
        #expect(places("differs", "D4") == ["Customer.scopes.quiet"])
        #expect(places("differs", "D16") == ["Customer.scopes.quiet"])
        #expect(places("differs", "D17") == ["Order.scope"])
        #expect(places("differs", "D10") == ["Customer.orders"])
        #expect(places("differs", "D11") == ["Customer.favourites"])
        #expect(places("differs", "D18") == ["Order.subject"])
        #expect(places("differs", "D20") == ["Customer.profile"])
        #expect(places("differs", "D28") == ["Member", "Customer"])
        #expect(places("differs", "D29") == ["Member.accessTokens"])
        #expect(places("differs", "D30") == ["Customer.balance", "Order.total"])
        #expect(places("works", "K1")?.contains("Customer") == true)
        #expect(places("works", "K1")?.contains("Order") == false)
        // What no model touches isn't named.
        for rule in ["D5", "D6", "D8", "D9", "D21", "D22", "B7", "B9", "B10"] {
            #expect(places("differs", rule) == nil, "\(rule)")
        }

        let works = report["byHand"]?.elements ?? []
        func found(_ file: String) -> [String]? {
            works.first { $0["file"]?.text == file }?["found"]?.elements?.map { finding in
                [finding["kind"]?.text, finding["name"]?.text, finding["line"].map { "\($0)" }].compactMap { $0 }
                    .joined(separator: " ")
            }
        }
        #expect(
            found("common/models/customer.js") == [
                "package request 3", "validation validatesUniquenessOf email 9", "method of the model greet 11",
                "environment variable GREETING_KEY 12", "method of records pay 16", "remote method greet 18",
                "operation hook before save 23", "remote hook beforeRemote create 24",
                "method taken away deleteById 25",
            ])
        #expect(found("common/models/order.js") == nil)
        #expect(found("server/boot/authentication.js") == ["access rules switched on 4"])
        #expect(
            found("server/boot/jobs.js") == [
                "route GET /ping 5", "role resolver teamMember 6", "change of tables autoupdate 7", "SQL execute 8",
                "timer setInterval 9",
            ])
        #expect(found("common/mixins/audited.js") == ["property auditedBy 2", "operation hook after save 3"])
        #expect(found("server/middleware/track.js") == [])
        #expect(found("server/server.js") == nil)
        let timeStamp = works.first { $0["of"]?.text?.hasPrefix("TimeStamp") == true }
        #expect(timeStamp?["of"] == "TimeStamp, of Customer")
        #expect(timeStamp?["file"] == .some(.null))

        #expect(
            report["serve"]
                == "kinship serve --base-path /api/v1 --host 0.0.0.0 --port 3001 --maximum-body 102400 --user-model Member"
        )
        let left = (report["settings"]?.elements ?? []).filter { $0["left"] == true }.compactMap { $0["setting"]?.text }
        #expect(
            left == [
                "remoting.rest.normalizeHttpPath", "stripeKey", "initial: cors", "initial: helmet#xssFilter",
                "initial: ./middleware/track", "files: loopback#static", "loopback-component-storage",
            ])
        #expect(report["dataSources"]?.elements?.compactMap { $0["becomes"]?.text } == ["memory", "service"])
        let notes = report["notes"]?.elements?.compactMap(\.text) ?? []
        #expect(notes.contains { $0.hasPrefix("server/datasources.local.js is code") })
        #expect(notes.contains { $0.hasPrefix("server/datasources.production.json is of another environment") })
        #expect(report["warnings"]?.elements?.contains { $0.text?.contains("Draft isn't listed") == true } == true)
        #expect(!outcome.output.contains(".part"))
    }

    @Test func noPasswordIsWrittenOrShown() async throws {
        let tool = try tool()
        let shown = try await tool.run(["import-lb3", Self.shop, "--to", "shop", "--env", "production"])
        #expect(shown.status == 0)
        #expect(shown.output.contains("export KINSHIP_DATABASE_URL=\"postgres://shop@db.example.org:5433/shop\""))
        #expect(shown.output.contains("PGPASSWORD"))
        let json = try await tool.run([
            "import-lb3", Self.shop, "--to", "other", "--env", "production", "--format", "json",
        ])
        #expect(json.output.contains(#""url":"postgres://shop@db.example.org:5433/shop""#))
        let written = files(below: tool.directory).values.map { String(decoding: $0, as: UTF8.self) }
        #expect(written.count > 10)
        for text in written + [shown.output, shown.errors, json.output] {
            #expect(!text.contains("secret\"") || text.contains("\"hidden\": [\"secret\"]"))
            for secret in [
                "p@ss", "w/rd", "again-secret", "third-secret", "local-secret", "mail-secret", "sk-", "track-secret",
            ] { #expect(!text.contains(secret), "\(secret)") }
        }
    }

    @Test(
        arguments: [
            (
                #"{"connector": "postgresql", "host": "db", "user": "a b", "password": "x", "database": "s/h"}"#,
                "postgres://a%20b@db:5432/s%2Fh"
            ),
            (
                #"{"connector": "loopback-connector-postgresql", "hostname": "${HOST}", "username": "${USER}", "port": "${PORT}", "database": "d"}"#,
                "postgres://${USER}@${HOST}:${PORT}/d"
            ),
            (#"{"connector": "postgresql", "url": "postgresql://u:p:q@[::1]:99/d?x=y"}"#, "postgres://u@[::1]:99/d"),
            (#"{"connector": "postgresql", "url": "postgres://host/d"}"#, "postgres://host:5432/d"),
            (#"{"connector": "postgresql", "url": "postgres://host/d?password=a@b"}"#, nil),
            (#"{"connector": "postgresql", "url": "${DATABASE_URL}"}"#, nil),
            (
                #"{"connector": "postgresql", "host": "$(rm -rf .)", "database": "`x`"}"#,
                "postgres://%24%28rm%20-rf%20.%29:5432/%60x%60"
            ),
            // What is in the wrong place may be a password.
            (#"{"connector": "postgresql", "host": "u:secret@db", "database": "d"}"#, nil),
            (#"{"connector": "postgresql", "user": "u:secret", "database": "d"}"#, nil),
            (#"{"connector": "postgresql", "database": "d?password=secret"}"#, nil),
            (#"{"connector": "postgresql", "url": "postgres://u:secret@h/d@x"}"#, "postgres://u@x:5432"),
        ] as [(String, String?)])
    func anAddressIsGivenWithoutItsPassword(settings: String, url: String?) throws {
        let source = ImportedSource("db", try JSONValue(parsing: settings))
        #expect(source.kind == .postgresql)
        #expect(source.url == url)
        #expect(!source.json.description.contains("secret"))
    }

    @Test func aConnectorIsNamedAndNotQuoted() throws {
        func connector(_ text: String) -> String {
            ImportedSource("db", .object([.init("connector", .string(text))])).connector
        }
        #expect(connector("loopback-connector-mysql") == "mysql")
        #expect(connector("../../server/connectors/own") == "own")
        #expect(connector("postgres://u:secret@h") == "unknown")
    }

    @Test func everyRuleIsOneOfThePage() throws {
        let page = try String(contentsOfFile: Fixture.repository + "/Documentation/Semantics.md", encoding: .utf8)
        for rule in TouchedRule.allCases { #expect(page.contains("| \(rule.rawValue) |"), "\(rule)") }
    }

    // MARK: What can't be

    @Test func filesThatAreNoJSONAreToldWithTheirLines() async throws {
        let tool = try tool()
        let project = try copy(in: tool)
        try write("{\n  // the customers\n  \"name\": \"Customer\"\n}", project + "/common/models/customer.json")
        try write("{\n  \"name\": \"Order\",\n  \"properties\": {\n}", project + "/common/models/order.json")
        try write("{\"db\": {\"connector\": \"memory\"},}", project + "/server/datasources.json")
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.status == 65)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("3 files of the project can't be read, so nothing was written."))
        #expect(outcome.errors.contains("common/models/customer.json:2:3: JSON has no comments"))
        #expect(outcome.errors.contains("common/models/order.json:4:2:"))
        #expect(outcome.errors.contains("server/datasources.json:1:"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.directory) == ["shop-api"])
    }

    @Test func brokenModelsAreThereWithWhatIsToBeMended() async throws {
        let tool = try tool()
        let project = try copy(in: tool)
        try write(
            #"{"name": "Profile", "properties": {}, "relations": {"team": {"type": "belongsTo", "model": "Tema"}}}"#,
            project + "/common/models/profile.json")
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("Tema"))
        #expect(outcome.errors.contains("models/profile.json"))
        #expect(!outcome.errors.contains(".part"))
        #expect(outcome.output.contains("## What keeps the models from being used"))
        let check = try await tool.run(["check", "--models", "shop"])
        #expect(check.status == 65 && check.output.contains("Tema"))
        try write(#"{"name": "Profile", "properties": {}}"#, tool.directory + "/shop/models/profile.json")
        #expect(try await tool.run(["check", "--models", "shop"]).status == 0)
    }

    @Test func whatIsThereIsNeverOverwritten() async throws {
        let tool = try tool()
        let project = try copy(in: tool)
        let before = files(below: project)
        for folder in ["empty", "full"] {
            try FileManager.default.createDirectory(
                atPath: "\(tool.directory)/\(folder)", withIntermediateDirectories: false)
        }
        try write("mine", tool.directory + "/full/notes.txt")
        try write("mine", tool.directory + "/file")
        for (target, status) in [
            ("full", 74), ("file", 74), ("shop-api/new", 64), ("shop-api", 64), ("empty", 0), ("deep/er", 0),
        ] {
            let outcome = try await tool.run(["import-lb3", "shop-api", "--to", target])
            #expect(Int(outcome.status) == status, "\(target): \(outcome.errors)")
        }
        #expect(files(below: project) == before)
        #expect(files(below: tool.directory + "/full").count == 1)
        #expect(FileManager.default.fileExists(atPath: tool.directory + "/empty/models/order.json"))
        let dry = try await tool.run(["import-lb3", "shop-api", "--to", "dry", "--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("## Differs"))
        let names = try FileManager.default.contentsOfDirectory(atPath: tool.directory)
        #expect(Set(names) == ["shop-api", "empty", "full", "file", "deep"])
        let none = try await tool.run(["import-lb3", "shop-api", "--to", "new/er/dry", "--dry-run"])
        #expect(none.status == 0)
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/new"))
        var inside = tool
        inside.directory = project
        let here = try await inside.run(["import-lb3", ".", "--to", "../here"])
        #expect(here.status == 0 && here.output.hasPrefix("# shop-api\n"), "\(here.errors)")
        #expect(here.output.contains("`common/models/customer.js`, Customer"))
        #expect(try await tool.run(["import-lb3", "nowhere", "--to", "x"]).status == 66)
        #expect(try await tool.run(["import-lb3", "full", "--to", "x"]).status == 66)
        #expect(try await tool.run(["import-lb3", "shop-api"]).status == 64)
        #expect(try await tool.run(["import-lb3", "shop-api", "--to", "x", "--env", "../x"]).status == 64)
        // In two words, as well.
        #expect(try await tool.run(["import", "lb3", "shop-api", "--to", "two"]).status == 0)
    }

    /// What others have made may be a link to what never ends, a pipe that nobody writes to, or a name that is a path.
    @Test func oddFilesAreToldAndNeverWaitedFor() async throws {
        let tool = try tool()
        let project = try copy(in: tool)
        let models = project + "/common/models/"
        #expect(mkfifo(models + "pipe.json", 0o600) == 0)
        for (name, target) in [("endless.json", "/dev/zero"), ("gone.json", "/nowhere/gone.json")] {
            try FileManager.default.createSymbolicLink(atPath: models + name, withDestinationPath: target)
        }
        try Data(count: (16 << 20) + 1).write(to: URL(fileURLWithPath: models + "long.json"))
        let told = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(told.status == 65)
        for text in [
            "4 files", "models/pipe.json: it is no file", "models/endless.json: it is no file",
            "models/gone.json: it can't be read", "models/long.json: it is longer",
        ] { #expect(told.errors.contains(text), "\(text)") }

        for name in ["pipe", "endless", "gone", "long"] {
            try FileManager.default.removeItem(atPath: models + name + ".json")
        }
        #expect(mkfifo(project + "/server/boot/pipe.js", 0o600) == 0)
        // A model that lies elsewhere comes along as what it is.
        try write(#"{"name": "Shared", "properties": {"a": "string"}}"#, tool.directory + "/shared.json")
        try FileManager.default.createSymbolicLink(
            atPath: models + "shared.json", withDestinationPath: "../../../shared.json")
        // Names that are paths, of files that are called alike.
        try write(#"{"name": "../../../evil", "properties": {}}"#, project + "/server/models/customer.json")
        try write(#"{"properties": {"b": "string"}}"#, project + "/server/models/product.json")
        try write(#"{"name": "Thing", "properties": {}}"#, models + "product.json")
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.output.contains("`server/boot/pipe.js`: it can't be read"), "\(outcome.errors)")
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: tool.directory)) == [
                "shop-api", "shop", "shared.json",
            ])
        let made = files(below: tool.directory + "/shop/models")
        #expect(made["shared.json"] == Data(#"{"name": "Shared", "properties": {"a": "string"}}"#.utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: tool.directory + "/shop/models/shared.json")
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        #expect(made["customer-2.json"].map { String(decoding: $0, as: UTF8.self) }?.contains("evil") == true)
        let product = made["product-2.json"].map { String(decoding: $0, as: UTF8.self) } ?? ""
        #expect(product.contains("\"name\": \"Product\""))
    }

    /// Models that extend each other are told, however long the circle is.
    @Test func modelsThatExtendThemselvesAreTold() async throws {
        let tool = try tool()
        let project = try copy(in: tool)
        let models = ["One", "Two", "Three"].map { "\"\($0)\": {\"dataSource\": \"db\"}" }.joined(separator: ", ")
        try write("{\(models)}", project + "/server/model-config.local.json")
        for (name, base) in [("One", "Two"), ("Two", "Three"), ("Three", "One")] {
            try write(
                #"{"name": "\#(name)", "base": "\#(base)", "properties": {}}"#, "\(project)/common/models/\(name).json")
        }
        let outcome = try await tool.run(["import-lb3", "shop-api", "--to", "shop"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("extends itself"))
        #expect(outcome.output.contains("## What keeps the models from being used"))
    }
}
