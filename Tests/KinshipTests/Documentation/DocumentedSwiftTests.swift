// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Logging
import RelationPlanner
import TestSupport
import Testing

/// The pages' own example of a task-local value.
enum Tenant { @TaskLocal static var current = "" }

/// The blocks of the pages, as functions.
enum Snippets {
    /// What they are given: the sample shop.
    struct Given: Sendable {
        var url: String
        var configuration: ConnectionConfiguration
        var database: Database
        var connection: Connection
        var graph: Graph
        var logger: Logger
    }

    /// What they print nobody reads.
    static func print(_ items: Any...) {}
}

/// Whoever copies Swift from the pages gets what runs: each block that can is run against the sample shop.
@Suite(.timeLimit(.minutes(2))) struct DocumentedSwiftTests {
    @Test func `Each block that can run is run, as the pages have it`() throws {
        let blocks = try DocumentedBlock.all()
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snippets.swift")
        let text = SnippetFile.text(blocks)
        if ProcessInfo.processInfo.environment["KINSHIP_WRITE_SNIPPETS"] != nil {
            try Data(text.utf8).write(to: file)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == text, "a page was changed: write Snippets.swift anew as it says")
        #expect(Set(SnippetFile.excluded.keys).isSubset(of: blocks.map(\.name)), "a block that isn't there any more")
        #expect(Snippets.all.count >= 40 && Snippets.all.count == blocks.count - SnippetFile.excluded.count)
    }

    @Test func `They do what they say`() async throws {
        let test = try await TestDatabase.named(
            "documented_swift", loading: ["sql/shop/schema.sql", "sql/shop/data.sql"])
        try await test.run("CREATE TABLE log (id int, line text)")
        let configuration = try ConnectionConfiguration(url: test.url)
        // Scopes that the pages give the shop's orders.
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models")) { definition in
            guard definition.name == "Order" else { return }
            definition.scopes.append(.init("open", ["where": ["status": "open"]]))
            definition.addScope("since") { parameters in
                ["where": ["placedAt": ["gte": parameters["from"] ?? .null]], "order": "placedAt"]
            }
        }
        let logger = Logger(label: "pages") { _ in SwiftLogNoOpLogHandler() }
        try await Database.withDatabase(schema: schema, connection: configuration, logger: logger) { database in
            let graph = try await database.find("Customer", filter: ["limit": 3])
            for snippet in Snippets.all {
                try await database.pool.withConnection { connection in
                    let given = Snippets.Given(
                        url: test.url, configuration: configuration, database: database, connection: connection,
                        graph: graph, logger: logger)
                    await #expect(throws: Never.self, "\(snippet.name)") { try await snippet.run(given) }
                }
            }
            #expect(database.pool.status.leased == 0)
        }
    }
}
