// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

/// Values that only the server can read, as it reads them (B9).
@Suite struct ValuesOfTheServerTests {
    private static let hosts = """
        CREATE TABLE host (id int PRIMARY KEY, ip inet, mac macaddr, price money, span int4range, spans nummultirange,
            ips inet[], object oid, place box);
        INSERT INTO host VALUES
            (1, '10.0.0.1', '08:00:2b:01:02:03', 1.5, '[1,5]', '{[1,2),[5,7)}', '{10.0.0.1}', 16, '(1,1),(0,0)'),
            (2, '10.0.0.0/24', '08:00:2b:01:02:04', 20, '[7,9)', '{}', '{}', 25, '(1,2),(0,1)');
        INSERT INTO host (id) VALUES (3);
        """
    private static let model = """
        {"name": "Host", "properties": {"id": {"type": "number", "id": true}, "ip": "string", "mac": "string",
         "price": "string", "span": "string", "spans": "string", "ips": ["string"], "object": "number", "place": "string"}}
        """

    @Test func `Conditions are those of the type`() async throws {
        let expected: [(JSONValue, String)] = [
            (["ip": "10.0.0.1"], "1"), (["ip": "10.0.0.1/32"], "1"), (["ip": ["neq": "10.0.0.1"]], "2"),
            (["ip": ["inq": ["10.0.0.1", "10.0.0.0/24"]]], "1,2"), (["ip": ["gt": "10.0.0.0/24"]], "1"),
            (["ip": ["containedBy": "10.0.0.0/8"]], "1,2"), (["ip": ["contains": "10.0.0.1"]], "1,2"),
            (["ip": ["like": "%.1"]], "1"), (["mac": "08-00-2B-01-02-03"], "1"), (["price": ["gte": 20]], "2"),
            (["price": "1.50"], "1"), (["span": "[1,6)"], "1"), (["span": ["contains": 4]], "1"),
            (["span": ["contains": "[2,3]"]], "1"), (["span": ["containsAnyOf": "[5,7]"]], "1,2"),
            (["span": ["containedBy": "[0,100]"]], "1,2"), (["spans": ["contains": 1.5]], "1"),
            (["spans": ["containedBy": "{[0,10]}"]], "1,2"), (["ips": ["contains": ["10.0.0.1/32"]]], "1"),
            (["object": ["gt": 16]], "2"), (["object": ["inq": [16, 25]]], "1,2"),
            (["place": "(0,0),(1,1)"], "1"), (["place": ["neq": "(1,1),(0,0)"]], "2"),
        ]
        try await TypeFixture.with("conditions", Self.hosts, [Self.model]) { (database, _) async throws in
            for (condition, ids) in expected {
                #expect(try await database.ids("Host", condition) == ids, "\(condition)")
            }
            #expect(
                try await database.found("Host", ["where": ["id": 1], "fields": ["ip", "ips", "object"]])
                    == #"[{"ip":"10.0.0.1","ips":["10.0.0.1"],"object":"16"}]"#)
        }
    }

