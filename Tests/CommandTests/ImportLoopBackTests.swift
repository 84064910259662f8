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
    // MARK: The project

    @Test func anApplicationIsCheckedMigratedAskedAndServed() async throws {
        var tool = try LoopBackShop.tool()
        let before = LoopBackShop.files(below: LoopBackShop.path)
        let imported = try await tool.run(["import-lb3", LoopBackShop.path, "--to", "shop"])
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(LoopBackShop.files(below: LoopBackShop.path) == before)
        let made = LoopBackShop.files(below: tool.directory + "/shop")
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
        let tool = try LoopBackShop.tool()
        #expect(try await tool.run(["import-lb3", LoopBackShop.path, "--to", "shop"]).status == 0)
        let one = try SchemaLoader.load(application: LoopBackShop.path)
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
        var tool = try LoopBackShop.tool()
        let folder = tool.directory + "/data"
        for round in 1...2 {
            let server = try tool.start(["embedded", folder])
            #expect(await server.waitForOutput("\n"))
            let line = server.outputSoFar.split(separator: "\n").first.map(String.init) ?? ""
            let url = try #require(line.firstMatch(of: #/^export KINSHIP_DATABASE_URL='(.*)'$/#)).output.1
            #expect(try await tool.run(["import-lb3", LoopBackShop.path, "--to", "shop\(round)"]).status == 0)
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
        let tool = try LoopBackShop.tool()
        let outcome = try await tool.run(["import-lb3", LoopBackShop.path, "--to", "shop", "--format", "json"])
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
        let tool = try LoopBackShop.tool()
        let shown = try await tool.run(["import-lb3", LoopBackShop.path, "--to", "shop", "--env", "production"])
        #expect(shown.status == 0)
        #expect(shown.output.contains("export KINSHIP_DATABASE_URL=\"postgres://shop@db.example.org:5433/shop\""))
        #expect(shown.output.contains("PGPASSWORD"))
        let json = try await tool.run([
            "import-lb3", LoopBackShop.path, "--to", "other", "--env", "production", "--format", "json",
        ])
        #expect(json.output.contains(#""url":"postgres://shop@db.example.org:5433/shop""#))
        let written = LoopBackShop.files(below: tool.directory).values.map { String(decoding: $0, as: UTF8.self) }
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
}
