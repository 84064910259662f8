// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

/// Keys come out as what they refer to, and a generated key as its column, whatever is written; which models have tables and
/// keys is for the database to say (D38).
@Suite struct KeyKindTests {
    private func open(
        _ name: String, _ sql: String, leniency: Leniency = .strict, _ definitions: String...,
        body: (Database) async throws -> Void
    ) async throws {
        let test = try await TestDatabase.named(name)
        try await test.run(sql)
        let schema = try Schema(
            definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil, leniency: leniency) },
            leniency: leniency)
        try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: test.url), body)
    }

    private func found(_ database: Database, _ model: String, _ filter: JSONValue? = nil) async throws -> String {
        String(decoding: try await database.find(model, filter: filter).json(), as: UTF8.self)
    }

    @Test func `Keys of relations have the type of the key they refer to`() async throws {
        try await open(
            "key_kinds",
            """
            CREATE TABLE role (id serial PRIMARY KEY, name text);
            CREATE TABLE mapping (id serial PRIMARY KEY, roleid int, principalid int, ruleid int);
            CREATE TABLE rule (id uuid PRIMARY KEY, name text);
            CREATE TABLE holder (id bigserial PRIMARY KEY, rule_id uuid, roles jsonb, code int);
            INSERT INTO role (name) VALUES ('admin');
            INSERT INTO mapping (roleid, principalid, ruleid) VALUES (1, 7, NULL);
            INSERT INTO rule VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'r');
            INSERT INTO holder (rule_id, roles, code) VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '[1]', 5);
            """,
            #"{"name": "Role", "properties": {"id": {"type": "string", "id": true, "generated": true}, "name": "string"}, "relations": {"mappings": {"type": "hasMany", "model": "Mapping", "foreignKey": "roleId"}}}"#,
            #"{"name": "Mapping", "properties": {"id": {"type": "string", "id": true, "generated": true}, "roleId": "string", "principalId": {"type": "string"}}}"#,
            #"{"name": "Rule", "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": "string"}}"#,
            #"""
            {"name": "Holder", "properties": {"id": {"type": "string", "id": true, "generated": true, "useDefaultIdType": false},
              "ruleId": {"type": "number", "postgresql": {"columnName": "rule_id"}}, "roles": "string", "code": "string"},
             "relations": {"rule": {"type": "belongsTo", "model": "Rule", "foreignKey": "rule_id"},
               "allRoles": {"type": "referencesMany", "model": "Role", "foreignKey": "roles"}}}
            """#
        ) { database in
            let roles = try await found(database, "Role", ["where": ["id": "1"], "include": "mappings"])
            #expect(
                roles
                    == #"[{"id":1,"name":"admin","mappings":[{"id":1,"roleId":1,"principalId":"7"}]}]"#)
            // A generated key keeps its type only where that is written; a foreign key may be named by its column.
            let holders = try await found(database, "Holder", ["include": ["rule", "allRoles"]])
            #expect(
                holders
                    == #"[{"id":"1","ruleId":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","roles":[1],"code":"5","rule":{"id":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","name":"r"},"allRoles":[{"id":1,"name":"admin"}]}]"#
            )
            #expect(database.schema.model("Rule")?.property("id")?.kind == .string)
            // What is declared otherwise than the column is, and isn't a key, is told.
            let warnings = database.schema.warnings.filter { $0.code == .typeMismatch }
            #expect(
                warnings.map { "\($0.model ?? "").\($0.property ?? "")" } == [
                    "Mapping.principalId", "Holder.id", "Holder.code",
                ])
        }
    }

    @Test func `A model on the base Model has a table when the database has it`() async throws {
        try await open(
            "base_model",
            """
            CREATE TABLE plain (id serial PRIMARY KEY, n numeric, ownerid int);
            CREATE TABLE owner (id serial PRIMARY KEY, spot text, address text);
            CREATE TABLE address (id int, street text);
            INSERT INTO owner (spot, address) VALUES ('{"x": 1}', '{"city": "Bonn"}');
            INSERT INTO plain (n, ownerid) VALUES (3.5, 1);
            """,
            #"{"name": "Plain", "base": "Model", "properties": {"n": "string", "ownerId": "string"}, "relations": {"owner": {"type": "belongsTo", "model": "Owner"}}}"#,
            #"{"name": "Owner", "relations": {"plains": {"type": "hasMany", "model": "Plain"}, "place": {"type": "embedsOne", "model": "Spot"}, "home": {"type": "embedsOne", "model": "Address"}}}"#,
            #"{"name": "Spot", "base": "Model", "properties": {"x": "number"}}"#,
            #"{"name": "Address", "base": "Model", "properties": {"city": "string"}}"#
        ) { database in
            let owners = try await found(database, "Owner", ["include": ["plains", "place"]])
            #expect(
                owners
                    == #"[{"id":1,"spot":{"x": 1},"address":{"city": "Bonn"},"plains":[{"id":1,"n":"3.5","ownerId":1}],"place":{"x":1}}]"#
            )
            #expect(database.schema.model("Spot")?.isPersisted == false)
            // Another's table, by accident of its name.
            #expect(database.schema.model("Address")?.isPersisted == false)
            #expect(try await found(database, "Plain", ["where": ["n": "3.5"], "fields": ["id"]]) == #"[{"id":1}]"#)
        }
    }

    @Test func `A key comes from the base, and none is put in where the table has none`() async throws {
        try await open(
            "injected_keys",
            """
            CREATE TABLE reader (id serial PRIMARY KEY, name text);
            CREATE TABLE fan (LIKE reader INCLUDING ALL);
            CREATE TABLE log (line text);
            CREATE TABLE coded (code text PRIMARY KEY, name text);
            INSERT INTO fan (name) VALUES ('f');
            INSERT INTO log VALUES ('l');
            INSERT INTO coded VALUES ('c', 'n');
            """,
            #"{"name": "Reader", "idInjection": false, "properties": {"name": "string"}}"#,
            #"{"name": "Fan", "base": "Reader", "idInjection": false}"#,
            #"{"name": "Log", "idInjection": false, "properties": {"line": "string"}}"#,
            #"{"name": "Coded", "base": "Reader", "properties": {"code": {"type": "string", "id": true}}}"#,
            #"{"name": "Nameless", "base": "Reader", "options": {"postgresql": {"table": "reader"}}, "properties": {"name": false, "id": {"type": "number"}}}"#
        ) { database in
            let fans = try await found(database, "Fan")
            #expect(fans == #"[{"id":1,"name":"f"}]"#)
            #expect(try await found(database, "Log") == #"[{"line":"l"}]"#)
            #expect(try await found(database, "Coded") == #"[{"name":"n","code":"c"}]"#)
            #expect(database.schema.model("Nameless")?.properties.map(\.name) == ["id"])
        }
    }

    @Test func `In lenient mode what the database lacks is left out`() async throws {
        try await open(
            "lenient_database",
            """
            CREATE TABLE a (id serial PRIMARY KEY, name text);
            CREATE TABLE b (id serial PRIMARY KEY);
            INSERT INTO a (name) VALUES ('x');
            """, leniency: .lenient,
            #"{"name": "A", "properties": {"name": "string", "gone": "string"}, "relations": {"bs": {"type": "hasMany", "model": "B"}, "nowhere": {"type": "hasMany", "model": "Nope"}}, "scopes": {"old": {"where": {"gone": 1}}, "named": {"where": {"name": "x"}}}}"#,
            #"{"name": "B", "relations": {"a": {"type": "belongsTo", "model": "A"}}}"#
        ) { database in
            let found = try await found(database, "A")
            #expect(found == #"[{"id":1,"name":"x"}]"#)
            let schema = database.schema
            #expect(schema.model("A")?.relations.isEmpty == true)
            #expect(try database.scopedSchema.scopes(of: schema.id(of: "A")).named.map(\.name) == ["named"])
            #expect(schema.model("B")?.properties.map(\.name) == ["id"])
            let paths = schema.warnings.filter { $0.code == .leftOut }.map { "\($0.model ?? ""): \($0.path ?? "")" }
            #expect(
                Set(paths) == [
                    "A: relations.nowhere.model", "A: properties.gone", "A: scopes.old.where.gone", "B: properties.aId",
                ])
        }
    }

    @Test func `A relation with the name of a property stands in its place where it is included`() async throws {
        try await open(
            "same_names",
            """
            CREATE TABLE customer (id serial PRIMARY KEY, name text);
            CREATE TABLE sale (id serial PRIMARY KEY, customer int, items jsonb, _notes jsonb);
            INSERT INTO customer (name) VALUES ('c');
            INSERT INTO sale (customer, items, _notes) VALUES (1, '{"a": 1}', '[{"t": "n"}]');
            """,
            #"{"name": "Customer", "properties": {"name": "string"}, "relations": {"sales": {"type": "hasMany", "model": "Sale", "foreignKey": "customer"}}}"#,
            #"{"name": "Sale", "properties": {"customer": "number", "items": "object"}, "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customer"}, "items": {"type": "hasMany", "model": "Sale", "foreignKey": "customer"}, "notes": {"type": "embedsMany", "model": "Note", "property": "notes"}}}"#,
            #"{"name": "Note", "base": "Model", "properties": {"t": "string"}}"#
        ) { database in
            let alone = #"[{"id":1,"customer":1,"items":{"a": 1},"_notes":[{"t": "n"}]}]"#
            #expect(try await found(database, "Sale", ["where": ["customer": 1]]) == alone)
            let included = try await found(database, "Sale", ["include": ["customer", "notes"]])
            #expect(
                included
                    == #"[{"id":1,"items":{"a": 1},"_notes":[{"t": "n"}],"customer":{"id":1,"name":"c"},"notes":[{"t":"n"}]}]"#
            )
            let below = try await found(
                database, "Customer", ["include": ["relation": "sales", "scope": ["include": "customer"]]])
            #expect(below.contains(#""customer":{"id":1,"name":"c"}"#) && !below.contains(#""customer":1"#))
            // Conditions and orders mean the property, unless they ask as only a relation is asked about.
            let asked: JSONValue = ["where": ["customer": ["is": ["name": "c"]]], "order": "customer.name"]
            #expect(try await found(database, "Sale", asked) == alone)
            #expect(try await found(database, "Sale", ["where": ["items.a": 1], "order": "customer"]) == alone)
        }
    }
}