    @Test func `What the server can't read names property and operator`() async throws {
        let wrong: [(JSONValue, String, String)] = [
            (["ip": "10.0.0.300"], "ip", "eq"), (["ip": ["inq": ["10.0.0.1", "x"]]], "ip", "inq"),
            (["span": ["gt": "[5,1]"]], "span", "gt"), (["span": ["contains": "x"]], "span", "contains"),
            (["and": [["ip": "10.0.0.1"], ["mac": "x"]]], "mac", "eq"), (["price": ["lt": "much"]], "price", "lt"),
            (["ips": ["contains": ["x"]]], "ips", "contains"), (["ip": ["regexp": "(?<=x)y(?"]], "ip", "regexp"),
        ]
        try await TypeFixture.with("wrong", Self.hosts, [Self.model]) { (database, _) async throws in
            for (condition, property, name) in wrong {
                let error = await #expect(throws: PlannerError.self, "\(condition)") {
                    try await database.find("Host", filter: ["where": condition])
                }
                #expect(
                    error?.code == .invalidValue && error?.status == 400, "\(condition): \(String(describing: error))")
                #expect(
                    error?.model == "Host" && error?.property == property && error?.operator == name, "\(condition)")
                let counted = await #expect(throws: PlannerError.self) {
                    try await database.count("Host", where: condition)
                }
                #expect(counted?.property == property)
                let streamed = await #expect(throws: PlannerError.self) {
                    for try await _ in try database.stream("Host", filter: ["where": condition]).records {}
                }
                #expect(streamed?.property == property)
            }
            #expect(try await database.ids("Host", ["ip": "10.0.0.1"]) == "1")
        }
    }

    @Test func `Instants in columns of days are the midnight they are compared with (B10)`() async throws {
        let days = """
            CREATE TABLE event (id int PRIMARY KEY, day date, "at" timestamptz);
            INSERT INTO event SELECT n, '2026-03-29'::date + n, '2026-03-29'::date + n FROM generate_series(1, 3) n;
            INSERT INTO event VALUES (4, NULL, NULL), (5, 'infinity', 'infinity');
            """
        let model =
            #"{"name": "Event", "properties": {"id": {"type": "number", "id": true}, "day": "date", "at": "date"}}"#
        let noon = "2026-03-31T12:00:00Z"
        let expected: [(JSONValue, String)] = [
            (.string(noon), ""), (["neq": .string(noon)], "1,2,3,5"), (["gt": .string(noon)], "3,5"),
            (["gte": .string(noon)], "3,5"), (["lt": .string(noon)], "1,2"), (["lte": .string(noon)], "1,2"),
            (["between": [.string(noon), "2026-04-01"]], "3"), (["inq": [.string(noon), "2026-03-30"]], "1"),
            (["nin": [.string(noon), "2026-03-30"]], "2,3,5"), ("2026-03-31", "2"), ("2026-03-31T00:00:00Z", "2"),
            (["lt": 1_774_958_400_000], "1,2"), (["not": .string(noon)], "1,2,3,4,5"),
        ]
        try await TypeFixture.with("days", days, [model]) { (database, _) async throws in
            for (condition, ids) in expected {
                #expect(try await database.ids("Event", ["day": condition]) == ids, "\(condition)")
                #expect(try await database.ids("Event", ["at": condition]) == ids, "as an instant: \(condition)")
            }
            let page: JSONValue = [
                "order": "day", "after": ["day": .string(noon), "id": 1], "fields": "id", "limit": 1,
            ]
            #expect(try await database.found("Event", page) == #"[{"id":3}]"#)
        }
    }

    @Test func `Intervals as PostgreSQL prints them in any style`() async throws {
        let sql = """
            CREATE TABLE span (id int PRIMARY KEY, lasted interval);
            INSERT INTO span VALUES (1, '100:00:00'), (2, '-1 days +02:03:00'), (3, '1 year 2 mons 3 days 04:05:06.5'),
                (4, '-1 year -2 mons +3 days -04:05:06'), (5, '0'), (6, '1000000 days'), (7, '-00:00:00.000001');
            """
        let model = #"{"name": "Span", "properties": {"id": {"type": "number", "id": true}, "lasted": "string"}}"#
        try await TypeFixture.with("intervals", sql, [model]) { (database, test) async throws in
            for style in ["postgres", "postgres_verbose", "iso_8601"] {
                let shown = try await test.run(
                    "SET IntervalStyle = \(style); SELECT id, lasted::text FROM span ORDER BY id")
                for row in shown {
                    let text = row[1] ?? ""
                    #expect(try await database.ids("Span", ["lasted": .string(text)]) == row[0], "\(style): \(text)")
                }
            }
            for text in ["1-2 3 4:05:06.5", "14 mons 3 days 4:05:06.5"] {
                #expect(try await database.ids("Span", ["lasted": .string(text)]) == "3", "\(text)")
            }
            #expect(try await database.ids("Span", ["lasted": ["gt": "99:59"]]) == "1,3,6")
            for text in ["1 lightyear", "", "1:2:3:4", "100:61:00", "9999999999 years"] {
                let error = await #expect(throws: PlannerError.self) {
                    try await database.count("Span", where: ["lasted": .string(text)])
                }
                #expect(error?.code == .invalidValue && error?.property == "lasted", "\(text)")
            }
        }
    }

    @Test func `Texts that the database's encoding doesn't have are no values`() async throws {
        let test = try await TestDatabase.named("types_encoding")
        let name = "\(test.name)_latin1"
        try await test.run(
            "CREATE DATABASE \"\(name)\" TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
        let url = test.url.replacing(test.name, with: name)
        let model =
            #"{"name": "Word", "properties": {"id": {"type": "number", "id": true}, "text": "string", "tags": ["string"]}}"#
        do {
            let schema = try Schema(definitions: [ModelDefinition(json: Array(model.utf8), file: nil)])
            var configuration = try ConnectionConfiguration(url: url)
            configuration.applicationName = "latin1"
            let connection = try await Connection.connect(configuration, logger: Logger(label: "latin1"))
            try await connection.execute(Statement("CREATE TABLE word (id int PRIMARY KEY, text text, tags text[])"))
            try await connection.execute(Statement("INSERT INTO word VALUES (1, 'Zoé', '{é}'), (2, 'x', '{}')"))
            connection.close()
            let database = try await Database.open(schema: schema, connection: configuration)
            #expect(try await database.ids("Word", ["text": "Zoé"]) == "1")
            let wrong: [(JSONValue, String, String)] = [
                (["text": "日本"], "text", "eq"), (["text": ["inq": ["x", "日本"]]], "text", "inq"),
                (["text": ["like": "日%"]], "text", "like"), (["text": ["startsWith": "日"]], "text", "like"),
                (["tags": ["contains": ["日"]]], "tags", "contains"), (["text": ["gt": "日"]], "text", "gt"),
            ]
            for (condition, property, name) in wrong {
                let error = await #expect(throws: PlannerError.self, "\(condition)") {
                    try await database.find("Word", filter: ["where": condition])
                }
                #expect(error?.code == .invalidValue && error?.property == property && error?.operator == name)
            }
            await database.close()
        } catch {
            Issue.record(error)
        }
        try await test.run("DROP DATABASE \"\(name)\" WITH (FORCE)")
    }

    @Test func `Padding is no part of a value that is searched`() async throws {
        let sql = """
            CREATE TABLE code (id int PRIMARY KEY, code char(6));
            INSERT INTO code VALUES (1, 'ab'), (2, 'abc'), (3, NULL);
            """
        let model = #"{"name": "Code", "properties": {"id": {"type": "number", "id": true}, "code": "string"}}"#
        let expected: [(JSONValue, String)] = [
            ("ab", "1"), ("ab  ", "1"), (["like": "%b"], "1"), (["like": "ab"], "1"), (["endsWith": "b"], "1"),
            (["regexp": "^ab$"], "1"), (["ilike": "AB"], "1"), (["startsWith": "ab"], "1,2"), (["nlike": "%c"], "1"),
            (["contains": "b"], "1,2"),
        ]
        try await TypeFixture.with("padding", sql, [model]) { (database, _) async throws in
            for (condition, ids) in expected {
                #expect(try await database.ids("Code", ["code": condition]) == ids, "\(condition)")
            }
        }
    }

    @Test func `Long names are what PostgreSQL makes of them`() async throws {
        let long = "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps"
        let accented = String(repeating: "x", count: 62) + "éy"
        let model = """
            {"name": "Long", "options": {"postgresql": {"table": "\(long)"}}, "properties": {
             "id": {"type": "number", "id": true}, "\(long)": "string",
             "other": {"type": "string", "postgresql": {"columnName": "\(accented)"}}}}
            """
        let sql = """
            CREATE TABLE \(long) (id int PRIMARY KEY, \(long) text, "\(accented)" text);
            INSERT INTO \(long) VALUES (1, 'a', 'b');
            """
        try await TypeFixture.with("names", sql, [model]) { (database, _) async throws in
            #expect(
                try await database.found("Long", ["where": ["other": "b"]])
                    == "[{\"id\":1,\"\(long)\":\"a\",\"other\":\"b\"}]")
        }
    }
}
