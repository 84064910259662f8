// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Tables of all kinds and names are written: other schemas, views, partitions, tables without a key, keys of several columns.
@Suite struct WrittenTableTests {
    private func open(_ name: String, _ sql: String, _ models: [String]) async throws -> (
        test: TestDatabase, database: Database
    ) {
        let test = try await TestDatabase.named("written_table_\(name)")
        try await test.run(sql)
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return (test, try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url)))
    }

    /// Every change of one model, whose keys are numbers and whose `text` is a text.
    private func changeAll(_ model: String, on database: Database, text: String = "text") async throws {
        func data(_ id: Int, _ value: String) -> JSONValue {
            .object([.init("id", .number("\(id)")), .init(text, .string(value))])
        }
        func value(_ value: String) -> JSONValue { .object([.init(text, .string(value))]) }
        #expect(try await database.create(model, data(1, "a")).count == 1)
        #expect(try await database.createAll(model, [data(2, "b"), data(3, "c"), data(4, "d")]).count == 3)
        #expect(try await database.updateById(model, id: 1, value("A")).count == 1)
        #expect(try await database.replaceById(model, id: 2, value("B")).count == 1)
        #expect(try await database.upsert(model, data(3, "C")).count == 1)
        #expect(try await database.upsert(model, data(5, "e")).count == 1)
        #expect(try await database.replaceOrCreate(model, data(5, "E")).count == 1)
        #expect(try await database.replaceOrCreate(model, data(6, "f")).count == 1)
        #expect(try await database.updateAll(model, where: value("f"), value("F")).count == 1)
        #expect(try await database.upsertWithWhere(model, where: value("d"), value("D")).count == 1)
        #expect(try await database.findOrCreate(model, filter: ["where": value("D")], data(4, "D")).isCreated == false)
        #expect(try await database.findOrCreate(model, filter: ["where": value("g")], data(7, "g")).isCreated)
        #expect(try await database.deleteById(model, id: 7).count == 1)
        #expect(try await database.deleteAll(model, where: value("F")).count == 1)
        #expect(
            try await database.find(model, filter: ["order": "id"]).text
                == "[" + zip(1...5, ["A", "B", "C", "D", "E"]).map { data($0, $1).description }.joined(separator: ",")
                + "]")
    }

    private static func model(_ table: String, schema: String = "public", more: String = "") -> String {
        """
        {"name": "Thing", "strict": true, "options": {"postgresql": {"schema": "\(schema)", "table": "\(table)"}},
         "properties": {"id": {"type": "number", "id": true}, "text": "string"\(more)}}
        """
    }

    @Test func `Names of any kind, in another schema`() async throws {
        let definition = #"""
            {"name": "Thing", "strict": true, "options": {"postgresql": {"schema": "Odd \"Schema", "table": "Select $1 from 'x' \\ ü"}},
             "properties": {"id": {"type": "number", "id": true, "postgresql": {"columnName": "I d"}},
              "text": {"type": "string", "postgresql": {"columnName": "Or\"der; --"}}}}
            """#
        let (test, database) = try await open(
            "names",
            #"CREATE SCHEMA "Odd ""Schema"; CREATE TABLE "Odd ""Schema"."Select $1 from 'x' \ ü" ("I d" int PRIMARY KEY, "Or""der; --" text);"#,
            [definition])
        try await changeAll("Thing", on: database)
        #expect(try await test.run(#"SELECT count(*) FROM "Odd ""Schema"."Select $1 from 'x' \ ü""#) == [["5"]])
        await database.close()
    }

    @Test func `A partitioned table`() async throws {
        let (_, database) = try await open(
            "partitioned",
            """
            CREATE TABLE parts (id int PRIMARY KEY, text text) PARTITION BY RANGE (id); CREATE TABLE parts1 PARTITION OF parts FOR VALUES FROM (0) TO (3);
            CREATE TABLE parts2 (text text, gone int, id int NOT NULL); ALTER TABLE parts2 DROP COLUMN gone; ALTER TABLE parts ATTACH PARTITION parts2 FOR VALUES FROM (3) TO (100);
            """, [Self.model("parts")])
        try await changeAll("Thing", on: database)
        #expect(await told { try await database.create("Thing", ["id": 500]).text } == "23514")
        await database.close()
    }

    @Test func `A view, and one that lets only some rows be made`() async throws {
        let (test, database) = try await open(
            "view",
            "CREATE TABLE t (id int PRIMARY KEY, text text, other int DEFAULT 4); CREATE VIEW seen AS SELECT id, text FROM t WHERE id < 100 WITH CHECK OPTION;",
            [Self.model("seen")])
        try await changeAll("Thing", on: database)
        #expect(await told { try await database.create("Thing", ["id": 500]).text } == "44000")
        #expect(try await test.run("SELECT min(other) FROM t") == [["4"]])
        await database.close()
    }

    @Test func `A table without a key, one with heirs, and one that inherits`() async throws {
        let (_, keyless) = try await open("keyless", "CREATE TABLE t (id int, text text);", [Self.model("t")])
        try await changeAll("Thing", on: keyless)
        await keyless.close()
        let (_, heirs) = try await open(
            "heirs", "CREATE TABLE t (id int PRIMARY KEY, text text); CREATE TABLE u (more int) INHERITS (t);",
            [Self.model("t")])
        try await changeAll("Thing", on: heirs)
        await heirs.close()
        let (_, deferred) = try await open(
            "deferred", "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, text text);",
            [Self.model("t")])
        try await changeAll("Thing", on: deferred)
        #expect(await told { try await deferred.create("Thing", ["id": 1, "text": "twice"]).text } == "23505")
        await deferred.close()
    }

    @Test(arguments: ["BY DEFAULT", "ALWAYS"])
    func `Keys that the database makes`(how: String) async throws {
        let free = """
            {"name": "Free", "strict": true, "forceId": false, "options": {"postgresql": {"table": "t"}},
             "properties": {"id": {"type": "number", "id": true, "generated": true}, "text": "string"}}
            """
        let forced = """
            {"name": "Forced", "strict": true, "options": {"postgresql": {"table": "t"}},
             "properties": {"id": {"type": "number", "id": true, "generated": true}, "text": "string"}}
            """
        let (test, database) = try await open(
            "identity_\(how.prefix(2))", "CREATE TABLE t (id int GENERATED \(how) AS IDENTITY PRIMARY KEY, text text);",
            [free, forced])
        #expect(
            await told { try await database.create("Forced", ["id": 5, "text": "x"]).text }
                == "VALIDATION_ERROR id:absence")
        #expect(
            await told { try await database.createAll("Forced", [[:], ["id": 5]]).text }
                == "VALIDATION_ERROR [1].id:absence")
        #expect(try await database.create("Forced", [:]).text == #"[{"id":1,"text":null}]"#)
        #expect(
            try await database.createAll("Free", [["text": "a"], ["id": 50, "text": "b"], ["text": "c"]]).text
                == #"[{"id":2,"text":"a"},{"id":50,"text":"b"},{"id":3,"text":"c"}]"#)
        #expect(try await database.create("Free", ["id": 60]).text == #"[{"id":60,"text":null}]"#)
        #expect(try await database.upsert("Forced", ["id": 70, "text": "u"]).text == #"[{"id":70,"text":"u"}]"#)
        #expect(try await database.replaceOrCreate("Forced", ["id": 70]).text == #"[{"id":70,"text":null}]"#)
        #expect(try await database.upsert("Forced", ["text": "new"]).text == #"[{"id":4,"text":"new"}]"#)
        #expect(
            try await database.createAll("Forced", [[:], [:]]).text == #"[{"id":5,"text":null},{"id":6,"text":null}]"#)
        #expect(
            try await database.updateById("Forced", id: 6, ["id": 6, "text": "z"]).text == #"[{"id":6,"text":"z"}]"#)
        #expect(await told { try await database.updateById("Forced", id: 6, ["id": 7]).text } == "KEY_OVERRIDE")
        #expect(
            await told { try await database.upsertWithWhere("Forced", where: ["text": "z"], ["id": 7]).text }
                == "KEY_OVERRIDE")
        #expect(
            await told { try await database.updateById("Forced", id: 6, ["$inc": ["id": 1]]).text }.hasPrefix(
                "INVALID_VALUE"))
        #expect(try await test.run("SELECT count(*) FROM t") == [["9"]])
        await database.close()
    }

    @Test func `Defaults of a column and of its domain, for some of the rows`() async throws {
        let (_, database) = try await open(
            "defaults",
            "CREATE DOMAIN given AS text DEFAULT 'g' NOT NULL; CREATE TABLE t (id int PRIMARY KEY, text given, plain text DEFAULT 'it''s');",
            [Self.model("t", more: #", "plain": "string""#)])
        #expect(
            try await database.createAll("Thing", [["id": 1], ["id": 2, "text": "x"], ["id": 3, "plain": .null]]).text
                == #"[{"id":1,"text":"g","plain":"it's"},{"id":2,"text":"x","plain":"it's"},{"id":3,"text":"g","plain":null}]"#
        )
        #expect(try await database.replaceById("Thing", id: 2, [:]).text == #"[{"id":2,"text":"g","plain":"it's"}]"#)
        await database.close()
    }

    @Test func `A table without a key, and a hidden record, with what the database makes`() async throws {
        let scoped = """
            {"name": "Seen", "strict": true, "scope": {"where": {"text": "seen"}}, "options": {"postgresql": {"table": "t"}},
             "properties": {"id": {"type": "number", "id": true}, "text": "string", "made": "number"}}
            """
        let (test, database) = try await open(
            "made",
            "CREATE TABLE t (id int, text text, made int DEFAULT 7); CREATE UNIQUE INDEX ON t (id) WHERE id < 100; INSERT INTO t VALUES (1, 'hidden', 1);",
            [Self.model("t", more: #", "made": "number""#), scoped])
        #expect(
            try await database.replaceOrCreate("Thing", ["id": 2, "text": "a"]).text
                == #"[{"id":2,"text":"a","made":7}]"#)
        #expect(
            try await database.replaceOrCreate("Thing", ["id": 2, "made": 3]).text
                == #"[{"id":2,"text":null,"made":3}]"#)
        #expect(await told { try await database.replaceOrCreate("Seen", ["id": 1, "made": 9]).text } == "23505")
        #expect(await told { try await database.upsert("Seen", ["id": 1, "made": 9]).text } == "23505")
        #expect(try await database.replaceOrCreate("Seen", ["id": 3]).text == #"[{"id":3,"text":"seen","made":7}]"#)
        #expect(
            try await test.run("SELECT string_agg(id || coalesce(text, '') || made, ' ' ORDER BY id) FROM t") == [
                ["1hidden1 23 3seen7"]
            ])
        await database.close()
    }

    @Test func `What a trigger passes over is told`() async throws {
        let (test, database) = try await open(
            "passed",
            """
            CREATE TABLE t (id int PRIMARY KEY, text text);
            CREATE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER pass BEFORE INSERT ON t FOR EACH ROW WHEN (new.text = 'no') EXECUTE FUNCTION pass_over();
            """, [Self.model("t")])
        #expect(await told { try await database.create("Thing", ["id": 1, "text": "no"]).text } == "UNSUPPORTED")
        #expect(
            await told { try await database.createAll("Thing", [["id": 1, "text": "no"], ["id": 2]]).text }
                == "UNSUPPORTED")
        // In a transaction that ends with the error nothing is left.
        let undone = await told {
            try await database.withTransaction {
                try await $0.createAll("Thing", [["id": 3], ["id": 4, "text": "no"]]).text
            }
        }
        #expect(undone == "UNSUPPORTED")
        #expect(try await test.run("SELECT id FROM t") == [["2"]])
        await database.close()
    }

    @Test func `Only lists are added to`() async throws {
        let (test, database) = try await open(
            "lists",
            "CREATE TABLE t (id int PRIMARY KEY, text jsonb, plain text); INSERT INTO t VALUES (1, '{\"a\": 1}', '{}'), (2, 'null', 'null'), (3, NULL, ''), (4, '5', '[1]');",
            [
                #"{"name": "Thing", "options": {"postgresql": {"table": "t"}}, "properties": {"id": {"type": "number", "id": true}, "text": "any", "plain": ["any"]}}"#
            ])
        for id in [1, 4] {
            #expect(
                await told { try await database.updateById("Thing", id: id, ["$push": ["text": "x"]]).text }
                    == "INVALID_VALUE")
            #expect(
                await told { try await database.updateById("Thing", id: id, ["$pull": ["text": "x"]]).text }
                    == "INVALID_VALUE")
        }
        #expect(
            await told { try await database.updateById("Thing", id: 1, ["$push": ["plain": "x"]]).text }
                == "INVALID_VALUE")
        for id in [2, 3] {
            _ = try await database.updateById("Thing", id: id, ["$push": ["text": "x", "plain": ["y": 1]]])
        }
        _ = try await database.updateById("Thing", id: 4, ["$pull": ["plain": 1]])
        _ = try await database.updateById("Thing", id: 1, ["$set": ["text.b.c": 2], "$unset": ["text.a"]])
        #expect(
            try await test.run("SELECT text, plain::jsonb FROM t ORDER BY id")
                == [
                    [#"{"b": {"c": 2}}"#, "{}"], [#"["x"]"#, #"[{"y": 1}]"#], [#"["x"]"#, #"[{"y": 1}]"#], ["5", "[]"],
                ])
        await database.close()
    }

    // MARK: Keys of several columns

    @Test func `Keys of several columns, in every kind of relation`() async throws {
        let models = [
            """
            {"name": "House", "strict": true, "properties": {"city": {"type": "string", "id": 1}, "no": {"type": "number", "id": 2}, "name": "string"},
             "relations": {"rooms": {"type": "hasMany", "model": "Room", "foreignKey": ["city", "house"]},
              "roof": {"type": "hasOne", "model": "Roof", "foreignKey": ["city", "house"]},
              "people": {"type": "hasMany", "model": "Person", "through": "Living", "foreignKey": ["city", "house"], "keyThrough": ["first", "last"]}}}
            """,
            """
            {"name": "Room", "strict": true, "properties": {"id": {"type": "number", "id": true, "generated": true}, "city": "string", "house": "number", "name": "string"},
             "relations": {"home": {"type": "belongsTo", "model": "House", "foreignKey": ["city", "house"]}}}
            """,
            """
            {"name": "Roof", "strict": true, "properties": {"id": {"type": "number", "id": true, "generated": true}, "city": "string", "house": "number", "name": "string"}}
            """,
            """
            {"name": "Person", "strict": true, "properties": {"first": {"type": "string", "id": 1}, "last": {"type": "string", "id": 2}, "age": "number"}}
            """,
            """
            {"name": "Living", "strict": true, "properties": {"id": {"type": "string", "id": true, "defaultFn": "guid"}, "city": "string", "house": "number",
              "first": "string", "last": "string", "since": {"type": "number", "default": 2000}},
             "relations": {"house1": {"type": "belongsTo", "model": "House", "foreignKey": ["city", "house"]},
              "person": {"type": "belongsTo", "model": "Person", "foreignKey": ["first", "last"]}}}
            """,
        ]
        let (test, database) = try await open(
            "composite",
            """
            CREATE TABLE house (city text, no int, name text, PRIMARY KEY (city, no)); CREATE TABLE room (id serial PRIMARY KEY, city text, house int, name text);
            CREATE TABLE roof (id serial PRIMARY KEY, city text, house int, name text); CREATE TABLE person (first text, last text, age int, PRIMARY KEY (first, last));
            CREATE TABLE living (id text PRIMARY KEY, city text, house int, first text, last text, since int);
            INSERT INTO house VALUES ('B', 1, 'x'), ('B', 2, 'y'), ('C', 1, 'z'); INSERT INTO person VALUES ('A', 'L', 1), ('L', 'A', 2), ('A', 'A', 3);
            """, models)
        let house: JSONValue = ["city": "B", "no": 1]
        let (al, la): (JSONValue, JSONValue) = (["first": "A", "last": "L"], ["first": "L", "last": "A"])
        _ = try await database.createRelated(
            "House", id: house, relation: "rooms", [["name": "k"], ["name": "l", "city": "B", "house": 1]])
        for data: JSONValue in [["city": "C"], ["house": 2], ["city": "C", "house": 1]] {
            #expect(
                await told { try await database.createRelated("House", id: house, relation: "rooms", data).text }
                    == "KEY_OVERRIDE")
        }
        _ = try await database.createRelated("House", id: house, relation: "roof", [:])
        #expect(
            await told { try await database.createRelated("House", id: house, relation: "roof", [:]).text }
                == "RELATION_EXISTS")
        _ = try await database.updateRelated("House", id: house, relation: "rooms", key: 1, ["name": "K"])
        try await database.setRelated("House", id: ["city": "C", "no": 1], relation: "rooms", keys: [2])
        try await database.addRelated("Room", id: 2, relation: "home", key: ["city": "B", "no": 2])
        #expect(
            try await test.run("SELECT string_agg(id || city || house || name, ' ' ORDER BY id) FROM room") == [
                ["1B1K 2B2l"]
            ])
        // Links of two columns on either side; each has a key of its own, and the defaults of its model.
        try await database.addRelated("House", id: house, relation: "people", key: al, ["first": "A", "last": "L"])
        try await database.addRelated("House", id: house, relation: "people", key: al, ["since": 1990])
        #expect(
            await told {
                try await database.addRelated("House", id: house, relation: "people", key: la, ["first": "A"]);
                return ""
            } == "KEY_OVERRIDE")
        #expect(try await test.run("SELECT city || house || first || last || since FROM living") == [["B1AL1990"]])
        try await database.setRelated("House", id: house, relation: "people", keys: [la, al])
        try await database.setRelated(
            "House", id: ["city": "C", "no": 1], relation: "people", keys: [la, al, ["first": "A", "last": "A"]])
        _ = try await database.createRelated(
            "House", id: ["city": "B", "no": 2], relation: "people",
            [["first": "X", "last": "Y"], ["first": "Y", "last": "X"]])
        #expect(
            try await test.run(
                "SELECT string_agg(city || house || first || last || since, ' ' ORDER BY city, house, first, last), count(DISTINCT id) FROM living"
            )
                == [["B1AL1990 B1LA2000 B2XY2000 B2YX2000 C1AA2000 C1AL2000 C1LA2000", "7"]])
        try await database.deleteRelated(
            "House", id: ["city": "C", "no": 1], relation: "people", key: ["first": "A", "last": "A"])
        try await database.removeRelated("House", id: ["city": "C", "no": 1], relation: "people", key: la)
        #expect(
            try await database.deleteAllRelated(
                "House", id: ["city": "B", "no": 2], relation: "people", where: ["first": "X"]
            ).count == 1)
        #expect(
            try await test.run("SELECT string_agg(first || last, ' ' ORDER BY first, last) FROM person") == [
                ["AL LA YX"]
            ])
        #expect(try await test.run("SELECT count(*) FROM living") == [["4"]])
        #expect(
            await told { try await database.upsert("House", ["city": "B", "no": 1, "name": "n"]).text }
                == #"[{"city":"B","no":1,"name":"n"}]"#)
        await database.close()
    }
}
