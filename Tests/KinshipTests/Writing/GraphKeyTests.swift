// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipTesting
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Which record a key or a name of a graph means, when it comes to be there and how long it takes to find out.
@Suite struct GraphKeyTests {
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String, isGenerated: Bool = false) async throws {
            tables = try await TestDatabase.named("graph_key_\(name)")
            try await tables.run(
                """
                CREATE TABLE team (id serial PRIMARY KEY, name text);
                CREATE TABLE person (id serial PRIMARY KEY, teamid int REFERENCES team, friendid int REFERENCES person, name text);
                CREATE TABLE part (id serial PRIMARY KEY, partid int NOT NULL REFERENCES part, kitid int, name text);
                CREATE TABLE kit (id serial PRIMARY KEY, name text);
                INSERT INTO team VALUES (3, 'there');
                SELECT setval('team_id_seq', 100), setval('person_id_seq', 100), setval('part_id_seq', 100000);
                """)
            let id =
                #""id": {"type": "number", "id": true\#(isGenerated ? #", "generated": true"# : "")}, "name": "string""#
            let models = [
                #"{"name": "Team", "properties": {\#(id)}, "relations": {"people": {"type": "hasMany", "model": "Person", "foreignKey": "teamId"}}}"#,
                #"""
                {"name": "Person", "properties": {\#(id), "teamId": "number", "friendId": "number"},
                 "relations": {"team": {"type": "belongsTo", "model": "Team", "foreignKey": "teamId"},
                  "friend": {"type": "belongsTo", "model": "Person", "foreignKey": "friendId"},
                  "fans": {"type": "hasMany", "model": "Person", "foreignKey": "friendId"}}}
                """#,
                #"""
                {"name": "Part", "properties": {\#(id), "partId": {"type": "number", "required": true}, "kitId": "number"},
                 "relations": {"part": {"type": "belongsTo", "model": "Part", "foreignKey": "partId"},
                  "parts": {"type": "hasMany", "model": "Part", "foreignKey": "partId"}}}
                """#,
                #"{"name": "Kit", "properties": {\#(id)}, "relations": {"parts": {"type": "hasMany", "model": "Part", "foreignKey": "kitId"}}}"#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(schema: schema, connection: try ConnectionConfiguration(url: tables.url))
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }
    }

    /// A key beside the record that it is to lead to may only be that one's, also where the graph names that record itself (D24).
    @Test func `Another key beside a record that the graph names too is refused`() async throws {
        let world = try await World("beside_named")
        try await world.tables.run("INSERT INTO person (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cleo')")
        let before = try await world.rows("SELECT id, friendid, name FROM person ORDER BY id")
        for data: JSONValue in [
            // Itself, one that it changes, and one that it connects elsewhere.
            ["id": 1, "friendId": 2, "friend": ["connect": 1]],
            ["id": 1, "friendId": 2, "friend": ["connect": 3], "fans": ["upsert": [["id": 3, "name": "C"]]]],
            ["id": 1, "friendId": 2, "friend": ["connect": 3], "fans": ["connect": [3]]],
        ] {
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.upsertGraph("Person", data)
            }
            #expect(error?.code == .keyOverride && error?.path == "friendId", "\(data): \(String(describing: error))")
            #expect(try await world.rows("SELECT id, friendid, name FROM person ORDER BY id") == before)
        }
        // The same key is no other.
        try await world.database.upsertGraph("Person", ["id": 1, "friendId": 1, "friend": ["connect": 1]])
        #expect(try await world.rows("SELECT id, friendid FROM person WHERE id = 1") == "1,1")
        await world.database.close()
    }

    private static func team(_ name: String, _ id: Int) -> JSONValue {
        [
            "connectOrCreate": [
                "where": ["name": .string(name)], "create": ["id": .number("\(id)"), "name": .string(name)],
            ]
        ]
    }

    @Test func `The key of what is made only where nothing is found isn't that of what is found`() async throws {
        let world = try await World("found")
        // Nothing has the key: what is found has another one.
        for data: JSONValue in [
            [
                "id": 1, "name": "a", "team": Self.team("there", 5),
                "fans": [["id": 2, "name": "b", "team": ["connect": 5]]],
            ],
            ["id": 1, "name": "a", "team": Self.team("there", 5), "fans": [["id": 2, "name": "b", "teamId": 5]]],
        ] {
            let told = await told { try await world.database.createGraph("Person", data).text }
            #expect(told == "MODEL_NOT_FOUND" || told == "23503", "\(told)")
            #expect(try await world.rows("SELECT count(*) FROM person") == "0")
        }
        try await world.tables.run("INSERT INTO team VALUES (5, 'fifth')")
        try await world.database.createGraph(
            "Person",
            [
                "id": 1, "name": "a", "team": Self.team("there", 5),
                "fans": [["id": 2, "name": "b", "team": ["connect": 5]], ["id": 3, "name": "c", "teamId": 5]],
            ])
        #expect(try await world.rows("SELECT id, teamid FROM person ORDER BY id") == "1,3;2,5;3,5")
        // Where it is made it has its key.
        try await world.database.createGraph(
            "Person",
            [
                "id": 4, "name": "d", "team": Self.team("new", 9),
                "fans": [["id": 5, "name": "e", "team": ["connect": 9]], ["id": 6, "name": "f", "teamId": 9]],
            ])
        #expect(try await world.rows("SELECT id, teamid FROM person WHERE id > 3 ORDER BY id") == "4,9;5,9;6,9")
        await world.database.close()
    }

    @Test func `A name means what is found, too, and not what isn't made`() async throws {
        let world = try await World("name")
        try await world.database.createGraph(
            "Person",
            [
                "id": 1, "name": "a",
                "team": [
                    "connectOrCreate": ["where": ["name": "there"], "create": ["#id": "t", "id": 7, "name": "there"]]
                ],
                "fans": [["id": 2, "name": "b", "team": ["#ref": "t"]]],
            ])
        #expect(try await world.rows("SELECT id, teamid FROM person ORDER BY id") == "1,3;2,3")
        try await world.tables.run("TRUNCATE person")
        let error = await #expect(throws: PlannerError.self) {
            try await world.database.createGraph(
                "Person",
                [
                    "id": 1, "name": "a",
                    "team": [
                        "connectOrCreate": [
                            "where": ["name": "there"],
                            "create": ["id": 7, "name": "x", "people": [["#id": "p", "id": 8, "name": "z"]]],
                        ]
                    ], "friend": ["#ref": "p"],
                ])
        }
        #expect(error?.code == .invalidValue && error?.path == "friend", "\(error?.message ?? "")")
        #expect(try await world.rows("SELECT count(*) FROM person") == "0")
        await world.database.close()
    }

    /// Also where the other one is there later only.
    @Test func `A key beside a record that is made later may only be its own`() async throws {
        let world = try await World("beside")
        for (team, code) in [(JSONValue.number("3"), "KEY_OVERRIDE"), (11, "")] {
            let told = await told {
                try await world.database.createGraph(
                    "Team",
                    [
                        "id": 11, "name": "t",
                        "people": [
                            ["id": 1, "name": "a", "friendId": team == 3 ? 3 : 2, "friend": ["#ref": "b"]],
                            ["#id": "b", "id": 2, "name": "b"],
                        ],
                    ]
                ).text
            }
            #expect(code.isEmpty ? told.hasPrefix("[{") : told == code, "\(told)")
        }
        #expect(try await world.rows("SELECT id, friendid FROM person ORDER BY id") == "1,2;2,-")
        await world.database.close()
    }

    /// 5,000 records, each of which must have the one that it is part of.
    @Test(.timeLimit(.minutes(3)), arguments: [true, false])
    func `A tree over its own required key takes a statement a level`(isGenerated: Bool) async throws {
        let world = try await World("tree_\(isGenerated)", isGenerated: isGenerated)
        try await world.tables.run("INSERT INTO part VALUES (1, 1, NULL, 'root')")
        let parts = (2...5_000).reversed().map { number -> JSONValue in
            var members: [JSONValue.Member] = [
                .init("#id", .string("p\(number)")), .init("name", .string("p\(number)")),
            ]
            if !isGenerated { members.append(.init("id", .number("\(number)"))) }
            members.append(.init("part", number / 4 < 2 ? ["connect": 1] : ["#ref": .string("p\(number / 4)")]))
            return .object(members)
        }
        let (_, sent) = try await counting {
            var kit: [JSONValue.Member] = [.init("name", "all"), .init("parts", .array(parts))]
            if !isGenerated { kit.append(.init("id", 1)) }
            try await world.database.createGraph("Kit", .object(kit))
        }
        #expect(
            try await world.rows(
                "SELECT count(*) FROM part p JOIN part o ON o.id = p.partid WHERE p.id > 1 AND o.name = CASE WHEN substr(p.name, 2)::int / 4 < 2 THEN 'root' ELSE 'p' || substr(p.name, 2)::int / 4 END"
            ) == "4999")
        #expect(sent.statements.count < 40, "\(sent.statements.count)")
        await world.database.close()
    }
}
