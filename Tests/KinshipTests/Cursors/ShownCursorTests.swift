// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// B6: less may be shown than a row has, and the place is the row's all the same.
@Suite struct ShownCursorTests {
    private static let tables = """
        CREATE TABLE box (id int PRIMARY KEY, at timestamptz);
        CREATE TABLE line (id int PRIMARY KEY, box_id int, at timestamptz, local timestamp, doc jsonb, note text,
            times timestamptz[]);
        INSERT INTO box SELECT n, timestamptz '2026-03-01 10:00:00.5Z' + n * interval '7 microseconds'
            FROM generate_series(0, 6) n;
        INSERT INTO line SELECT n, 6 - n, '2026-03-01 10:00:00.123Z'::timestamptz + n * interval '111 microseconds',
            '1999-12-31 23:59:59.123'::timestamp + n * interval '111 microseconds',
            jsonb_build_object('n', round(1 + n % 2, n)), (ARRAY['', '{"a":1}', '{ "a": 1 }', NULL, '2', '[ ]', '3'])[n + 1],
            ARRAY['2026-03-01 10:00:00.123Z'::timestamptz + n * interval '111 microseconds', NULL]
            FROM generate_series(0, 6) n;
        """
    private static let models = [
        """
        {"name": "Line", "options": {"postgresql": {"table": "line"}}, "properties": {"id": {"type": "number", "id": true},
         "boxId": {"type": "number", "postgresql": {"columnName": "box_id"}}, "at": "date", "local": "date",
         "doc": "object", "note": "object", "times": ["date"]},
         "relations": {"box": {"type": "belongsTo", "model": "Box", "foreignKey": "boxId"}}}
        """,
        """
        {"name": "Box", "options": {"postgresql": {"table": "box"}}, "properties": {"id": {"type": "number", "id": true},
         "at": "date"}, "relations": {"lines": {"type": "hasMany", "model": "Line", "foreignKey": "boxId"}}}
        """,
    ]

    private func withLines<R: Sendable>(
        _ name: String, _ body: (Database, TestDatabase) async throws -> R
    ) async throws -> R {
        try await CursorDatabase.with("shown_\(name)", Self.tables, Self.models, body)
    }

