// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Default scopes hide records from changes as from reading, and say what new ones are; relation scopes tell several relations over
/// one table apart.
@Suite struct ScopedWriteTests {
    private static let models = [
        """
        {"name": "Firm", "strict": true, "hidden": ["secret"], "scope": {"where": {"alive": true}, "limit": 2},
         "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string", "required": true, "minLength": 2, "pattern": "^[a-z]+$"},
          "alive": "boolean", "secret": "string", "level": {"type": "number", "min": 1, "max": 9}, "toolIds": ["number"]},
         "relations": {
          "offices": {"type": "hasMany", "model": "Office", "foreignKey": "firmId", "properties": {"name": "firmName"}},
          "head": {"type": "hasOne", "model": "Office", "foreignKey": "firmId", "scope": {"where": {"kind": "head"}}},
          "branch": {"type": "hasOne", "model": "Office", "foreignKey": "firmId", "scope": {"where": {"kind": "branch"}}},
          "tools": {"type": "referencesMany", "model": "Tool", "foreignKey": "toolIds"},
          "named": {"type": "hasMany", "model": "Tool", "foreignKey": "firmId", "keyThrough": "toolId", "through": "Owning",
            "scope": {"where": {"name": "a"}}},
          "owned": {"type": "hasMany", "model": "Tool", "foreignKey": "firmId", "keyThrough": "toolId", "through":
            {"model": "Owning", "scope": {"where": {"kind": "own"}}, "properties": {"name": "firmName"}}}}}
        """,
        """
        {"name": "Office", "strict": true, "scope": {"where": {"alive": true}, "order": "id", "limit": 1},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "firmId": "number", "kind": "string", "alive": "boolean", "firmName": "string",
          "made": {"type": "date", "defaultFn": "now"}, "tag": {"type": "string", "defaultFn": "guid"}},
         "relations": {"firm": {"type": "belongsTo", "model": "Firm", "foreignKey": "firmId", "properties": {"name": "firmName"}, "options": {"invertProperties": true}}}}
        """,
        #"{"name": "Tool", "strict": false, "properties": {"id": {"type": "number", "id": true}, "name": "string"}}"#,
        """
        {"name": "Owning", "strict": true, "properties": {"id": {"type": "number", "id": true, "generated": true}, "firmId": "number", "toolId": "number",
          "kind": {"type": "string", "default": "own"}, "firmName": "string"},
         "relations": {"firm": {"type": "belongsTo", "model": "Firm", "foreignKey": "firmId"}, "tool": {"type": "belongsTo", "model": "Tool", "foreignKey": "toolId"}}}
        """,
    ]

