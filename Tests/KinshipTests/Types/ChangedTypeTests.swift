// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Types that change while the process runs, and settings and columns that are unlike what was assumed.
@Suite struct ChangedTypeTests {
    private static let tickets = """
        CREATE TYPE phase AS ENUM ('todo', 'done');
        CREATE TABLE ticket (id int PRIMARY KEY, phase phase, size int);
        CREATE TABLE info (phase phase PRIMARY KEY, note text);
        INSERT INTO ticket VALUES (1, 'todo', 5), (2, 'done', 6);
        INSERT INTO info VALUES ('todo', 't'), ('done', 'd');
        """
    private static let models = [
        """
        {"name": "Ticket", "properties": {"id": {"type": "number", "id": true}, "phase": "string", "size": "number"},
         "relations": {"info": {"type": "belongsTo", "model": "Info", "foreignKey": "phase"}}}
        """,
        """
        {"name": "Info", "properties": {"phase": {"type": "string", "id": true}, "note": "string"},
         "relations": {"tickets": {"type": "hasMany", "model": "Ticket", "foreignKey": "phase"}}}
        """,
    ]
    private static let again = """
        ALTER TABLE ticket ALTER phase TYPE text;
        ALTER TABLE info ALTER phase TYPE text;
        DROP TYPE phase;
        CREATE TYPE phase AS ENUM ('new', 'todo', 'done');
        ALTER TABLE ticket ALTER phase TYPE phase USING phase::phase;
        ALTER TABLE info ALTER phase TYPE phase USING phase::phase;
        """

    @Test(arguments: Strategy.allCases)
    func `An enumeration that is made anew under its name`(strategy: Strategy) async throws {
        try await TypeFixture.with("again_\(strategy)", Self.tickets, Self.models, strategy: strategy) {
            (database, test) async throws in
            let asks: [@Sendable () async throws -> String] = [
                { try await database.ids("Ticket", ["phase": "todo"]) },
                { try await database.ids("Ticket", ["phase": ["inq": ["todo", "done"]]]) },
                { try await database.found("Info", ["include": "tickets", "order": "phase"]) },
                { try await database.found("Ticket", ["include": "info", "order": "phase DESC", "limit": 1]) },
                { String(try await database.count("Ticket", where: ["phase": ["gt": "todo"]]).count) },
                { String(try await database.findById("Info", id: "done").count) },
                { String(try await database.findByIds("Info", ids: ["done", "todo"]).count) },
                { String(try await database.relatedCount("Info", id: "todo", relation: "tickets").count) },
            ]
            for ask in asks {
                let before = try await ask()
                try await test.run(Self.again)
                #expect(try await ask() == before)
            }
            #expect(try await database.ids("Ticket", ["phase": "new"]) == "")
        }
    }

    @Test func `A column that gets another type is read as what it is`() async throws {
        try await TypeFixture.with("altered", Self.tickets, Self.models) { (database, test) async throws in
            #expect(try await database.found("Ticket", ["fields": "size"]) == #"[{"size":5},{"size":6}]"#)
            try await test.run("ALTER TABLE ticket ALTER size TYPE text")
            #expect(try await database.found("Ticket", ["fields": "size"]) == #"[{"size":"5"},{"size":"6"}]"#)
            #expect(try await database.ids("Ticket", ["size": "5"]) == "1")
            try await test.run("ALTER TABLE ticket ALTER size TYPE float8 USING size::float8 / 4")
            #expect(try await database.found("Ticket", ["fields": "size"]) == #"[{"size":1.25},{"size":1.5}]"#)
            try await test.run("ALTER TABLE ticket ALTER size TYPE timestamptz USING '2026-01-01T00:00:00Z'")
            // A value is judged by what is known, a cell by what it is.
            #expect(
                try await database.found("Ticket", ["fields": "size", "limit": 1])
                    == #"[{"size":"2026-01-01T00:00:00.000Z"}]"#)
            #expect(try await database.ids("Ticket", ["size": "2026-01-01"]) == "1,2")
        }
    }

