// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Graphs that were read, changed and saved: what differs is written, and nothing else.
@Suite struct SaveTests {
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String) async throws {
            tables = try await TestDatabase.named("save_\(name)")
            try await tables.run(
                """
                CREATE TABLE maker (id serial PRIMARY KEY, name text, rev int);
                CREATE TABLE shop (id serial PRIMARY KEY, name text, makerid int REFERENCES maker, rev int, pieces jsonb, seat jsonb);
                CREATE TABLE shelf (id serial PRIMARY KEY, shopid int REFERENCES shop, label text, width numeric(6,2), rev int);
                CREATE TABLE box (id serial PRIMARY KEY, shelfid int REFERENCES shelf ON DELETE CASCADE, label text);
                CREATE TABLE sign (id serial PRIMARY KEY, shopid int REFERENCES shop, txt text);
                CREATE TABLE tag (name text PRIMARY KEY, note text);
                CREATE TABLE shoptag (id serial PRIMARY KEY, shopid int REFERENCES shop, tagname text REFERENCES tag, weight int, UNIQUE (shopid, tagname));
                CREATE TABLE written (what text);
                CREATE FUNCTION written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO written VALUES (lower(TG_OP) || ' ' || TG_TABLE_NAME); RETURN coalesce(new, old); END $$;
                INSERT INTO maker (name, rev) VALUES ('Ada', 1), ('Bob', 1);
                INSERT INTO shop (name, makerid, rev, pieces, seat) VALUES ('One', 1, 1, '[{"id":1,"s":"a"},{"id":2,"s":"b"}]', '{"s":"c"}'), ('Two', 1, 1, NULL, NULL);
                INSERT INTO shelf (shopid, label, width, rev) VALUES (1, 'a', 1.50, 1), (1, 'b', 2, 1), (2, 'c', 3, 1), (NULL, 'd', 4, 1);
                INSERT INTO box (shelfid, label) VALUES (1, 'x'), (1, 'y'), (2, 'z');
                INSERT INTO sign (shopid, txt) VALUES (1, 'open');
                INSERT INTO tag VALUES ('red', NULL), ('blue', NULL), ('green', NULL);
                INSERT INTO shoptag (shopid, tagname, weight) VALUES (1, 'red', 1), (1, 'blue', 2);

                """
                    + ["maker", "shop", "shelf", "box", "sign", "tag", "shoptag"].map {
                        "CREATE TRIGGER written BEFORE INSERT OR UPDATE OR DELETE ON \($0) FOR EACH ROW EXECUTE FUNCTION written();"
                    }.joined())
            let id = #""id": {"type": "number", "id": true, "generated": true}"#
            let models = [
                #"{"name": "Maker", "version": "rev", "properties": {\#(id), "name": "string", "rev": "number"}}"#,
                #"""
                {"name": "Shop", "version": "rev", "properties": {\#(id), "name": "string", "makerId": "number", "rev": "number", "pieces": "any", "seat": "any"},
                 "relations": {"maker": {"type": "belongsTo", "model": "Maker", "foreignKey": "makerId"},
                  "shelves": {"type": "hasMany", "model": "Shelf", "foreignKey": "shopId"},
                  "sign": {"type": "hasOne", "model": "Sign", "foreignKey": "shopId"},
                  "parts": {"type": "embedsMany", "model": "Piece", "property": "pieces"},
                  "chair": {"type": "embedsOne", "model": "Seat", "property": "seat"},
                  "tags": {"type": "hasMany", "model": "Tag", "through": "ShopTag", "foreignKey": "shopId", "keyThrough": "tagName"}}}
                """#,
                #"""
                {"name": "Shelf", "version": "rev", "strict": true, "properties": {\#(id), "shopId": "number", "label": "string", "width": "number", "rev": "number"},
                 "relations": {"boxes": {"type": "hasMany", "model": "Box", "foreignKey": "shelfId"}}}
                """#,
                #"{"name": "Box", "properties": {\#(id), "shelfId": "number", "label": "string"}}"#,
                #"{"name": "Sign", "properties": {\#(id), "shopId": "number", "txt": "string"}}"#,
                #"{"name": "Tag", "properties": {"name": {"type": "string", "id": true}, "note": "string"}}"#,
                #"{"name": "ShopTag", "properties": {\#(id), "shopId": "number", "tagName": "string", "weight": "number"}}"#,
                #"{"name": "Piece", "base": "Model", "properties": {"id": {"type": "number", "id": true}, "s": "string"}}"#,
                #"{"name": "Seat", "base": "Model", "idInjection": false, "properties": {"s": "string"}}"#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        }

        func read(_ include: JSONValue, id: JSONValue = 1, fields: JSONValue? = nil) async throws -> JSONValue {
            var filter: [JSONValue.Member] = [.init("include", include)]
            if let fields { filter.append(.init("fields", fields)) }
            return try JSONValue(
                parsing: try await database.findById("Shop", id: id, filter: .object(filter)).firstJSON())
        }

        /// What was written since the last time, in its order.
        func written() async throws -> String {
            let rows = try await tables.run("SELECT what FROM written ORDER BY ctid")
            try await tables.run("TRUNCATE written")
            return rows.map { $0[0] ?? "" }.joined(separator: ", ")
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }
    }

    @Test func `What is the same takes no statement`() async throws {
        let world = try await World("same")
        let all: JSONValue = [
            "maker", ["relation": "shelves", "scope": ["include": "boxes"]], "sign", "parts", "chair", "tags",
        ]
        let read = try await world.read(all)
        let saved = try await world.database.save("Shop", read, comparedWith: read, removing: .delete)
        #expect(saved.isEmpty && saved.id == 1)
        // Numbers and members are the same however they are written.
        let other = read.setting("shelves", 0, "width", .number("1.5000"))
        #expect(try await world.database.save("Shop", other, comparedWith: read).isEmpty)
        #expect(try await world.written() == "")
        await world.database.close()
    }

    /// Which records are there isn't for a caller's limits to say.
    @Test func `However many others are named, those that are there are found`() async throws {
        let world = try await World("many")
        try await world.tables.run("INSERT INTO tag SELECT 'k' || n FROM generate_series(1, 1500) n")
        var trees = world.database.trees
        trees.defaultLimit = 2
        let read = try await world.read(["tags"])
        let others: [JSONValue] = (1...1500).map { ["name": .string("k\($0)")] }
        let changed = read.setting("tags", .array((read["tags"]?.elements ?? []) + others + [["name": "new"]]))
        let saved = try await world.database.with(trees: trees).save("Shop", changed, comparedWith: read)
        #expect(saved.deleted == 0)
        #expect(
            try await world.rows("SELECT (SELECT count(*) FROM tag), (SELECT count(*) FROM shoptag WHERE shopid = 1)")
                == "1504,1503")
        await world.database.close()
    }

    @Test func `What differs is written, and nothing else`() async throws {
        let world = try await World("differs")
        let read = try await world.read([
            ["relation": "shelves", "scope": ["include": "boxes"]], "maker", "sign", "tags",
        ])
        let changed = read.setting("name", "Uno")
            .setting("shelves", 1, "boxes", 0, "label", "Z")
            .setting("maker", "name", "Ada L.")
        let saved = try await world.database.save("Shop", changed, comparedWith: read)
        #expect((saved.updated, saved.created, saved.deleted) == (3, 0, 0))
        #expect(try await world.written() == "update shop, update box, update maker")
        // New records and others that are there.
        let again = try await world.read(["shelves", "tags", "sign"])
        let shelves = again["shelves"]?.elements ?? []
        let more = again.setting(
            "shelves", .array(shelves + [["label": "n", "boxes": [["label": "q"]]], ["id": 4, "label": "D"]])
        ).setting("tags", .array((again["tags"]?.elements ?? []) + [["name": "green"], ["name": "new", "note": "N"]]))
        let made = try await world.database.save(
            "Shop", more, comparedWith: again, filter: ["include": ["shelves", "tags"]])
        #expect((made.created, made.linked) == (3, 2))
        let graph = try JSONValue(parsing: try #require(made.graph).firstJSON())
        #expect(graph["shelves"]?.elements?.compactMap { $0["label"]?.text } == ["a", "b", "D", "n"])
        #expect(graph["tags"]?.elements?.compactMap { $0["name"]?.text }.sorted() == ["blue", "green", "new", "red"])
        #expect(try await world.rows("SELECT label FROM box WHERE shelfid > 4") == "q")
        await world.database.close()
    }

    @Test func `What is gone is kept, unlinked or deleted as is asked`() async throws {
        let world = try await World("gone")
        let include: JSONValue = ["shelves", "sign", "maker", "tags", "parts", "chair"]
        let read = try await world.read(include)
        let without = read.setting("shelves", []).setting("sign", .null).setting("maker", .null).setting("tags", [])
        #expect(try await world.database.save("Shop", without, comparedWith: read).isEmpty)
        #expect(try await world.written() == "")
        let unlinked = try await world.database.save("Shop", without, comparedWith: read, removing: .unlink)
        #expect(unlinked.unlinked == 6 && unlinked.deleted == 0)
        #expect(try await world.rows("SELECT count(*), count(shopid) FROM shelf") == "4,1")
        #expect(try await world.rows("SELECT count(*) FROM shoptag") == "0")
        #expect(try await world.rows("SELECT count(*) FROM tag") == "3")
        #expect(try await world.rows("SELECT makerid FROM shop WHERE id = 1") == "-")
        try await world.tables.run(
            "UPDATE shelf SET shopid = 1 WHERE id < 3; UPDATE shop SET makerid = 1; UPDATE sign SET shopid = 1;"
        )
        let again = try await world.read(include)
        let less = again.setting("shelves", .array([again["shelves"]?.elements?[1] ?? .null])).setting("sign", .null)
            .setting("parts", .array([again["parts"]?.elements?[1] ?? .null])).setting("chair", .null)
        let deleted = try await world.database.save("Shop", less, comparedWith: again, removing: .delete)
        #expect(deleted.deleted == 4)
        #expect(try await world.rows("SELECT string_agg(label, '' ORDER BY id) FROM shelf WHERE shopid = 1") == "b")
        #expect(try await world.rows("SELECT count(*) FROM sign") == "0")
        #expect(try await world.rows("SELECT pieces, seat FROM shop WHERE id = 1") == #"[{"s": "b", "id": 2}],-"#)
        await world.database.close()
    }

    @Test func `What wasn't read is left alone`() async throws {
        let world = try await World("partial")
        let read = try await world.read(
            [["relation": "shelves", "scope": ["limit": 1, "fields": ["id", "label"]]], "tags"], fields: ["id", "name"])
        #expect(read["makerId"] == nil && read["shelves"]?.elements?.count == 1)
        let changed = read.setting("shelves", 0, "label", "A")
        let saved = try await world.database.save("Shop", changed, comparedWith: read, removing: .delete)
        #expect(saved.updated == 1 && saved.deleted == 0)
        #expect(try await world.written() == "update shelf")
        // Without a list that was read nothing is gone, and a list that wasn't read has nothing that could be.
        let bare = JSONValue.object((read.members ?? []).filter { $0.key != "shelves" && $0.key != "tags" })
        #expect(try await world.database.save("Shop", bare, comparedWith: read, removing: .delete).isEmpty)
        let added = bare.setting("shelves", [["label": "only"]])
        let one = try await world.database.save("Shop", added, comparedWith: bare, removing: .delete)
        #expect(one.created == 1)
        #expect(try await world.rows("SELECT count(*) FROM shelf WHERE shopid = 1") == "3")
        await world.database.close()
    }

    @Test func `Who was slower is told`() async throws {
        let world = try await World("versions")
        let read = try await world.read(["shelves", "maker"])
        try await world.database.updateById("Shelf", id: 1, ["label": "theirs"])
        for (changed, removal) in [
            (read.setting("shelves", 0, "label", "mine"), GraphRemoval.keep),
            (read.setting("name", "x").setting("shelves", .array([read["shelves"]?.elements?[1] ?? .null])), .delete),
        ] {
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.save("Shop", changed, comparedWith: read, removing: removal)
            }
            #expect(error?.code == .conflict)
        }
        #expect(try await world.rows("SELECT label FROM shelf WHERE id = 1") == "theirs")
        #expect(try await world.rows("SELECT name FROM shop WHERE id = 1") == "One")
        // Others of the graph may have been changed.
        try await world.database.save("Shop", read.setting("shelves", 1, "label", "mine"), comparedWith: read)
        #expect(try await world.rows("SELECT label, rev FROM shelf WHERE id = 2") == "mine,2")
        await world.database.close()
    }

    @Test func `Records move, are replaced and made`() async throws {
        let world = try await World("moves")
        let one = try await world.read(["shelves", "maker", "sign", "parts", "chair"])
        // Another target of each to-one relation.
        let changed = one.setting("maker", ["id": 2, "name": "Bob", "rev": 1]).setting("sign", ["txt": "new"])
            .setting("parts", 0, "s", "A").setting("chair", "s", "C")
        let saved = try await world.database.save("Shop", changed, comparedWith: one, removing: .delete)
        #expect((saved.linked, saved.created, saved.deleted) == (1, 1, 1))
        #expect(
            try await world.rows("SELECT makerid, pieces, seat FROM shop WHERE id = 1")
                == #"2,[{"s": "A", "id": 1}, {"s": "b", "id": 2}],{"s": "C"}"#)
        #expect(try await world.rows("SELECT txt FROM sign") == "new")
        // A whole new graph; its key is told.
        let made = try await world.database.save(
            "Shop", ["name": "Three", "shelves": [["label": "s"]], "tags": [["name": "red"], ["name": "fresh"]]],
            comparedWith: .null, filter: ["include": ["shelves", "tags"]])
        #expect(made.created == 3 && made.linked == 1)
        #expect(try await world.rows("SELECT name FROM shop WHERE id = \(made.id)") == "Three")
        #expect(try await world.rows("SELECT count(*) FROM tag") == "4")
        await world.database.close()
    }

    @Test func `What can't be saved is told with its place`() async throws {
        let world = try await World("bad")
        let read = try await world.read(["shelves", "maker"])
        let attempts: [(JSONValue, JSONValue, String)] = [
            (read.setting("id", 2), read, "KEY_OVERRIDE "),
            (["name": "x"], read, "KEY_OVERRIDE "),
            (read.setting("shelves", 5), read, "INVALID_VALUE shelves"),
            (read.setting("maker", []), read, "INVALID_VALUE maker"),
            (read.setting("shelves", [7]), read, "INVALID_VALUE shelves[0]"),
            (
                read.setting("shelves", .array((read["shelves"]?.elements ?? []) + (read["shelves"]?.elements ?? []))),
                read,
                "INVALID_VALUE shelves[2]"
            ),
            (read.setting("shelves", 0, "width", "wide"), read, "INVALID_VALUE "),
            (read.setting("shelves", 0, "nope", 1), read, "VALIDATION_ERROR "),
            (5, read, "KEY_OVERRIDE "),
        ]
        for (changed, old, expected) in attempts {
            let told = await told {
                do {
                    try await world.database.save("Shop", changed, comparedWith: old)
                    return "saved"
                } catch let error as ValidationError {
                    return "\(error.code) "
                } catch let error as PlannerError where error.code == .invalidValue {
                    return "\(error.code.rawValue) \(error.path ?? "")"
                } catch let error as PlannerError {
                    return "\(error.code.rawValue) "
                }
            }
            #expect(told == expected, "\(changed)")
        }
        #expect(try await world.written() == "")
        await world.database.close()
    }
}

/// A way to a place in JSON.
protocol JSONStep {
    func set(_ value: JSONValue, in json: JSONValue, _ rest: ArraySlice<any JSONStep>) -> JSONValue
}

extension String: JSONStep {
    func set(_ value: JSONValue, in json: JSONValue, _ rest: ArraySlice<any JSONStep>) -> JSONValue {
        var members = json.members ?? []
        let new = rest.first?.set(value, in: json[self] ?? .null, rest.dropFirst()) ?? value
        if let place = members.firstIndex(where: { $0.key == self }) {
            members[place].value = new
        } else {
            members.append(.init(self, new))
        }
        return .object(members)
    }
}

extension Int: JSONStep {
    func set(_ value: JSONValue, in json: JSONValue, _ rest: ArraySlice<any JSONStep>) -> JSONValue {
        var elements = json.elements ?? []
        let old = elements.indices.contains(self) ? elements[self] : .null
        let new = rest.first?.set(value, in: old, rest.dropFirst()) ?? value
        if elements.indices.contains(self) { elements[self] = new } else { elements.append(new) }
        return .array(elements)
    }
}

extension JSONValue {
    /// The same with another value at a place.
    fileprivate func setting(_ key: String, _ value: JSONValue) -> JSONValue { key.set(value, in: self, []) }
    fileprivate func setting(_ key: String, _ inner: String, _ value: JSONValue) -> JSONValue {
        key.set(value, in: self, [inner])
    }
    fileprivate func setting(_ key: String, _ place: Int, _ inner: String, _ value: JSONValue) -> JSONValue {
        key.set(value, in: self, [place, inner])
    }
    fileprivate func setting(
        _ key: String, _ place: Int, _ inner: String, _ below: Int, _ last: String, _ value: JSONValue
    ) -> JSONValue {
        key.set(value, in: self, [place, inner, below, last])
    }
}
