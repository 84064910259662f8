// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Keys that are handed over on the server, and servers where they don't arrive.
@Suite struct HandOverTests {
    private static let definitions = [
        #"{"name": "Parent", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}}, "relations": {"children": {"type": "hasMany", "model": "Child", "foreignKey": "parentId"}, "tags": {"type": "hasMany", "model": "Tag", "through": "Tagging", "foreignKey": "parentId", "keyThrough": "tagId"}, "wrong": {"type": "hasMany", "model": "Wrong", "foreignKey": "parentId"}}}"#,
        #"{"name": "Child", "properties": {"id": {"type": "number", "id": true}, "parentId": {"type": "number"}, "label": {"type": "string"}}, "relations": {"toys": {"type": "hasMany", "model": "Toy", "foreignKey": "owner", "primaryKey": "label"}}}"#,
        #"{"name": "Toy", "properties": {"id": {"type": "number", "id": true}, "owner": {"type": "string"}}}"#,
        #"{"name": "Tag", "properties": {"id": {"type": "number", "id": true}}}"#,
        #"{"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "parentId": {"type": "number"}, "tagId": {"type": "number"}}}"#,
        #"{"name": "Wrong", "properties": {"id": {"type": "number", "id": true}, "parentId": {"type": "number"}, "value": {"type": "string"}}}"#,
    ]

    private static let tables = """
        CREATE TABLE parent (id int PRIMARY KEY, name text);
        CREATE TABLE child (id int PRIMARY KEY, parentid int, label text);
        CREATE TABLE toy (id int PRIMARY KEY, owner text);
        CREATE TABLE tag (id int PRIMARY KEY);
        CREATE TABLE tagging (id int PRIMARY KEY, parentid int, tagid int);
        CREATE VIEW wrong AS SELECT id, id AS parentid, current_setting('kinship.kind') AS value FROM parent;
        INSERT INTO parent SELECT n, 'p' || n FROM generate_series(1, 5) n;
        INSERT INTO child SELECT n, 1 + n % 4, 'l' || n FROM generate_series(1, 12) n;
        INSERT INTO toy SELECT n, 'l' || n % 6 FROM generate_series(1, 30) n;
        INSERT INTO tag VALUES (1), (2);
        INSERT INTO tagging SELECT n, 1 + n % 5, 1 + n % 2 FROM generate_series(1, 100) n;
        ANALYZE;
        """

    private static let tree: JSONValue = [
        "fields": ["id"],
        "include": [
            [
                "relation": "children",
                "scope": ["fields": ["id"], "include": ["relation": "toys", "scope": ["fields": ["id"]]]],
            ],
            ["relation": "tags", "scope": ["limit": 3]],
        ],
    ]