    private func open(_ name: String) async throws -> (test: TestDatabase, database: Database) {
        let test = try await TestDatabase.named("scoped_write_\(name)")
        try await test.run(
            """
            CREATE TABLE firm (id int PRIMARY KEY, name text NOT NULL, alive bool, secret text, level int, toolids jsonb DEFAULT '[]');
            CREATE TABLE office (id serial PRIMARY KEY, firmid int, kind text, alive bool, firmname text, made timestamptz, tag text);
            CREATE TABLE tool (id int PRIMARY KEY, name text);
            CREATE TABLE owning (id serial PRIMARY KEY, firmid int, toolid int, kind text, firmname text);
            INSERT INTO firm VALUES (1, 'one', true, 's', 1), (2, 'dead', false, 's', 1), (3, 'three', true, NULL, NULL), (4, 'four', true, NULL, NULL);
            INSERT INTO office VALUES (1, 1, 'head', true), (2, 1, 'branch', true), (3, 1, 'head', false), (4, 2, 'head', true); SELECT setval('office_id_seq', 100);
            INSERT INTO tool VALUES (1, 'a'), (2, 'b'); INSERT INTO owning VALUES (1, 1, 1, 'own'), (2, 1, 2, 'rent'); SELECT setval('owning_id_seq', 100);
            """)
        let schema = try Schema(definitions: Self.models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return (test, try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url)))
    }

    @Test func `What a relation doesn't lead to stays as it is when it is set`() async throws {
        let (test, database) = try await open("set")
        try await database.setRelated("Firm", id: 1, relation: "offices", keys: [2])
        #expect(
            try await test.run("SELECT id, firmid FROM office ORDER BY id")
                == [["1", nil], ["2", "1"], ["3", "1"], ["4", "2"]])
        try await database.setRelated("Firm", id: 1, relation: "named", keys: [])
        #expect(try await test.run("SELECT toolid FROM owning") == [["2"]])
        try await database.setRelated("Firm", id: 1, relation: "named", keys: [1])
        #expect(try await test.run("SELECT toolid FROM owning ORDER BY id") == [["2"], ["1"]])
        let missing = await #expect(throws: PlannerError.self) {
            try await database.setRelated("Firm", id: 1, relation: "named", keys: [2])
        }
        #expect(missing?.code == .modelNotFound)
        #expect(try await test.run("SELECT toolid FROM owning ORDER BY id") == [["2"], ["1"]])
        await database.close()
    }

    @Test func `A hidden record can't be changed, nor what it has`() async throws {
        let (test, database) = try await open("hidden")
        let everything =
            "SELECT (SELECT json_agg(f ORDER BY id) FROM firm f), (SELECT json_agg(o ORDER BY id) FROM office o), (SELECT json_agg(t ORDER BY id) FROM tool t), (SELECT json_agg(w ORDER BY id) FROM owning w)"
        let before = try await test.run(everything)
        let refused: [(String, String, () async throws -> Void)] = [
            ("update", "MODEL_NOT_FOUND", { _ = try await database.updateById("Firm", id: 2, ["name": "xx"]) }),
            ("replace", "MODEL_NOT_FOUND", { _ = try await database.replaceById("Firm", id: 2, ["name": "xx"]) }),
            ("upsert", "23505", { _ = try await database.upsert("Firm", ["id": 2, "name": "xx"]) }),
            ("replaceOrCreate", "23505", { _ = try await database.replaceOrCreate("Firm", ["id": 2, "name": "xx"]) }),
            (
                "offices", "MODEL_NOT_FOUND",
                { _ = try await database.createRelated("Firm", id: 2, relation: "offices", [:]) }
            ),
            ("head", "MODEL_NOT_FOUND", { _ = try await database.createRelated("Firm", id: 2, relation: "head", [:]) }),
            (
                "branch", "MODEL_NOT_FOUND",
                { _ = try await database.createRelated("Firm", id: 2, relation: "branch", [:]) }
            ),
            (
                "tools", "MODEL_NOT_FOUND",
                { _ = try await database.createRelated("Firm", id: 2, relation: "tools", ["id": 9]) }
            ),
            (
                "owned", "MODEL_NOT_FOUND",
                { _ = try await database.createRelated("Firm", id: 2, relation: "owned", ["id": 9]) }
            ),
            (
                "add tool", "MODEL_NOT_FOUND",
                { try await database.addRelated("Firm", id: 2, relation: "tools", key: 1) }
            ),
            (
                "add owned", "MODEL_NOT_FOUND",
                { try await database.addRelated("Firm", id: 2, relation: "owned", key: 1) }
            ),
            ("set", "MODEL_NOT_FOUND", { try await database.setRelated("Firm", id: 2, relation: "owned", keys: [1]) }),
            (
                "update its head", "RELATION_EMPTY",
                { _ = try await database.updateRelated("Firm", id: 2, relation: "head", ["kind": "x"]) }
            ),
            (
                "delete its head", "RELATION_EMPTY",
                { try await database.deleteRelated("Firm", id: 2, relation: "head") }
            ),
            (
                "a hidden office", "MODEL_NOT_FOUND",
                { _ = try await database.updateRelated("Firm", id: 1, relation: "offices", key: 3, [:]) }
            ),
            (
                "delete a hidden office", "MODEL_NOT_FOUND",
                { try await database.deleteRelated("Firm", id: 1, relation: "offices", key: 3) }
            ),
            (
                "take a hidden office", "MODEL_NOT_FOUND",
                { try await database.addRelated("Firm", id: 3, relation: "offices", key: 3) }
            ),
            (
                "set a hidden office", "MODEL_NOT_FOUND",
                { try await database.setRelated("Firm", id: 3, relation: "offices", keys: [3]) }
            ),
            (
                "refer to a hidden firm", "MODEL_NOT_FOUND",
                { try await database.addRelated("Office", id: 1, relation: "firm", key: 2) }
            ),
            (
                "change a hidden firm", "RELATION_EMPTY",
                { _ = try await database.updateRelated("Office", id: 4, relation: "firm", ["name": "xx"]) }
            ),
        ]
        for (name, code, attempt) in refused {
            #expect(
                await told {
                    try await attempt(); return "done"
                } == code, "\(name)")
            #expect(try await test.run(everything) == before, "\(name)")
        }
        #expect(try await database.deleteById("Firm", id: 2).count == 0)
        #expect(try await database.deleteAllRelated("Firm", id: 2, relation: "offices").count == 0)
        #expect(try await database.updateAllRelated("Firm", id: 2, relation: "offices", ["kind": "x"]).count == 0)
        #expect(try await test.run(everything) == before)
        // Who asks without scopes sees all.
        #expect(try await database.unscoped.updateById("Firm", id: 2, ["name": "xx"]).count == 1)
        #expect(try await database.unscoped.createRelated("Firm", id: 2, relation: "offices", ["kind": "x"]).count == 1)
        #expect(try await test.run("SELECT alive FROM office WHERE kind = 'x'") == [[nil]])
        await database.close()
    }

    @Test func `What a default scope says is written, its limit holds for all`() async throws {
        let (test, database) = try await open("said")
        _ = try await database.create("Firm", ["id": 5, "name": "five", "alive": false, "secret": "kept"])
        _ = try await database.createRelated(
            "Firm", id: 5, relation: "offices", [["alive": false, "firmName": "mine"], ["kind": "x"]])
        #expect(try await test.run("SELECT alive, secret FROM firm WHERE id = 5") == [["t", "kept"]])
        #expect(
            try await test.run(
                "SELECT alive, firmname, kind, made > now() - interval '1 hour', length(tag) FROM office WHERE firmid = 5 ORDER BY id"
            ) == [["t", "five", nil, "t", "36"], ["t", "five", "x", "t", "36"]])
        #expect(try await test.run("SELECT count(DISTINCT tag) FROM office WHERE firmid = 5") == [["2"]])
        let shown = try await database.findById("Firm", id: 5).text
        #expect(!shown.contains("secret"))
        #expect(try await database.updateAll("Firm", where: [:], ["level": 5]).count == 2)
        #expect(try await database.deleteAllRelated("Firm", id: 5, relation: "offices").count == 1)
        #expect(try await database.deleteAll("Firm", where: [:]).count == 2)
        #expect(try await test.run("SELECT string_agg(id::text, ' ' ORDER BY id) FROM firm") == [["2 4 5"]])
        await database.close()
    }

    @Test func `Two relations over one table, told apart by their scopes`() async throws {
        let (test, database) = try await open("apart")
        _ = try await database.createRelated("Firm", id: 3, relation: "head", ["kind": "head"])
        _ = try await database.createRelated("Firm", id: 3, relation: "branch", ["kind": "branch"])
        for relation in ["head", "branch"] {
            let data: JSONValue = ["kind": .string(relation)]
            #expect(
                await told { try await database.createRelated("Firm", id: 3, relation: relation, data).text }
                    == "RELATION_EXISTS")
        }
        _ = try await database.deleteRelated("Firm", id: 3, relation: "head")
        #expect(try await test.run("SELECT kind FROM office WHERE firmid = 3") == [["branch"]])
        // Links of a scope: what it hides stays, and is not what is meant.
        try await database.setRelated("Firm", id: 1, relation: "owned", keys: [2])
        #expect(
            try await test.run("SELECT string_agg(toolid || kind, ' ' ORDER BY id) FROM owning") == [["2rent 2own"]])
        try await database.addRelated("Firm", id: 1, relation: "owned", key: 1)
        #expect(
            try await test.run(
                "SELECT string_agg(toolid || kind || coalesce(firmname, ''), ' ' ORDER BY id) FROM owning") == [
                    ["2rent 2ownone 1ownone"]
                ])
        try await database.removeRelated("Firm", id: 1, relation: "owned", key: 2)
        #expect(
            try await test.run("SELECT string_agg(toolid || kind, ' ' ORDER BY id) FROM owning") == [["2rent 1own"]])
        // What a belongsTo copies of its target is copied when it refers to another one.
        try await database.addRelated("Office", id: 1, relation: "firm", key: 4)
        #expect(try await test.run("SELECT firmid, firmname FROM office WHERE id = 1") == [["4", "four"]])
        await database.close()
    }

    @Test func `All problems at once, and those of the request first`() async throws {
        let (test, database) = try await open("problems")
        let rules: [(JSONValue, String)] = [
            (["id": 9], "VALIDATION_ERROR name:presence"),
            (["id": 9, "name": .null], "VALIDATION_ERROR name:presence"),
            (["id": 9, "name": "x"], "VALIDATION_ERROR name:length"),
            (["id": 9, "name": "X"], "VALIDATION_ERROR name:length name:format"),
            (["id": 9, "name": "xx", "level": 10], "VALIDATION_ERROR level:range"),
            (["id": 9, "name": "xx", "level": 0], "VALIDATION_ERROR level:range"),
            (
                ["id": 9, "name": "X1", "level": 99, "more": 1],
                "VALIDATION_ERROR name:format level:range more:unknown-property"
            ),
            (["id": 9, "name": "X1", "level": "x"], "INVALID_VALUE name:format level:type"),
            (["id": "x", "name": 5], "INVALID_VALUE id:type name:length name:format"),
            (["id": 9, "name": ["X"]], "INVALID_VALUE name:type"),
            (["id": 9, "name": "xx", "level": "10"], "VALIDATION_ERROR level:range"), ("text", "INVALID_VALUE :type"),
            ([1], "INVALID_VALUE :type"), (.null, "INVALID_VALUE :type"),
            (["id": 9, "name": "xx", "$inc": ["level": 1]], "VALIDATION_ERROR $inc:unknown-property"),
        ]
        for (data, expected) in rules {
            let found = await told { try await database.create("Firm", data).text }
            #expect(Set(found.split(separator: " ")) == Set(expected.split(separator: " ")), "\(data): \(found)")
        }
        let many = await told {
            try await database.createAll("Firm", [["id": 9, "name": "xx"], ["name": "X1"], 5]).text
        }
        #expect(many == "INVALID_VALUE [1].name:format [2]:type", "\(many)")
        #expect(
            await told {
                try await database.updateAll(
                    "Firm", where: ["id": 1], ["name": "X1", "$inc": ["level": "x"], "$pop": 1]
                ).count.description
            }
            .hasPrefix("INVALID_VALUE"))
        // What a model that isn't strict doesn't know is neither stored nor shown.
        #expect(try await database.create("Tool", ["id": 7, "more": 1]).text == #"[{"id":7,"name":null}]"#)
        #expect(try await test.run("SELECT count(*) FROM firm") == [["4"]])
        await database.close()
    }
}
