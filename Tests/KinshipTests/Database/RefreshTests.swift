// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A catalog that is read again while requests are answered.
@Suite struct RefreshTests {
    private static let definitions = [
        #"{"name": "Parent", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}}, "relations": {"children": {"type": "hasMany", "model": "Child", "foreignKey": "parentId"}}}"#,
        #"{"name": "Child", "properties": {"id": {"type": "number", "id": true}, "parentId": {"type": "number"}, "size": {"type": "number"}}}"#,
    ]

    private func withFamily<R: Sendable>(
        _ name: String, _ body: (Database, TestDatabase) async throws -> R
    ) async throws -> R {
        let server = try await TestDatabase.named("refresh_\(name)")
        try await server.run(
            """
            CREATE TABLE parent (id int PRIMARY KEY, name text);
            CREATE TABLE child (id int PRIMARY KEY, parentid int, size int);
            INSERT INTO parent SELECT n, 'p' || n FROM generate_series(1, 20) n;
            INSERT INTO child SELECT n, n % 20 + 1, n FROM generate_series(1, 200) n;
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: server.url)
        ) { database in try await body(database, server) }
    }

    private let filter: JSONValue = [
        "where": ["id": 3], "fields": ["id"],
        "include": ["relation": "children", "scope": ["fields": ["id"], "order": "size DESC", "limit": 2]],
    ]

    private func json(_ database: Database) async throws -> String {
        String(decoding: try await database.find("Parent", filter: filter).json(), as: UTF8.self)
    }

    @Test func `An index that was made changes the plan, one that was dropped changes it back`() async throws {
        try await withFamily("index") { database, server in
            let expected = #"[{"id":3,"children":[{"id":182},{"id":162}]}]"#
            let before = try database.plan("Parent", filter: filter)
            #expect(try await json(database) == expected)
            try await server.run("CREATE INDEX child_parent ON child (parentid, size)")
            #expect(try database.plan("Parent", filter: filter) == before)
            try await database.refreshCatalog()
            let after = try database.plan("Parent", filter: filter)
            #expect(after != before)
            #expect(after.fetches[1].access == .lateral)
            #expect(try await json(database) == expected)
            // A plan that counts on an index which is gone gives the same answer.
            try await server.run("DROP INDEX child_parent")
            #expect(try await json(database) == expected)
            try await database.refreshCatalog()
            #expect(try database.plan("Parent", filter: filter) == before)
            #expect(try await json(database) == expected)
        }
    }

    @Test func `A column whose type was changed`() async throws {
        try await withFamily("type") { database, server in
            let find = { try await database.find("Child", filter: ["where": ["size": 7], "fields": ["size"]]) }
            #expect(String(decoding: try await find().json(), as: UTF8.self) == #"[{"size":7}]"#)
            let byKey = { try await database.findById("Child", id: 7, filter: ["fields": ["size"]]) }
            #expect(String(decoding: try await byKey().firstJSON(), as: UTF8.self) == #"{"size":7}"#)
            #expect(throws: PlannerError.self) { try database.plan("Child", filter: ["where": ["size": 7.5]]) }
            try await server.run(
                "ALTER TABLE child ALTER size TYPE numeric(10, 2); UPDATE child SET size = 7.5 WHERE id = 7")
            try await database.refreshCatalog()
            #expect(database.schema.model("Child")?.property("size")?.columnType.category == .numeric)
            let plan = try database.plan("Child", filter: ["where": ["size": 7.5]])
            #expect(plan.fetches[0].slots.map(\.typeName) == ["numeric"])
            let found = try await database.find("Child", filter: ["where": ["size": 7.5], "fields": ["id", "size"]])
            #expect(String(decoding: try found.json(), as: UTF8.self) == #"[{"id":7,"size":7.50}]"#)
            #expect(String(decoding: try await byKey().firstJSON(), as: UTF8.self) == #"{"size":7.50}"#)
        }
    }

    @Test func `What a refresh can't use leaves everything as it was`() async throws {
        try await withFamily("missing") { database, server in
            let before = try await json(database)
            try await server.run("ALTER TABLE child RENAME size TO length; ALTER TABLE parent RENAME name TO title")
            do {
                try await database.refreshCatalog()
                Issue.record("The columns were not missed.")
            } catch let error as SchemaError {
                #expect(error.problems.map(\.property) == ["name", "size"])
            }
            try await server.run("ALTER TABLE child RENAME length TO size")
            #expect(try await json(database) == before)
            try await server.run("ALTER TABLE parent RENAME title TO name")
            try await database.refreshCatalog()
            #expect(try await json(database) == before)
        }
    }

    @Test func `Requests go on while indexes come and go and the catalog is read again and again`() async throws {
        try await withFamily("race") { database, server in
            let expected = try await json(database)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var wrong = 0
                        for _ in 0..<40 where try await json(database) != expected { wrong += 1 }
                        return wrong
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<10 { try await database.refreshCatalog() }
                        return 0
                    }
                }
                group.addTask {
                    for _ in 0..<6 {
                        try await server.run("CREATE INDEX child_parent ON child (parentid)")
                        try await server.run("DROP INDEX child_parent")
                    }
                    return 0
                }
                for try await wrong in group { #expect(wrong == 0) }
            }
            try await server.run("CREATE INDEX child_parent ON child (parentid, size)")
            try await database.refreshCatalog()
            #expect(try database.plan("Parent", filter: filter).fetches[1].access == .lateral)
        }
    }
}