    private func open(_ server: TestDatabase, _ trees: TreeOptions) async throws -> Database {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: server.url),
            pool: PoolConfiguration(maximumConnections: 1), trees: trees)
    }

    private func text(_ graph: Graph) throws -> String { String(decoding: try graph.json(), as: UTF8.self) }

    /// A server like one on which a statement's settings are made elsewhere: `set_config` has no effect.
    private func losing(_ name: String) async throws -> TestDatabase {
        let server = try await TestDatabase.named(name)
        try await server.run(
            """
            \(Self.tables)
            CREATE SCHEMA elsewhere;
            CREATE FUNCTION elsewhere.set_config(text, text, boolean) RETURNS text LANGUAGE sql STABLE AS 'SELECT $2';
            ALTER DATABASE "\(server.name)" SET search_path = elsewhere, pg_catalog, public;
            """)
        return server
    }

    @Test func `Parents without rows hand over that there are none`() async throws {
        let server = try await TestDatabase.named("hand_over")
        try await server.run(Self.tables)
        let database = try await open(server, TreeOptions(strategy: .oneTrip))
        let plain = try await open(server, TreeOptions(strategy: .byLevel))
        let none: JSONValue = ["where": ["name": "nobody"], "include": ["children": "toys"]]
        let childless: JSONValue = ["where": ["id": 5, "name": "p5"], "include": ["children": "toys"]]
        // Each after the others on the one connection, whose settings are gone with their transactions.
        for _ in 0..<2 {
            for filter in [none, Self.tree, childless, none] {
                let graph = try await database.find("Parent", filter: filter)
                #expect(graph.plan.strategy == .oneTrip)
                #expect(graph.statistics.roundTrips == 1)
                #expect(try text(graph) == text(try await plain.find("Parent", filter: filter)))
            }
        }
        #expect(try text(try await database.find("Parent", filter: none)) == "[]")
        await database.close()
        await plain.close()
    }

    @Test(arguments: [TreeOptions.Snapshot.perStatement, .consistent])
    func `Keys that don't arrive are asked for level by level, from then on`(snapshot: TreeOptions.Snapshot)
        async throws
    {
        let server = try await losing("hand_over_lost_\(snapshot)")
        let database = try await open(server, TreeOptions(strategy: .oneTrip, snapshot: snapshot))
        let sound = try await TestDatabase.named("hand_over_sound_\(snapshot)")
        try await sound.run(Self.tables)
        let plain = try await open(sound, TreeOptions(strategy: .byLevel))
        let wanted = try text(try await plain.find("Parent", filter: Self.tree))
        for _ in 0..<3 {
            let graph = try await database.find("Parent", filter: Self.tree)
            #expect(try text(graph) == wanted)
            #expect(graph.plan.strategy == .byLevel)
        }
        // All kinds of requests, at the first asking of each.
        let byKey = try await database.findById("Parent", id: 1, filter: ["include": "children"])
        #expect(try text(byKey) == text(try await plain.findById("Parent", id: 1, filter: ["include": "children"])))
        try await database.refreshCatalog()
        #expect(try database.plan("Parent", filter: Self.tree).strategy == .byLevel)
        let explanation = try await database.explain("Parent", filter: Self.tree)
        #expect(explanation.tree.text().contains("did not reach the next statement"))
        await database.close()
        await plain.close()
    }

    @Test func `Whatever is asked first finds out`() async throws {
        let server = try await losing("hand_over_first")
        let first: [(Database) async throws -> Void] = [
            { database in
                let related = try await database.related(
                    "Parent", id: 1, relation: "children", filter: ["include": "toys"])
                #expect(related.count == 3)
            },
            { database in
                let found = try await database.findById("Parent", id: 2, filter: ["include": ["children": "toys"]])
                #expect(found.count == 1)
                #expect(found.plan.strategy == .byLevel)
            },
            { database in
                let explained = try await database.explain("Parent", filter: Self.tree, analyze: .run)
                #expect(explained.plan.strategy == .byLevel)
            },
            { database in
                let explained = try await database.explain("Parent", filter: Self.tree, analyze: .server)
                #expect(explained.plan.strategy == .byLevel)
            },
            { database in
                var count = 0
                for try await batch in try database.stream("Parent", filter: Self.tree, batchSize: 2) {
                    count += batch.count
                }
                #expect(count == 5)
            },
        ]
        for ask in first {
            let database = try await open(server, TreeOptions(strategy: .oneTrip))
            try await ask(database)
            await database.close()
        }
    }

    @Test func `An error of a view is nobody else's`() async throws {
        let server = try await TestDatabase.named("hand_over_wrong")
        try await server.run(Self.tables)
        let database = try await open(server, TreeOptions(strategy: .oneTrip))
        await #expect {
            try await database.find("Parent", filter: ["include": "wrong"])
        } throws: { ($0 as? PostgresError)?.sqlState == "42704" }
        #expect(try database.plan("Parent", filter: Self.tree).strategy == .oneTrip)
        await database.close()
    }

    @Test func `Only the names of handed over keys are taken for them`() {
        #expect(HandOver.isLost(#"unrecognized configuration parameter "kinship.k1_1""#))
        #expect(HandOver.isLost("unbekannter Konfigurationsparameter »kinship.k12_2_lost«"))
        #expect(!HandOver.isLost(#"unrecognized configuration parameter "kinship.kind""#))
        #expect(!HandOver.isLost(#"type "kinship.k1" does not exist"#))
        #expect(!HandOver.isLost(#"type "kinship.k_1" does not exist"#))
        #expect(!HandOver.isLost(""))
    }
}