    @Test func `The row's own values are the place`() async throws {
        try await withLines("own") { (database, _) async throws in
            for (order, place) in [
                ("at", #""at": "2026-03-01T10:00:00.123Z""#), ("local", #""local": "1999-12-31T23:59:59.123Z""#),
                ("times", #""times": ["2026-03-01T10:00:00.123Z", null]"#),
                ("at", #""at": "2026-03-01T10:00:00.123333Z""#), ("at", #""at": 1772359200123"#),
            ] {
                let cursor = "{\(place), \"id\": 3}"
                func ids(_ filter: String) async throws -> String { try await database.ids("Line", filter) }
                #expect(try await ids(#"{"order": "\#(order)", "after": \#(cursor)}"#) == "4 5 6", "\(place)")
                #expect(try await ids(#"{"order": "\#(order)", "before": \#(cursor)}"#) == "0 1 2", "\(place)")
                #expect(try await ids(#"{"order": "\#(order) DESC", "after": \#(cursor), "limit": 2}"#) == "2 1")
                #expect(try await ids(#"{"order": "\#(order) DESC", "before": \#(cursor), "limit": 2}"#) == "5 4")
            }
        }
    }

    @Test func `Through relations and in aggregates`() async throws {
        try await withLines("related") { (database, _) async throws in
            let place = #"{"box.at": "2026-03-01T10:00:00.500Z", "id": 3}"#
            #expect(try await database.ids("Line", #"{"order": "box.at", "after": \#(place)}"#) == "2 1 0")
            #expect(try await database.ids("Line", #"{"order": "box.at DESC", "after": \#(place)}"#) == "4 5 6")
            let latest = #"{"lines.max(at)": "2026-03-01T10:00:00.123Z", "id": 3}"#
            #expect(try await database.ids("Box", #"{"order": "lines.max(at)", "after": \#(latest)}"#) == "2 1 0")
            #expect(
                try await database.ids("Box", #"{"order": "lines.max(at)", "before": \#(latest), "limit": 2}"#) == "5 4"
            )
        }
    }

    @Test func `Inside includes, with and without limits`() async throws {
        try await withLines("include") { (database, test) async throws in
            try await test.run("UPDATE line SET box_id = id % 2")
            for limit in ["", #", "limit": 2"#] {
                let scope =
                    #"{"fields": "id", "order": "at", "after": {"at": "2026-03-01T10:00:00.123Z", "id": 2}\#(limit)}"#
                let filter =
                    #"{"where": {"id": {"lt": 2}}, "fields": "id", "include": {"relation": "lines", "scope": \#(scope)}}"#
                let json = String(decoding: try await database.find("Box", filter: filter).json(), as: UTF8.self)
                #expect(
                    json.replacing(#","boxId":0"#, with: "").replacing(#","boxId":1"#, with: "")
                        == #"[{"id":0,"lines":[{"id":4},{"id":6}]},{"id":1,"lines":[{"id":3},{"id":5}]}]"#)
            }
        }
    }

    @Test func `Through links, and in lists of keys`() async throws {
        let sql = """
            CREATE TABLE tag (id int PRIMARY KEY, at timestamptz);
            CREATE TABLE post (id int PRIMARY KEY, tag_ids int[]);
            CREATE TABLE posttag (id int PRIMARY KEY, post_id int, tag_id int);
            INSERT INTO tag SELECT n, '2026-03-01 10:00:00.123Z'::timestamptz + n * interval '111 microseconds'
                FROM generate_series(0, 6) n;
            INSERT INTO post VALUES (1, '{6,5,4,3,2,1,0}'), (2, '{0,2,4,6}'), (3, NULL);
            INSERT INTO posttag SELECT row_number() OVER (), p.id, t FROM post p CROSS JOIN unnest(p.tag_ids) t;
            """
        let models = [
            """
            {"name": "Post", "options": {"postgresql": {"table": "post"}}, "properties": {"id": {"type": "number", "id": true},
             "tagIds": {"type": ["number"], "postgresql": {"columnName": "tag_ids"}}}, "relations": {
             "tags": {"type": "hasMany", "model": "Tag", "foreignKey": "postId", "through": "PostTag", "keyThrough": "tagId"},
             "listed": {"type": "referencesMany", "model": "Tag", "foreignKey": "tagIds"}}}
            """,
            """
            {"name": "Tag", "options": {"postgresql": {"table": "tag"}},
             "properties": {"id": {"type": "number", "id": true}, "at": "date"}}
            """,
            """
            {"name": "PostTag", "options": {"postgresql": {"table": "posttag"}}, "properties": {
             "id": {"type": "number", "id": true}, "postId": {"type": "number", "postgresql": {"columnName": "post_id"}},
             "tagId": {"type": "number", "postgresql": {"columnName": "tag_id"}}}}
            """,
        ]
        try await CursorDatabase.with("links", sql, models) { (database, _) async throws in
            for relation in ["tags", "listed"] {
                for (side, limit, wanted) in [
                    ("after", 2, "4 5|4 6|"), ("after", 0, "4 5 6|4 6|"), ("before", 2, "1 2|0 2|"),
                    ("before", 0, "0 1 2|0 2|"),
                ] {
                    let scope = """
                        {"fields": "id", "order": "at", "limit": \(limit), "\(side)": {"at": "2026-03-01T10:00:00.123Z", "id": 3}}
                        """
                    let filter = #"{"include": {"relation": "\#(relation)", "scope": \#(scope)}, "fields": "id"}"#
                    let json = String(decoding: try await database.find("Post", filter: filter).json(), as: UTF8.self)
                    let posts = try JSONValue(parsing: json).elements ?? []
                    let found = posts.map { post in
                        (post[relation]?.elements ?? []).map { $0["id"]?.description ?? "" }.joined(separator: " ")
                    }
                    #expect(found.joined(separator: "|") == wanted, "\(relation) \(side) \(limit)")
                }
            }
            // A target has no place in an order of links.
            let error = await #expect(throws: PlannerError.self) {
                try await database.find(
                    "Post",
                    filter:
                        #"{"include": {"relation": "tags", "through": {"order": "id"}, "scope": {"after": {"id": 1}}}}"#
                )
            }
            #expect(error?.code == .invalidFilter && error?.relation == "tags")
        }
    }

    @Test func `At JSON paths and in texts that hold JSON`() async throws {
        try await withLines("json") { (database, _) async throws in
            // 1, 2.0, 1.00, 2.000 …: shown with all digits, and with as many as JavaScript leaves.
            #expect(try await database.ids("Line", #"{"order": "doc.n"}"#) == "0 2 4 6 1 3 5")
            for number in ["1.00", "1"] {
                let place = #"{"doc.n": \#(number), "id": 2}"#
                #expect(try await database.ids("Line", #"{"order": "doc.n", "after": \#(place)}"#) == "4 6 1 3 5")
            }
            let all = try await database.ids("Line", #"{"order": "note"}"#).split(separator: " ").map(String.init)
            let shown = ["null", #"{"a":1}"#, #"{"a":1}"#, "null", "2", "[]", "3"]
            for (position, id) in all.enumerated() {
                let place = #"{"note": \#(shown[Int(id) ?? 0]), "id": \#(id)}"#
                let after = try await database.ids("Line", #"{"order": "note", "after": \#(place)}"#)
                #expect(after == all[(position + 1)...].joined(separator: " "))
                let before = try await database.ids("Line", #"{"order": "note", "before": \#(place)}"#)
                #expect(before == all[..<position].joined(separator: " "))
            }
        }
    }

    @Test func `Where the row is gone or has changed, nothing is lost that was not shown`() async throws {
        try await withLines("gone") { (database, test) async throws in
            let place = #"{"at": "2026-03-01T10:00:00.123Z", "id": 3}"#
            for change in ["UPDATE line SET at = '2027-01-01' WHERE id = 3", "DELETE FROM line WHERE id = 3"] {
                try await test.run(change)
                let last = change.hasPrefix("UPDATE") ? " 3" : ""
                #expect(try await database.ids("Line", #"{"order": "at", "after": \#(place)}"#) == "1 2 4 5 6" + last)
                #expect(try await database.ids("Line", #"{"order": "at DESC", "after": \#(place)}"#) == "6 5 4 2 1 0")
                #expect(try await database.ids("Line", #"{"order": "at", "before": \#(place)}"#) == "0 1 2 4 5 6")
            }
        }
    }

    @Test func `Keys that are instants themselves`() async throws {
        let sql = """
            CREATE TABLE reading (device int, at timestamptz, v int, PRIMARY KEY (device, at));
            INSERT INTO reading SELECT d, '2026-03-01Z'::timestamptz + n * interval '1.000123 s', n
                FROM generate_series(1, 2) d, generate_series(0, 4) n;
            """
        let model = """
            {"name": "Reading", "options": {"postgresql": {"table": "reading"}}, "properties": {
             "device": {"type": "number", "id": 1}, "at": {"type": "date", "id": 2}, "v": "number"}}
            """
        try await CursorDatabase.with("instants", sql, [model]) { (database, _) async throws in
            func values(_ filter: String) async throws -> String {
                let json = try await database.find("Reading", filter: filter).json()
                return try JSONValue(parsing: String(decoding: json, as: UTF8.self)).elements?
                    .map { $0["v"]?.description ?? "?" }.joined(separator: " ") ?? ""
            }
            let place = #"{"device": 1, "at": "2026-03-01T00:00:02.000Z"}"#
            #expect(try await values(#"{"after": \#(place)}"#) == "3 4 0 1 2 3 4")
            #expect(try await values(#"{"before": \#(place)}"#) == "0 1")
            #expect(try await values(#"{"order": "at DESC", "after": \#(place)}"#) == "2 1 1 0 0")
        }
    }

    @Test func `One statement, the text of which says nothing of values; what is shown exactly is not looked up`()
        async throws
    {
        try await withLines("text") { (database, _) async throws in
            func text(_ order: String, _ place: String) throws -> String {
                let filter = try JSONValue(parsing: #"{"order": "\#(order)", "limit": 2, "after": \#(place)}"#)
                let plan = try database.plan("Line", filter: filter)
                #expect(plan.fetches.count == 1)
                return plan.fetches[0].text
            }
            let whole = try text("at", #"{"at": "2026-03-01T10:00:00.123Z", "id": 3}"#)
            #expect(whole == (try text("at", #"{"at": "infinity", "id": 4}"#)))
            #expect(whole == (try text("at", #"{"at": "2026-03-01T10:00:00.123456Z", "id": 4}"#)))
            #expect(!(try text("boxId DESC", #"{"boxId": 3, "id": 3}"#)).contains("(SELECT"))
            let place =
                #"coalesce((SELECT r1."at" FROM "public"."line" AS r1 WHERE r1."id" = $1 AND r1."at" BETWEEN $2 AND $3 ORDER BY 1 LIMIT 1), $2)"#
            #expect(
                whole.contains(
                    #"WHERE (((t."at" > \#(place) OR t."at" IS NULL)) OR (t."at" = \#(place) AND (t."id" > $1 OR t."id" IS NULL)))"#
                ), "\(whole)")
        }
    }
}
