// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What a graph takes of its records is what they have when it is taken, whatever has changed them since they were read.
@Suite struct GraphSourceTests {
    /// Nodes with kids, a pet and friends, all of which go by the node's code and copy its name; a bell that is made for a node gives it
    /// another name and code.
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String, isHidden: Bool = false, hooks: Hooks = Hooks()) async throws {
            tables = try await TestDatabase.named("graph_source_\(name)")
            try await tables.run(
                """
                CREATE TABLE node (id serial PRIMARY KEY, code text, name text, tenant int DEFAULT 1);
                CREATE TABLE bell (id serial PRIMARY KEY, nodeid int);
                CREATE TABLE kid (id serial PRIMARY KEY, nodecode text, nodename text, label text);
                CREATE TABLE pet (id serial PRIMARY KEY, nodecode text, nodename text, label text);
                CREATE TABLE toy (id serial PRIMARY KEY, nodeid int, nodename text, label text);
                CREATE TABLE friend (id serial PRIMARY KEY, code text, label text);
                CREATE TABLE nodefriend (id serial PRIMARY KEY, nodecode text, friendid int, nodename text);
                CREATE FUNCTION rung() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  UPDATE node SET name = name || '!', code = code || '!' WHERE id = new.nodeid; RETURN new; END $$;
                CREATE TRIGGER rung AFTER INSERT ON bell FOR EACH ROW EXECUTE FUNCTION rung();
                INSERT INTO node (code, name) VALUES ('a', 'A'), ('b', 'B');
                INSERT INTO kid (nodecode, nodename, label) VALUES ('a', 'A', 'first');
                """)
            let id = #""id": {"type": "number", "id": true, "generated": true}"#
            let models = [
                #"""
                {"name": "Node", "hidden": [\#(isHidden ? #""name", "code""# : "")],
                 "properties": {\#(id), "code": "string", "name": "string", "tenant": "number"},
                 "relations": {
                  "bells": {"type": "hasMany", "model": "Bell", "foreignKey": "nodeId"},
                  "kids": {"type": "hasMany", "model": "Kid", "foreignKey": "nodeCode", "primaryKey": "code", "properties": {"name": "nodeName"}},
                  "toys": {"type": "hasMany", "model": "Toy", "foreignKey": "nodeId", "properties": {"name": "nodeName"}},
                  "pet": {"type": "hasOne", "model": "Pet", "foreignKey": "nodeCode", "primaryKey": "code", "properties": {"name": "nodeName"}},
                  "friends": {"type": "hasMany", "model": "Friend", "foreignKey": "nodeCode", "primaryKey": "code", "keyThrough": "friendId",
                   "through": {"model": "NodeFriend", "properties": {"name": "nodeName"}}}}}
                """#,
                #"{"name": "Bell", "properties": {\#(id), "nodeId": "number"}, "relations": {"node": {"type": "belongsTo", "model": "Node", "foreignKey": "nodeId"}}}"#,
                #"""
                {"name": "Kid", "properties": {\#(id), "nodeCode": "string", "nodeName": "string", "label": "string"},
                 "relations": {"node": {"type": "belongsTo", "model": "Node", "foreignKey": "nodeCode", "primaryKey": "code",
                  "properties": {"name": "nodeName"}, "options": {"invertProperties": true}}}}
                """#,
                #"{"name": "Toy", "properties": {\#(id), "nodeId": "number", "nodeName": "string", "label": "string"}}"#,
                #"{"name": "Pet", "properties": {\#(id), "nodeCode": "string", "nodeName": "string", "label": "string"}}"#,
                #"{"name": "Friend", "properties": {\#(id), "code": "string", "label": "string"}}"#,
                #"{"name": "NodeFriend", "properties": {\#(id), "nodeCode": "string", "friendId": "number", "nodeName": "string"}}"#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            let connection = try ConnectionConfiguration(url: tables.url)
            database = try await Database.open(schema: schema, connection: connection, hooks: hooks)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        /// What the records with a label have of their node.
        func taken(_ label: String) async throws -> String {
            try await rows(
                """
                SELECT nodecode, nodename FROM kid WHERE label = '\(label)' UNION ALL
                SELECT nodecode, nodename FROM pet WHERE label = '\(label)' UNION ALL
                SELECT nodeid::text, nodename FROM toy WHERE label = '\(label)' UNION ALL
                SELECT l.nodecode, l.nodename FROM nodefriend l JOIN friend f ON f.id = l.friendid WHERE f.label = '\(label)'
                """)
        }
    }

    @Test(arguments: [false, true])
    func `What leads back to a record has changed it by then`(isHidden: Bool) async throws {
        let world = try await World("back_\(isHidden)", isHidden: isHidden)
        let below: [(String, JSONValue, String)] = [
            ("kids", [["label": "x"]], "CODE,NAME"), ("toys", [["label": "x"]], "ID,NAME"),
            ("pet", ["label": "x"], "CODE,NAME"), ("friends", [["label": "x"]], "CODE,NAME"),
        ]
        for (relation, data, expected) in below {
            // New and known nodes, with a bell that is made ahead and renames them.
            for isNew in [true, false] {
                try await world.tables.run("TRUNCATE kid, toy, pet, friend, nodefriend")
                let id: String
                if isNew {
                    try await world.database.createGraph(
                        "Node",
                        .object([
                            .init("code", "n"), .init("name", "N"), .init("bells", [[:]]), .init(relation, data),
                        ]))
                    id = try await world.rows("SELECT max(id) FROM node")
                } else {
                    id = "1"
                    try await world.database.updateGraph(
                        "Node", id: 1, .object([.init("bells", [[:]]), .init(relation, data)]))
                }
                let now = try await world.tables.run("SELECT code, name FROM node WHERE id = \(id)")[0]
                let wanted = expected.replacing("CODE", with: now[0] ?? "").replacing("ID", with: id)
                    .replacing("NAME", with: now[1] ?? "")
                #expect(now[0]?.hasSuffix("!") == true)
                #expect(try await world.taken("x") == wanted, "\(relation), new: \(isNew)")
            }
        }
        // What is referred to, and changed while it is made or found.
        for node: JSONValue in [
            ["create": ["code": "m", "name": "M", "bells": [[:]]]], ["connect": 2],
            ["connectOrCreate": ["where": ["id": 2], "create": ["code": "z"]]],
        ] {
            try await world.tables.run("TRUNCATE kid")
            try await world.database.createGraph("Kid", ["label": "x", "node": node])
            #expect(
                try await world.rows(
                    "SELECT count(*) FROM kid k JOIN node n ON n.code = k.nodecode AND n.name = k.nodename") == "1",
                "\(node)")
        }
        await world.database.close()
    }

    @Test func `What is saved below a record that stays looks at it`() async throws {
        var hooks = Hooks()
        hooks.access("Node") { $0.narrow(["tenant": 1]) }
        let world = try await World("saved", hooks: hooks)
        func read(_ fields: JSONValue?) async throws -> JSONValue {
            var filter: [JSONValue.Member] = [.init("include", ["toys"])]
            if let fields { filter.append(.init("fields", fields)) }
            return try JSONValue(
                parsing: try await world.database.findById("Node", id: 1, filter: .object(filter)).firstJSON())
        }
        func adding(_ label: String, to read: JSONValue) -> JSONValue {
            .object(
                (read.members ?? []).filter { $0.key != "toys" && $0.key != "kids" }
                    + [.init("toys", [["label": .string(label)]]), .init("kids", [["label": .string(label)]])])
        }
        // Of fields that were read the copied ones aren't.
        let less = try await read(["id"])
        try await world.database.save("Node", adding("fields", to: less), comparedWith: less)
        #expect(try await world.taken("fields") == "a,A;1,A")
        // Changed meanwhile.
        let old = try await read(nil)
        try await world.tables.run("UPDATE node SET name = 'New', code = 'new' WHERE id = 1")
        try await world.database.save("Node", adding("meanwhile", to: old), comparedWith: old)
        #expect(try await world.taken("meanwhile") == "new,New;1,New")
        // Out of reach, and gone.
        for sql in ["UPDATE node SET tenant = 2 WHERE id = 1", "DELETE FROM node WHERE id = 1"] {
            try await world.tables.run(sql)
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.save("Node", adding("gone", to: old), comparedWith: old)
            }
            #expect(error?.code == .modelNotFound)
            #expect(try await world.taken("gone") == "")
        }
        // A record that is named by its key alone.
        let bell: JSONValue = ["node": ["id": 2, "toys": [["label": "key"]]]]
        try await world.tables.run("INSERT INTO bell DEFAULT VALUES")
        let id = try JSONValue(parsing: try await world.rows("SELECT max(id) FROM bell"))
        let before: JSONValue = ["id": id]
        let changed = JSONValue.object((before.members ?? []) + (bell.members ?? []))
        try await world.database.save("Bell", changed, comparedWith: before)
        #expect(try await world.taken("key") == "2,B")
        await world.database.close()
    }

    @Test func `A hidden source is copied by saves too`() async throws {
        let world = try await World("hidden_save", isHidden: true)
        let read = try JSONValue(parsing: try await world.database.findById("Node", id: 1).firstJSON())
        let changed = JSONValue.object(
            (read.members ?? []) + [.init("toys", [["label": "h"]]), .init("kids", [["label": "h"]])])
        try await world.database.save("Node", changed, comparedWith: read)
        #expect(try await world.taken("h") == "a,A;1,A")
        await world.database.close()
    }

    @Test func `A key that is given beside its record is the record's`() async throws {
        let world = try await World("keys")
        let refused: [(JSONValue, String?)] = [
            (["label": "x", "nodeCode": "z", "node": ["connect": 1]], "nodeCode"),
            (["label": "x", "nodeCode": "z", "node": ["create": ["code": "y"]]], "nodeCode"),
        ]
        for (data, path) in refused {
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.createGraph("Kid", data)
            }
            #expect(error?.code == .keyOverride && error?.path == path, "\(data)")
        }
        for data: JSONValue in [
            ["nodeId": 2, "node": ["connect": 1]], ["nodeId": 2, "node": ["create": ["code": "y"]]],
        ] {
            try await world.tables.run("INSERT INTO bell VALUES (77, 1) ON CONFLICT DO NOTHING")
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.updateGraph("Bell", id: 77, data)
            }
            #expect(error?.code == .keyOverride, "\(data)")
        }
        try await world.database.createGraph("Kid", ["label": "same", "nodeCode": "b", "node": ["connect": 2]])
        try await world.database.updateGraph("Bell", id: 77, ["nodeId": "2", "node": ["connect": 2]])
        #expect(try await world.taken("same") == "b,B")
        #expect(try await world.rows("SELECT nodeid FROM bell WHERE id = 77") == "2")
        await world.database.close()
    }

    @Test func `What a hasOne refers to is made ahead of it`() async throws {
        let tables = try await TestDatabase.named("graph_source_one")
        try await tables.run(
            """
            CREATE TABLE usr (id serial PRIMARY KEY, name text);
            CREATE TABLE avatar (id serial PRIMARY KEY, art text);
            CREATE TABLE tag (id serial PRIMARY KEY, profileid int);
            CREATE TABLE profile (id serial PRIMARY KEY, userid int, avatarid int NOT NULL REFERENCES avatar, fans int[]);
            INSERT INTO usr (name) VALUES ('A');
            """)
        let id = #""id": {"type": "number", "id": true, "generated": true}"#
        let models = [
            #"{"name": "User", "options": {"postgresql": {"table": "usr"}}, "properties": {\#(id), "name": "string"}, "relations": {"profile": {"type": "hasOne", "model": "Profile", "foreignKey": "userId"}}}"#,
            #"""
            {"name": "Profile", "properties": {\#(id), "userId": "number", "avatarId": {"type": "number", "required": true}},
             "relations": {"avatar": {"type": "belongsTo", "model": "Avatar", "foreignKey": "avatarId"},
              "tags": {"type": "hasMany", "model": "Tag", "foreignKey": "profileId"}}}
            """#,
            #"{"name": "Avatar", "properties": {\#(id), "art": "string"}}"#,
            #"{"name": "Tag", "properties": {\#(id), "profileId": "number"}}"#,
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        let profile: JSONValue = ["create": ["avatar": ["create": ["art": "x"]], "tags": [[:]]]]
        try await database.updateGraph("User", id: 1, ["profile": profile])
        #expect(
            try await tables.run(
                "SELECT p.userid, a.art, t.id FROM profile p JOIN avatar a ON a.id = p.avatarid JOIN tag t ON t.profileid = p.id"
            )
                == [["1", "x", "1"]])
        // There is one already: nothing of the second one is left.
        await #expect(throws: PlannerError.self) {
            try await database.updateGraph("User", id: 1, ["profile": profile])
        }
        #expect(try await tables.run("SELECT count(*) FROM avatar") == [["1"]])
        await database.close()
    }

    @Test func `A word that is a property too is never guessed`() async throws {
        let tables = try await TestDatabase.named("graph_source_words")
        try await tables.run(
            """
            CREATE TABLE usr (id serial PRIMARY KEY, name text);
            CREATE TABLE permission (id serial PRIMARY KEY, userid int, "update" bool, "delete" bool, "connect" text);
            INSERT INTO usr (name) VALUES ('A');
            """)
        let id = #""id": {"type": "number", "id": true, "generated": true}"#
        let models = [
            #"{"name": "User", "options": {"postgresql": {"table": "usr"}}, "properties": {\#(id), "name": "string"}, "relations": {"permission": {"type": "hasOne", "model": "Permission", "foreignKey": "userId"}}}"#,
            #"{"name": "Permission", "properties": {\#(id), "userId": "number", "update": "boolean", "delete": "boolean", "connect": "string"}}"#,
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        // Only data can be meant.
        try await database.createGraph("User", ["name": "B", "permission": ["update": true]])
        #expect(try await tables.run(#"SELECT userid, "update" FROM permission"#) == [["2", "t"]])
        // Either can.
        for data: JSONValue in [["delete": true], ["connect": "1"], ["delete": true, "connect": "x"]] {
            let error = await #expect(throws: PlannerError.self) {
                try await database.updateGraph("User", id: 2, ["permission": data])
            }
            #expect(error?.code == .invalidValue && error?.path?.hasPrefix("permission") == true, "\(data)")
        }
        #expect(try await tables.run("SELECT count(*) FROM permission") == [["1"]])
        // Only words can, and data by their word.
        try await database.updateGraph("User", id: 2, ["permission": ["update": ["delete": true]]])
        try await database.updateGraph("User", id: 1, ["permission": ["create": ["delete": true]]])
        #expect(
            try await tables.run(#"SELECT userid, "update", "delete" FROM permission ORDER BY 1"#)
                == [["1", nil, "t"], ["2", "t", "t"]])
        await database.close()
    }
}
