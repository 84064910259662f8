// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// B6: cursors that come with a page, exact and checked.
@Suite struct OpaqueCursorTests {
    private static let tables = """
        CREATE TABLE box (id int PRIMARY KEY, at timestamptz, secret int);
        CREATE TABLE line (id int PRIMARY KEY, box_id int, at timestamptz, doc jsonb, note text);
        INSERT INTO box SELECT n, timestamptz '2026-03-01 10:00:00.5Z' + n * interval '7 microseconds', n
            FROM generate_series(0, 6) n;
        INSERT INTO line SELECT n, 6 - n, nullif('2026-03-01 10:00:00.123Z'::timestamptz + n * interval '111 microseconds',
            '2026-03-01 10:00:00.123333Z'), jsonb_build_object('n', round(1 + n % 2, n)), CASE WHEN n > 2 THEN 'ä"' || chr(92) END
            FROM generate_series(0, 6) n;
        """
    private static let models = [
        """
        {"name": "Line", "options": {"postgresql": {"table": "line"}}, "properties": {"id": {"type": "number", "id": true},
         "boxId": {"type": "number", "postgresql": {"columnName": "box_id"}}, "at": "date", "doc": "object", "note": "object"},
         "relations": {"box": {"type": "belongsTo", "model": "Box", "foreignKey": "boxId"}}}
        """,
        """
        {"name": "Box", "options": {"postgresql": {"table": "box"}}, "properties": {"id": {"type": "number", "id": true},
         "at": "date", "secret": "number"}, "hidden": ["secret"], "scopes": {"secretly": {"order": "secret"}},
         "relations": {"lines": {"type": "hasMany", "model": "Line", "foreignKey": "boxId"}}}
        """,
    ]

    private func withLines<R: Sendable>(
        _ name: String, trees: TreeOptions = TreeOptions(), _ body: (Database, TestDatabase) async throws -> R
    ) async throws -> R {
        try await CursorDatabase.with("opaque_\(name)", Self.tables, Self.models, trees: trees, body)
    }

