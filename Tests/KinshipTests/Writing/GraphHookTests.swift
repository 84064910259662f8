// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What one record of a level says, or is, is no matter of its neighbours.
@Suite struct GraphHookTests {
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String, hooks: Hooks = Hooks()) async throws {
            tables = try await TestDatabase.named("graph_hook_\(name)")
            try await tables.run(
                """
                CREATE TABLE shop (id int PRIMARY KEY, name text);
                CREATE TABLE branch (id int PRIMARY KEY, name text);
                CREATE TABLE item (id int PRIMARY KEY, shopid int, name text, rev int DEFAULT 1);
                CREATE TABLE note (id int PRIMARY KEY, about_id int, about_type text, name text);
                INSERT INTO shop VALUES (1, 'a'), (2, 'b');
                INSERT INTO branch VALUES (1, 'x');
                INSERT INTO item SELECT n, 1 + n / 10, 'i' || n FROM generate_series(1, 15) n;
                INSERT INTO note VALUES (1, 1, 'Shop', 'n1'), (2, 1, 'Shop', 'n2'), (3, 1, 'Branch', 'n3');
                """)
            let models = [
                #"""
                {"name": "Shop", "properties": {"id": {"type": "number", "id": true}, "name": "string"},
                 "relations": {"items": {"type": "hasMany", "model": "Item", "foreignKey": "shopId"},
                  "notes": {"type": "hasMany", "model": "Note", "polymorphic": {"foreignKey": "aboutId", "discriminator": "aboutType"}}}}
                """#,
                #"""
                {"name": "Branch", "properties": {"id": {"type": "number", "id": true}, "name": "string"},
                 "relations": {"notes": {"type": "hasMany", "model": "Note", "polymorphic": {"foreignKey": "aboutId", "discriminator": "aboutType"}}}}
                """#,
                #"{"name": "Item", "version": "rev", "properties": {"id": {"type": "number", "id": true}, "shopId": "number", "name": "string", "rev": "number"}}"#,
                #"""
                {"name": "Note", "properties": {"id": {"type": "number", "id": true}, "name": "string", "aboutId": {"type": "number", "postgresql": {"columnName": "about_id"}},
                  "aboutType": {"type": "string", "postgresql": {"columnName": "about_type"}}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url), hooks: hooks)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        func update(_ relation: String, _ word: String, _ keys: [Int]) async throws {
            let records = keys.map { JSONValue.object([.init("id", .number("\($0)")), .init("name", "new")]) }
            try await database.updateGraph(
                "Shop", id: 1, .object([.init(relation, .object([.init(word, .array(records))]))]))
        }
    }

    /// Also one that is another one's: hooks neither see it nor have a say in it.
    @Test(arguments: [99, 12])
    func `One that isn't there takes nothing from the hooks of the others`(missing: Int) async throws {
        let log = HookLog()
        let world = try await World("missing_\(missing)", hooks: log.hooks("Item", loading: .old))
        let before = try await world.rows("SELECT * FROM item ORDER BY id")
        let error = await #expect(throws: PlannerError.self) {
            try await world.update("items", "update", [1, missing, 2])
        }
        #expect(error?.code == .modelNotFound)
        #expect(error?.path == "items.update[1]")
        let told = log.take()
        #expect(
            told.filter { $0.hasPrefix("before save") } == [
                "before save Item update 1 old 1", "before save Item update 2 old 2",
            ])
        #expect(told.filter { $0.hasPrefix("after rollback") }.count == 2)
        #expect(!told.contains { $0.contains("\(missing)") }, "\(told)")
        #expect(try await world.rows("SELECT * FROM item ORDER BY id") == before)
        // Where it is made the others are changed with theirs.
        guard missing == 99 else { return await world.database.close() }
        try await world.update("items", "upsert", [1, missing, 2])
        #expect(
            log.take().filter { $0.hasPrefix("after save") } == [
                "after save Item update 1 old 1", "after save Item update 2 old 2", "after save Item create 99",
            ])
        #expect(
            try await world.rows("SELECT id, shopid, rev FROM item WHERE name = 'new' ORDER BY id")
                == "1,1,2;2,1,2;99,1,1")
        await world.database.close()
    }

    /// Two models with the same key.
    @Test func `Whose a record is says its type as well`() async throws {
        let log = HookLog()
        let world = try await World("types", hooks: log.hooks("Note", loading: .old))
        let error = await #expect(throws: PlannerError.self) { try await world.update("notes", "update", [1, 3]) }
        #expect(error?.code == .modelNotFound && error?.path == "notes.update[1]")
        #expect(!log.take().contains { $0.contains("Note update 3") })
        try await world.update("notes", "update", [1, 2])
        #expect(log.take().filter { $0.hasPrefix("after commit") }.count == 2)
        #expect(try await world.rows("SELECT name FROM note ORDER BY id") == "new;new;n3")
        await world.database.close()
    }

    /// A null says that nothing was seen of this record, and nothing of others.
    @Test(arguments: [true, false])
    func `A record without a number of changes doesn't free its neighbours`(isHooked: Bool) async throws {
        let log = HookLog()
        let world = try await World(
            "null_\(isHooked)", hooks: isHooked ? log.hooks("Item", loading: .old) : Hooks())
        func update(_ numbers: [Int: JSONValue]) async throws {
            let records = numbers.sorted { $0.key < $1.key }.map { key, rev in
                JSONValue.object([.init("id", .number("\(key)")), .init("name", "new"), .init("rev", rev)])
            }
            try await world.database.updateGraph("Shop", id: 1, ["items": ["update": .array(records)]])
        }
        let before = try await world.rows("SELECT * FROM item ORDER BY id")
        for numbers: [Int: JSONValue] in [[1: .null, 2: 7], [1: 7, 2: .null], [1: 1, 2: .null, 3: 2]] {
            let error = await #expect(throws: PlannerError.self) { try await update(numbers) }
            #expect(error?.code == .conflict, "\(numbers)")
            #expect(try await world.rows("SELECT * FROM item ORDER BY id") == before)
        }
        try await update([1: .null, 2: 1, 3: 1])
        try await update([1: .null, 2: .null])
        #expect(try await world.rows("SELECT id, rev FROM item WHERE name = 'new' ORDER BY id") == "1,3;2,3;3,2")
        await world.database.close()
    }
}
