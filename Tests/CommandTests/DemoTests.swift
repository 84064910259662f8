// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
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

/// `kinship demo`.
@Suite struct DemoTests {
    private func expectTree(_ outcome: Tool.Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(outcome.status == 0, sourceLocation: sourceLocation)
        #expect(outcome.errors == "", sourceLocation: sourceLocation)
        for text in [
            "\"orders\": [", "\"items\": [", "\"product\": {", "\"reviews\": [", "Customer.orders.items.product",
            "FROM \"kinship_shop\".", "round trip 1: 1 statement,", "round trip 2: 2 statements together,",
            "5 statements in 4 round trips", "A nested write", "INSERT INTO \"kinship_shop\".\"orders\"",
            "6 statements in 5 round trips",
        ] {
            #expect(outcome.output.contains(text), "\(text)", sourceLocation: sourceLocation)
        }
        #expect(!outcome.output.contains("\u{1B}"), sourceLocation: sourceLocation)
    }

    @Test func onADatabaseThatIsGivenNothingElseIsTouched() async throws {
        let database = try await TestDatabase.named("command_demo")
        try await database.run("CREATE TABLE customer (id text); INSERT INTO customer VALUES ('mine')")
        let tool = Tool(environment: ["KINSHIP_HOME": Fixture.repository])
        let first = try await tool.run(["demo", "--database", database.url])
        expectTree(first)
        #expect(first.output.contains("The shop stays"))
        #expect(try await database.run("SELECT id FROM public.customer") == [["mine"]])
        let orders = try await database.run(
            "SELECT count(*) >= 10000, count(*) FILTER (WHERE id > 900000) FROM kinship_shop.orders")
        #expect(orders == [["t", "0"]])

        // Again: it drops its own schema and makes the same one.
        try await database.run("DELETE FROM kinship_shop.review; CREATE TABLE kinship_shop.more ()")
        let second = try await tool.run(["demo", "--database", database.url])
        expectTree(second)
        #expect(try await database.run("SELECT to_regclass('kinship_shop.more')") == [[nil]])
        #expect(
            try await database.run(
                "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_schema !~ '^(pg_|inf)' ORDER BY 1"
            )
                == [["kinship_shop"], ["public"]])

        // And what it tells the user to type works.
        let asked = try await tool.run([
            "query", "Customer", #"{"limit": 1, "include": "orders"}"#, "--schema", "kinship_shop", "--models",
            Fixture.repository + "/Examples/models", "--database", database.url,
        ])
        #expect(asked.status == 0)
        #expect(asked.output.contains("\"orders\":["))
        try await expectExamplesOfTheBatch(tool, database.url)
    }

    /// The page about the command line has a request for each operation, and each is answered.
    private func expectExamplesOfTheBatch(_ tool: Tool, _ url: String) async throws {
        let page = try String(contentsOfFile: Fixture.repository + "/Documentation/CommandLine.md", encoding: .utf8)
        let requests = page.split(separator: "\n").filter { $0.hasPrefix("{\"model\"") }
        #expect(
            requests.compactMap { try? BatchRequest(Array($0.utf8), line: 1).operation.name }
                == Operation.all.map(\.name))
        for member in Member.allCases { #expect(page.contains("\n| `\(member.rawValue)` |")) }
        for operation in Operation.all {
            let required = operation.required.map { "`\($0.rawValue)`" }
            let members = (required + operation.optional.map { "`[\($0.rawValue)]`" }).joined(separator: ", ")
            #expect(page.contains("| `\(operation.name)` | \(members) |"))
        }
        for status in ExitStatus.allCases { #expect(page.contains("| \(status.rawValue) | \(status.meaning) |")) }
        let outcome = try await tool.run(
            [
                "batch", "--schema", "kinship_shop", "--models", Fixture.repository + "/Examples/models", "--database",
                url,
            ],
            input: requests.joined(separator: "\n"))
        #expect(outcome.lines.count == requests.count)
        for line in outcome.lines {
            #expect(
                line.hasPrefix("{\"result\":") && !line.dropFirst(15).contains(":null")
                    || line.contains("\"born\":null"),
                "\(line)")
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    @Test func aSchemaOfSomebodyElseIsLeftAlone() async throws {
        let database = try await TestDatabase.named("command_demo_foreign")
        try await database.run("CREATE SCHEMA kinship_shop; CREATE TABLE kinship_shop.precious (id int)")
        let tool = Tool(environment: ["KINSHIP_HOME": Fixture.repository, "KINSHIP_DATABASE_URL": database.url])
        let outcome = try await tool.run(["demo"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("has not made"))
        #expect(try await database.run("SELECT to_regclass('kinship_shop.precious') IS NOT NULL") == [["t"]])
    }

    @Test func withoutADatabaseItStartsOneAndLeavesNothing() async throws {
        let running = try Tool(environment: ["KINSHIP_HOME": Fixture.repository]).start(["demo"])
        #if os(Linux)
        let folder = try #require(await running.embeddedServerFolder())
        #endif
        let outcome = await running.outcome()
        expectTree(outcome)
        #expect(outcome.output.contains("a PostgreSQL server of its own"))
        #expect(!outcome.output.contains("The shop stays"))
        #if os(Linux)
        #expect(!FileManager.default.fileExists(atPath: folder))
        #endif
    }

    #if os(Linux)
    @Test func ctrlCRemovesTheServerToo() async throws {
        let running = try Tool(environment: ["KINSHIP_HOME": Fixture.repository]).start(["demo"])
        let folder = try #require(await running.embeddedServerFolder(thenSending: SIGINT))
        let outcome = await running.outcome()
        #expect(outcome.status == 130)
        #expect(outcome.output == "")
        #expect(outcome.errors == "")
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
    #endif

    @Test func keptItCanBeAskedUntilItIsStopped() async throws {
        let running = try Tool(environment: ["KINSHIP_HOME": Fixture.repository]).start(["demo", "--keep"])
        try #require(await running.waitForOutput("until you press Ctrl-C"))
        let url = try #require(running.outputSoFar.firstMatch(of: #/--database '(.*)'\n/#).map { String($0.output.1) })
        let asked = try await Tool().run([
            "query", "Customer", #"{"limit": 1, "fields": "id"}"#, "--schema", "kinship_shop", "--models",
            Fixture.repository + "/Examples/models", "--database", url,
        ])
        #expect(asked.output == "[{\"id\":1}]\n")
        running.send(SIGINT)
        let outcome = await running.outcome()
        #expect(outcome.status == 130)
        let gone = try await Tool().run([
            "query", "Customer", "{}", "--schema", "kinship_shop", "--models",
            Fixture.repository + "/Examples/models", "--database", url,
        ])
        #expect(gone.status == 69)
    }

    @Test func aShopThatStaysAnywayNeedsNoKeeping() async throws {
        let outcome = try await Tool().run(["demo", "--keep", "--database", "postgres://nobody@127.0.0.1:1/x"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("the shop stays"))
    }

    @Test func itFindsItsFilesFromAnyFolder() async throws {
        let database = try await TestDatabase.named("command_demo_anywhere")
        // The executable lies in the checkout's build folder, unless the tests were built somewhere else.
        guard Tool.executable.hasPrefix(Fixture.repository + "/") else { return }
        let outcome = try await Tool(directory: "/").run(["demo", "--database", database.url])
        expectTree(outcome)
    }

    @Test func withoutItsFilesItSaysSo() async throws {
        let outcome = try await Tool(environment: ["KINSHIP_HOME": "/nowhere"]).run(["demo"])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("sql/shop"))
        #expect(outcome.errors.contains("KINSHIP_HOME"))
    }
}