    @Test func `Names of models in columns of any type`() async throws {
        let sql = """
            CREATE TYPE kind AS ENUM ('Book');
            CREATE TABLE book (id int PRIMARY KEY);
            CREATE TABLE disk (id int PRIMARY KEY);
            CREATE TABLE note (id int PRIMARY KEY, on_id int, as_enum kind, as_char char(12), as_int int, as_name name);
            INSERT INTO book VALUES (7);
            INSERT INTO disk VALUES (7);
            INSERT INTO note VALUES (1, 7, 'Book', 'Book', 1114599275, 'Book'), (2, 7, NULL, 'Disk', 7, 'Disk');
            """
        func relation(_ kind: String) -> String {
            #""\#(kind)": {"type": "belongsTo", "polymorphic": {"foreignKey": "onId", "discriminator": "as_\#(kind)"}}"#
        }
        func many(_ kind: String) -> String {
            #""\#(kind)": {"type": "hasMany", "model": "Note", "polymorphic": {"foreignKey": "onId", "discriminator": "as_\#(kind)"}}"#
        }
        let kinds = ["enum", "char", "int", "name"]
        let targets = ["Book", "Disk"].map { name in
            #"{"name": "\#(name)", "properties": {"id": {"type": "number", "id": true}}, "relations": {\#(kinds.map(many).joined(separator: ", "))}}"#
        }
        let note = """
            {"name": "Note", "properties": {"id": {"type": "number", "id": true},
             "onId": {"type": "number", "postgresql": {"columnName": "on_id"}},
             \(kinds.map { "\"as_\($0)\": \"string\"" }.joined(separator: ", "))},
             "relations": {\(kinds.map(relation).joined(separator: ", "))}}
            """
        let expected: [(String, String, String, String)] = [
            ("enum", "1", "", "[7, null]"), ("char", "1", "2", "[7, 7]"), ("int", "", "", "[null, null]"),
            ("name", "1", "2", "[7, 7]"),
        ]
        for strategy in Strategy.allCases {
            try await TypeFixture.with("names_\(strategy)", sql, targets + [note], strategy: strategy) {
                (database, _) async throws in
                for (kind, books, disks, ones) in expected {
                    for (model, ids) in [("Book", books), ("Disk", disks)] {
                        let rows = try await database.found(
                            model,
                            [
                                "include": .object([
                                    .init("relation", .string(kind)), .init("scope", ["fields": ["id"]]),
                                ])
                            ])
                        let list = ids.isEmpty ? "" : "{\"id\":\(ids)}"
                        #expect(rows == "[{\"id\":7,\"\(kind)\":[\(list)]}]", "\(model).\(kind)")
                        let some = try await database.ids(model, .object([.init(kind, ["some": .object([])])]))
                        #expect(some == (ids.isEmpty ? "" : "7"), "\(model).\(kind)")
                        let count = try await database.relatedCount(model, id: 7, relation: kind)
                        #expect(count.count == (ids.isEmpty ? 0 : 1), "\(model).\(kind)")
                    }
                    let notes = try await database.found(
                        "Note",
                        [
                            "fields": "id", "order": "id",
                            "include": .object([.init("relation", .string(kind)), .init("scope", ["fields": ["id"]])]),
                        ])
                    let all = try JSONValue(parsing: notes).elements?.map { $0[kind]?["id"] ?? .null } ?? []
                    #expect(
                        JSONValue.array(all).description.filter { $0 != " " } == ones.filter { $0 != " " },
                        "Note.\(kind)")
                }
            }
        }
    }

    @Test(arguments: Strategy.allCases)
    func `Arrays are keys like others`(strategy: Strategy) async throws {
        let sql = """
            CREATE TABLE route (id int PRIMARY KEY, way int[]);
            CREATE TABLE trip (id int PRIMARY KEY, way int[], words text[]);
            INSERT INTO route VALUES (1, '{1,2}'), (2, '{}'), (3, '{1,NULL}'), (4, NULL), (5, '{{1},{2}}');
            INSERT INTO trip VALUES (10, '{1,2}', '{"a b",c}'), (11, '{}', NULL), (12, '{1,2}', '{}'), (13, '{1,NULL}', NULL),
                (14, '{{1},{2}}', NULL);
            """
        let models = [
            """
            {"name": "Route", "properties": {"id": {"type": "number", "id": true}, "way": ["number"]},
             "relations": {"trips": {"type": "hasMany", "model": "Trip", "foreignKey": "way", "primaryKey": "way"}}}
            """,
            """
            {"name": "Trip", "properties": {"id": {"type": "number", "id": true}, "way": ["number"], "words": ["string"]},
             "relations": {"route": {"type": "belongsTo", "model": "Route", "foreignKey": "way", "primaryKey": "way"}}}
            """,
        ]
        try await TypeFixture.with("arrays_\(strategy)", sql, models, strategy: strategy) {
            (database, _) async throws in
            let scope: JSONValue = ["fields": ["id"]]
            #expect(
                try await database.found("Route", ["fields": "id", "include": ["relation": "trips", "scope": scope]])
                    == #"[{"id":1,"trips":[{"id":10},{"id":12}]},{"id":2,"trips":[{"id":11}]},{"id":3,"trips":[{"id":13}]},{"id":4,"trips":[]},{"id":5,"trips":[{"id":14}]}]"#
            )
            #expect(
                try await database.found(
                    "Trip", ["fields": ["way"], "include": ["relation": "route", "scope": scope]])
                    == #"[{"way":[1,2],"route":{"id":1}},{"way":[],"route":{"id":2}},{"way":[1,2],"route":{"id":1}},{"way":[1,null],"route":{"id":3}},{"way":[[1],[2]],"route":{"id":5}}]"#
            )
            #expect(try await database.ids("Route", ["trips": ["some": ["id": ["gt": 11]]]]) == "1,3,5")
            #expect(try await database.relatedCount("Route", id: 1, relation: "trips").count == 2)
        }
    }

    @Test func `Settings of role and database change no answer`() async throws {
        let test = try await TestDatabase.named("types_settings")
        try await test.run(
            """
            DO $$ DECLARE setting text; BEGIN
                FOREACH setting IN ARRAY ARRAY['DateStyle = ''German''', 'IntervalStyle = ''postgres_verbose''',
                    'bytea_output = ''escape''', 'extra_float_digits = -5', 'TimeZone = ''Asia/Tokyo''',
                    'standard_conforming_strings = off', 'array_nulls = off', 'search_path = ''''', 'xmloption = document'] LOOP
                    EXECUTE format('ALTER DATABASE %I SET ', current_database()) || setting;
                END LOOP;
            END $$;
            CREATE TABLE public.thing (id int PRIMARY KEY, day date, woke timestamptz, span daterange, ratio float8, lasted interval,
                ips inet[], doc text);
            INSERT INTO public.thing VALUES (1, '2026-03-04', '2026-03-04 23:30:00Z', '[2026-03-04,2026-03-09)', 0.1::float8 + 0.2::float8,
                '1 day 02:00', ARRAY['10.0.0.1', NULL]::inet[], E'a\\\\b');
            """)
        let model = """
            {"name": "Thing", "properties": {"id": {"type": "number", "id": true}, "day": "date", "woke": "date", "span": "string",
             "ratio": "number", "lasted": "string", "ips": ["string"], "doc": "string"}}
            """
        try await TypeFixture.with("settings", "", [model], url: test.url) { (database, _) async throws in
            #expect(
                try await database.found("Thing", [:])
                    == #"[{"id":1,"day":"2026-03-04T00:00:00.000Z","woke":"2026-03-04T23:30:00.000Z","span":"[2026-03-04,2026-03-09)","ratio":0.30000000000000004,"lasted":"P1DT2H","ips":["10.0.0.1",null],"doc":"a\\b"}]"#
            )
            let conditions: [JSONValue] = [
                ["day": ["like": "2026-03-04"]], ["woke": ["startsWith": "2026-03-04 23:30"]],
                ["span": "[2026-03-04,2026-03-09)"], ["ratio": ["like": "0.30000000000000004"]],
                ["lasted": ["like": "1 day 02:00:00"]], ["span": ["contains": "2026-03-05"]],
                ["doc": ["regexp": #"a\\b"#]], ["woke": ["lt": "2026-03-05"]],
            ]
            for condition in conditions { #expect(try await database.ids("Thing", condition) == "1", "\(condition)") }
        }
    }
}
