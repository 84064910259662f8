// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Filters over embedded records that multiply with what is stored stop nobody.
@Suite(.timeLimit(.minutes(5))) struct CostlyFilterTests {
    private static let definitions = [
        """
        {"name": "Page", "properties": {"id": {"type": "number", "id": true}, "notesList": ["Note"]},
         "relations": {"notes": {"type": "embedsMany", "model": "Note", "property": "notesList"}}}
        """,
        """
        {"name": "Note", "base": "Model", "properties": {"text": "string",
         "list": {"type": "object", "postgresql": {"dataType": "jsonb"}}}}
        """,
    ]

    private func with(
        _ name: String, trees: TreeOptions = TreeOptions(), timeout: Duration = .seconds(60),
        _ body: (Database) async throws -> Void
    ) async throws {
        let test = try await TestDatabase.named(name)
        try await test.run(
            """
            CREATE TABLE page (id int PRIMARY KEY, noteslist jsonb);
            INSERT INTO page SELECT i, jsonb_build_array(jsonb_build_object('text', repeat('a', 60000),
                'list', (SELECT jsonb_agg(n) FROM generate_series(1, 3000) AS n))) FROM generate_series(1, 4) AS i;
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        var connection = try ConnectionConfiguration(url: test.url)
        connection.statementTimeout = timeout
        try await Database.withDatabase(schema: schema, connection: connection, trees: trees) { try await body($0) }
    }

    private static func asking(_ condition: JSONValue) -> JSONValue {
        ["include": ["relation": "notes", "scope": ["where": condition]]]
    }

    /// The example, and others of its kind: a pattern, and lists held against lists.
    private static let hostile: [JSONValue] = [
        asking(["text": ["regexp": "(a?){250}(a?){250}b"]]),
        asking(["text": ["like": .string("%" + String(repeating: "a", count: 20_000) + "b")]]),
        asking(["list": ["contains": .array((4_000..<12_000).map { .number(String($0)) } + ["x"])]]),
        asking(["text": ["ilike": .string("%" + String(repeating: "a_", count: 20_000) + "b")]]),
    ]

    private func code(_ database: Database, _ filter: JSONValue) async -> String {
        do {
            _ = try await database.find("Page", filter: filter)
            return "answered"
        } catch let error as PlannerError {
            return error.code.rawValue
        } catch let error as PostgresError {
            return error.code.rawValue
        } catch {
            return "\(type(of: error))"
        }
    }

    @Test func `They cost no more than the budget`() async throws {
        var trees = TreeOptions()
        trees.maximumSteps = 2_000_000
        try await with("costly_budget", trees: trees) { database in
            for filter in Self.hostile where filter != Self.hostile[2] {
                #expect(await code(database, filter) == "FILTER_TOO_COSTLY", "\(filter.description.prefix(90))")
            }
            // Where the first element that is asked for isn't there, no other is looked for.
            #expect(await code(database, Self.hostile[2]) == "answered")
            trees.maximumSteps = 0
            #expect(await code(database.with(trees: trees), Self.asking(["text": "x"])) == "FILTER_TOO_COSTLY")
            trees.maximumSteps = nil
            let found = try await database.with(trees: trees).find(
                "Page", filter: Self.asking(["text": ["regexp": "^a+$"]]))
            #expect(String(decoding: try found.json(), as: UTF8.self).contains("\"text\":\"aaaa"))
        }
    }

    @Test func `More than the thread takes is done aside, with the same answer`() async throws {
        try await with("costly_aside") { database in
            let graph = try await database.find(
                "Page", filter: Self.asking(["text": ["regexp": "^(a|b|c|d){1,40}a*$"]]))
            #expect(
                try JSONValue(parsing: graph.json()).elements?.compactMap { $0["notes"]?.elements?.count } == [
                    1, 1, 1, 1,
                ])
        }
    }

    @Test func `They hear of cancellation and of deadlines`() async throws {
        var trees = TreeOptions()
        trees.maximumSteps = nil
        try await with("costly_cancelled", trees: trees) { database in
            for filter in [Self.hostile[0], Self.hostile[1], Self.hostile[3]] {
                let task = Task { await code(database, filter) }
                try await Task.sleep(for: .milliseconds(100))
                // In the lane, and behind it.
                let waiting = Task { await code(database, filter) }
                try await Task.sleep(for: .milliseconds(50))
                waiting.cancel()
                task.cancel()
                #expect(await waiting.value == "CancellationError")
                #expect(await task.value == "CancellationError")
            }
        }
        try await with("costly_deadline", trees: trees, timeout: .milliseconds(700)) { database in
            async let one = code(database, Self.hostile[0])
            async let other = code(database, Self.hostile[1])
            #expect(await [one, other] == ["STATEMENT_TIMEOUT", "STATEMENT_TIMEOUT"])
        }
    }

    @Test func `Meanwhile others are answered, and no connection is held`() async throws {
        try await with("costly_beside") { database in
            // More than there are connections and threads.
            let others = (0..<24).map { number in Task { await code(database, Self.hostile[number % 2]) } }
            try await Task.sleep(for: .milliseconds(200))
            for _ in 0..<200 { #expect(try await database.find("Page", filter: ["fields": ["id"]]).count == 4) }
            for other in others { other.cancel() }
            for other in others { _ = await other.value }
        }
    }

    @Test func `An expression that is too large is refused before anything is sent`() async throws {
        try await with("costly_large") { database in
            for expression in [
                "(a{1,250}){1,250}",
                "[\((0..<2000).map { "\\u\(String(0x4E00 + $0 * 2, radix: 16))-\\u\(String(0x4E01 + $0 * 2, radix: 16))" }.joined())]{3}",
                "((x?){250}){250}",
            ] {
                #expect(
                    await code(database, Self.asking(["text": ["regexp": .string(expression)]])) == "FILTER_TOO_LARGE")
            }
        }
    }
}