    private func error(_ body: () async throws -> Any) async -> PlannerError? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? PlannerError }
    }

    private func ids(_ graph: Graph) throws -> [String] {
        let json = try JSONValue(parsing: String(decoding: try graph.json(), as: UTF8.self))
        return (json["rows"]?.elements ?? []).map { $0["id"]?.description ?? "?" }
    }

    /// The keys page by page, from one end to the other.
    private func walk(
        _ database: Database, _ model: String, _ order: String, limit: Int, forward: Bool
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var request = FilterRequest().order(order).limit(limit).fields("id").page(cursor: true)
        if !forward {
            // The last page is what lies ahead of a place behind everything.
            let last = try await database.find(
                model, filter: FilterRequest().order(order).fields("id").page(cursor: true).json)
            let rows = try ids(last)
            let count = rows.count % limit == 0 ? limit : rows.count % limit
            let end = try await database.find(
                model,
                filter: FilterRequest().order(order).skip(rows.count - count).limit(limit).fields("id")
                    .page(cursor: true).json)
            #expect(end.nextCursor == nil)
            pages.append(try ids(end))
            guard let cursor = end.previousCursor else { return pages }
            request = request.before(cursor)
        }
        while pages.count < 20 {
            let graph = try await database.find(model, filter: request.json)
            pages.append(try ids(graph))
            guard let cursor = forward ? graph.nextCursor : graph.previousCursor else { break }
            request = forward ? request.after(cursor) : request.before(cursor)
        }
        return forward ? pages : pages.reversed()
    }

    @Test func `Pages one after the other, forwards and backwards, are all rows`() async throws {
        let orders = ["at", "at DESC NULLS LAST", "doc.n, at DESC", "note DESC, box.at", "box.at DESC", "boxId"]
        try await withLines("walk") { (database, _) async throws in
            for order in orders {
                let all = try await database.ids("Line", #"{"order": "\#(order)"}"#).split(separator: " ").map(
                    String.init)
                for limit in [1, 3, 7, 10] {
                    for forward in [true, false] {
                        let pages = try await walk(database, "Line", order, limit: limit, forward: forward)
                        #expect(pages.flatMap(\.self) == all, "\(order) \(limit) \(forward)")
                        #expect(pages.allSatisfy { !$0.isEmpty && $0.count <= limit })
                    }
                }
            }
        }
    }

    @Test func `By aggregates, which no row shows`() async throws {
        try await withLines("aggregates") { (database, _) async throws in
            for order in ["lines.max(at) DESC NULLS LAST", "lines.count, lines.sum(id) DESC", "lines.avg(id)"] {
                let all = try await database.ids("Box", #"{"order": "\#(order)"}"#).split(separator: " ").map(
                    String.init)
                for forward in [true, false] {
                    let pages = try await walk(database, "Box", order, limit: 2, forward: forward)
                    #expect(pages.flatMap(\.self) == all, "\(order) \(forward)")
                }
            }
        }
    }

    @Test func `The JSON, and where there is no cursor`() async throws {
        try await withLines("json") { (database, _) async throws in
            func text(_ filter: String) async throws -> String {
                String(decoding: try await database.find("Line", filter: filter).json(), as: UTF8.self)
            }
            #expect(
                try await text(
                    #"{"fields": "id", "where": {"id": 1}, "limit": 1, "page": {"cursor": true, "total": true}}"#)
                    == #"{"rows":[{"id":1}],"nextCursor":null,"previousCursor":null,"total":1}"#)
            #expect(
                try await text(#"{"fields": "id", "where": {"id": 9}, "page": {"cursor": "true"}}"#)
                    == #"{"rows":[],"nextCursor":null,"previousCursor":null}"#)
            #expect(try await text(#"{"fields": "id", "limit": 1, "page": {}}"#) == #"[{"id":0}]"#)
            let first = try await database.find("Line", filter: #"{"limit": 3, "page": {"cursor": true}}"#)
            #expect(first.count == 3)
            #expect(first.nextCursor != nil && first.previousCursor == nil && first.total == nil)
            let next = try #require(first.nextCursor)
            let rest = try await database.find("Line", filter: ["after": .string(next), "page": ["cursor": true]])
            #expect(rest.count == 4)
            #expect(rest.nextCursor == nil && rest.previousCursor != nil)
            // Includes are those of the shown rows.
            for strategy in Strategy.allCases {
                let filter: JSONValue = [
                    "limit": 2, "page": ["cursor": true], "fields": "id",
                    "include": ["relation": "lines", "scope": ["fields": "id"]], "order": "lines.max(at)",
                ]
                let shown = try await withLines("include_\(strategy.rawValue)", trees: TreeOptions(strategy: strategy))
                {
                    (database, _) async throws in
                    String(decoding: try await database.find("Box", filter: filter).json(), as: UTF8.self)
                }
                #expect(
                    shown.hasPrefix(#"{"rows":[{"id":6,"lines":[{"id":0"#)
                        && shown.contains(#"{"id":5,"lines":[{"id":1"#)
                        && !shown.contains(#""id":4"#), "\(shown)")
            }
        }
    }

    @Test func `It is checked like any input`() async throws {
        try await withLines("checked") { (database, _) async throws in
            let graph = try await database.find(
                "Line", filter: #"{"order": "at DESC", "limit": 2, "page": {"cursor": true}}"#)
            let cursor = try #require(graph.nextCursor)
            func refusal(_ model: String, _ cursor: String, order: String = "at DESC") async -> PlannerError? {
                await error {
                    try await database.find(model, filter: ["order": .string(order), "after": .string(cursor)])
                }
            }
            #expect(await refusal("Line", cursor) == nil)
            #expect(await refusal("Line", cursor, order: " at  desc , id ASC") == nil)
            let refused: [(PlannerError?, String)] = [
                (await refusal("Box", cursor), "belongs to a page of Line"),
                (await refusal("Line", cursor, order: "at"), "belongs to the order"),
                (await refusal("Line", cursor, order: "at DESC NULLS LAST"), "belongs to the order"),
                (await refusal("Line", cursor, order: "id"), "belongs to the order"),
                (await refusal("Line", ""), "damaged"), (await refusal("Line", "a cursor"), "damaged"),
                (await refusal("Line", String(cursor.dropLast())), "damaged"),
                (await refusal("Line", cursor + "AA"), "damaged"),
            ]
            for (error, text) in refused {
                #expect(error?.code == .invalidFilter && error?.path == "after", "\(text)")
                #expect(error?.message.contains(text) == true, "\(error?.message ?? "accepted")")
            }
            for position in stride(from: 0, to: cursor.count, by: 3) {
                var characters = Array(cursor)
                characters[position] = characters[position] == "A" ? "B" : "A"
                #expect(await refusal("Line", String(characters))?.code == .invalidFilter)
            }
            let distinct = await error {
                try await database.find(
                    "Line", filter: #"{"distinct": true, "fields": "at", "page": {"cursor": true}}"#)
            }
            #expect(distinct?.code == .invalidFilter)
            let unknown = await error { try await database.find("Line", filter: #"{"page": {"next": true}}"#) }
            #expect(unknown?.code == .invalidFilter && unknown?.path == "page.next")
        }
    }

    @Test func `Values of another type are invalid`() async throws {
        try await withLines("types") { (database, test) async throws in
            let page = try await database.find(
                "Line", filter: ["order": "note", "limit": 2, "page": ["cursor": true]])
            let cursor = try #require(page.nextCursor)
            #expect(try await database.ids("Line", #"{"order": "note", "after": "\#(cursor)"}"#) == "5 6 0 1 2")
            try await test.run("ALTER TABLE line ALTER note TYPE int USING 1")
            try await database.refreshCatalog()
            let error = await error {
                try await database.find("Line", filter: ["order": "note", "after": .string(cursor)])
            }
            #expect(error?.code == .invalidValue && error?.property == "note")
        }
    }

    @Test func `Nothing hidden is in it, nor found out by it`() async throws {
        try await withLines("hidden") { (database, _) async throws in
            let refused = await error {
                try await database.find("Box", scopes: ["secretly"], filter: ["limit": 2, "page": ["cursor": true]])
            }
            #expect(refused?.code == .prohibitedProperty && refused?.property == nil)
            #expect(refused?.message.contains("secret") == false)
            let shown = await error {
                try await database.find("Box", scopes: ["secretly"], filter: ["after": ["secret": 1, "id": 1]])
            }
            #expect(shown?.code == .prohibitedProperty)
        }
    }

    @Test func `With a key only what was signed is taken`() async throws {
        let key = CursorSeal(key: Array("thirty-two bytes or more of key.".utf8))
        let filter = #"{"limit": 2, "page": {"cursor": true}}"#
        let unsigned = try await withLines("unsigned") { (database, _) async throws in
            try await database.find("Line", filter: filter).nextCursor
        }
        let signed = try await withLines("signed", trees: TreeOptions(cursors: key)) { (database, _) async throws in
            let signed = try #require(try await database.find("Line", filter: filter).nextCursor)
            #expect(try await database.ids("Line", #"{"after": "\#(signed)", "limit": 2}"#) == "2 3")
            let refused = await error { try await database.ids("Line", #"{"after": "\#(unsigned ?? "")"}"#) }
            #expect(refused?.code == .invalidFilter)
            return signed
        }
        let other = TreeOptions(cursors: CursorSeal(key: Array("another".utf8)))
        for (name, trees) in [("unkeyed", TreeOptions()), ("other", other)] {
            try await withLines(name, trees: trees) { (database, _) async throws in
                let refused = await error { try await database.ids("Line", #"{"after": "\#(signed)"}"#) }
                #expect(refused?.code == .invalidFilter)
            }
        }
    }
}
