// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What moves inside of a graph that is saved, however it is removed from where it was, stays what it is.
@Suite struct SavedMoveTests {
    /// Houses with rooms (whose things go with them), badges that several have, and a sign each; nothing but the rooms' things has
    /// a foreign key, so that nothing but the library keeps what is still needed.
    struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String) async throws {
            tables = try await TestDatabase.named("moved_\(name)")
            try await tables.run(
                """
                CREATE TABLE town (id serial PRIMARY KEY, name text, rev int DEFAULT 1);
                CREATE TABLE house (id serial PRIMARY KEY, townid int, name text, rev int DEFAULT 1);
                CREATE TABLE room (id serial PRIMARY KEY, houseid int, name text, rev int DEFAULT 1);
                CREATE TABLE thing (id serial PRIMARY KEY, roomid int NOT NULL REFERENCES room ON DELETE CASCADE, name text);
                CREATE TABLE sign (id serial PRIMARY KEY, houseid int, name text);
                CREATE TABLE badge (id serial PRIMARY KEY, name text);
                CREATE TABLE housebadge (id serial PRIMARY KEY, houseid int, badgeid int, UNIQUE (houseid, badgeid));
                INSERT INTO town (name) VALUES ('T');
                INSERT INTO house (townid, name) VALUES (1, 'A'), (1, 'B'), (1, 'C');
                INSERT INTO room (houseid, name) SELECT 1 + i % 3, 'r' || i FROM generate_series(0, 5) AS i;
                INSERT INTO thing (roomid, name) SELECT 1 + i % 6, 't' || i FROM generate_series(0, 8) AS i;
                INSERT INTO sign (houseid, name) VALUES (1, 's1'), (2, 's2');
                INSERT INTO badge (name) VALUES ('b1'), ('b2'), ('b3');
                INSERT INTO housebadge (houseid, badgeid) VALUES (1, 1), (1, 2), (2, 1), (3, 3);
                """)
            func model(_ name: String, _ more: String, version: Bool = false, _ relations: String = "") -> String {
                #"""
                {"name": "\#(name)", \#(version ? #""version": "rev","# : "") "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": "string"\#(more)\#(version ? #", "rev": "number""# : "")},
                 "relations": {\#(relations)}}
                """#
            }
            let models = [
                model(
                    "Town", "", version: true,
                    #""houses": {"type": "hasMany", "model": "House", "foreignKey": "townId"}"#),
                model(
                    "House", #", "townId": "number""#, version: true,
                    #"""
                    "rooms": {"type": "hasMany", "model": "Room", "foreignKey": "houseId"},
                    "sign": {"type": "hasOne", "model": "Sign", "foreignKey": "houseId"},
                    "badges": {"type": "hasMany", "model": "Badge", "through": "HouseBadge", "foreignKey": "houseId", "keyThrough": "badgeId"}
                    """#),
                model(
                    "Room", #", "houseId": "number""#, version: true,
                    #""things": {"type": "hasMany", "model": "Thing", "foreignKey": "roomId"}"#),
                model("Thing", #", "roomId": "number""#), model("Sign", #", "houseId": "number""#), model("Badge", ""),
                #"{"name": "HouseBadge", "properties": {"id": {"type": "number", "id": true, "generated": true}, "houseId": "number", "badgeId": "number"}}"#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        }

        func read() async throws -> JSONValue {
            let rooms: JSONValue = ["relation": "rooms", "scope": ["include": "things"]]
            let houses: JSONValue = [
                ["relation": "houses", "scope": ["include": [rooms, "sign", "badges"], "order": "id"]]
            ]
            return try JSONValue(
                parsing: try await database.findById("Town", id: 1, filter: ["include": houses]).firstJSON())
        }

        func ids(_ table: String) async throws -> [String] {
            try await tables.run("SELECT id FROM \(table) ORDER BY id").map { $0[0] ?? "" }
        }
    }

    /// Who has whom, by keys alone.
    private static func shape(_ town: JSONValue) -> [String] {
        var lines: [String] = []
        for house in town["houses"]?.elements ?? [] {
            let id = house["id"]?.description ?? ""
            func keys(_ list: JSONValue?) -> String {
                (list?.elements ?? []).map { $0["id"]?.description ?? "" }.sorted().joined(separator: ",")
            }
            lines.append("\(id) has \(keys(house["badges"])) and \(house["sign"]?["id"]?.description ?? "-")")
            for room in house["rooms"]?.elements ?? [] {
                lines.append("\(id) \(room["id"]?.description ?? ""): \(keys(room["things"]))")
            }
        }
        return lines.sorted()
    }

    private static func ids(_ town: JSONValue, _ table: String) -> Set<String> {
        var ids: Set<String> = []
        func add(_ json: JSONValue?) { if let id = json?["id"] { ids.insert(id.description) } }
        for house in town["houses"]?.elements ?? [] {
            if table == "sign" { add(house["sign"]) }
            for badge in house["badges"]?.elements ?? [] where table == "badge" { add(badge) }
            for room in house["rooms"]?.elements ?? [] {
                if table == "room" { add(room) }
                for thing in room["things"]?.elements ?? [] where table == "thing" { add(thing) }
            }
        }
        return ids
    }

    /// The same town with everything somewhere else, some of it changed, and some of it nowhere.
    private static func shuffled(_ town: JSONValue, _ random: inout SeededRandom) -> JSONValue {
        var houses = town["houses"]?.elements ?? []
        var rooms = houses.flatMap { $0["rooms"]?.elements ?? [] }
        var things = rooms.flatMap { $0["things"]?.elements ?? [] }
        var signs = houses.compactMap { house in house["sign"].flatMap { $0 == .null ? nil : .some($0) } }
        var seen: Set<String> = []
        let badges = houses.flatMap { $0["badges"]?.elements ?? [] }.filter {
            seen.insert($0["id"]?.description ?? "").inserted
        }
        func some(_ list: inout [JSONValue], of: Int) -> [JSONValue] {
            var taken: [JSONValue] = []
            for element in list.reversed() where Int.random(in: 0..<of, using: &random) == 0 {
                taken.append(element)
                list.removeAll { $0 == element }
            }
            return taken
        }
        func set(_ record: inout JSONValue, _ name: String, _ value: JSONValue) {
            record = .object((record.members ?? []).filter { $0.key != name } + [.init(name, value)])
        }
        for position in rooms.indices {
            set(&rooms[position], "things", .array(some(&things, of: 4)))
            if Int.random(in: 0..<4, using: &random) == 0 { set(&rooms[position], "name", "changed") }
        }
        signs.shuffle(using: &random)
        for position in houses.indices {
            set(&houses[position], "rooms", .array(some(&rooms, of: 2)))
            set(&houses[position], "badges", .array(badges.filter { _ in Bool.random(using: &random) }))
            set(&houses[position], "sign", Bool.random(using: &random) ? signs.popLast() ?? .null : .null)
        }
        houses.shuffle(using: &random)
        var town = town
        set(&town, "houses", .array(houses))
        return town
    }

    @Test(arguments: [GraphRemoval.delete, .unlink])
    func `What is anywhere in the graph is there afterwards, and where it shall be`(_ removal: GraphRemoval)
        async throws
    {
        let world = try await World(removal == .delete ? "delete" : "unlink")
        for seed in 1...40 {
            var random = SeededRandom(UInt64(seed))
            let read = try await world.read()
            let changed = Self.shuffled(read, &random)
            var before: [String: Set<String>] = [:]
            for table in ["room", "thing", "sign", "badge"] { before[table] = Set(try await world.ids(table)) }
            // A thing has to be somewhere: unlinked alone it would be nowhere.
            if removal == .unlink, Self.ids(changed, "thing") != Self.ids(read, "thing") { continue }
            try await world.database.save("Town", changed, comparedWith: read, removing: removal)
            #expect(Self.shape(try await world.read()) == Self.shape(changed), "seed \(seed)")
            for table in ["room", "thing", "sign", "badge"] {
                let there = Set(try await world.ids(table))
                let gone = Self.ids(read, table).subtracting(Self.ids(changed, table))
                let expected = removal == .delete ? (before[table] ?? []).subtracting(gone) : before[table] ?? []
                #expect(there == expected, "seed \(seed), \(table)")
            }
        }
        await world.database.close()
    }

    @Test func `A badge of two houses stays while one of them has it`() async throws {
        let world = try await World("badge")
        let read = try await world.read()
        func without(_ houses: Set<Int>) -> JSONValue {
            let list = (read["houses"]?.elements ?? []).enumerated().map { place, house in
                guard houses.contains(place) else { return house }
                return .object(
                    (house.members ?? []).map { $0.key == "badges" ? .init("badges", .array([])) : $0 })
            }
            return .object((read.members ?? []).map { $0.key == "houses" ? .init("houses", .array(list)) : $0 })
        }
        try await world.database.save("Town", without([0]), comparedWith: read, removing: .delete)
        #expect(try await world.ids("badge") == ["1", "3"])
        let again = try await world.read()
        let none = JSONValue.object(
            (again.members ?? []).map {
                $0.key == "houses" ? .init("houses", without([0, 1, 2])["houses"] ?? []) : $0
            })
        try await world.database.save("Town", none, comparedWith: again, removing: .delete)
        #expect(try await world.ids("badge") == [])
        #expect(try await world.tables.run("SELECT count(*) FROM housebadge") == [["0"]])
        await world.database.close()
    }

    @Test(arguments: [
        ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "\"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11\""),
        ("int", "7", "\"7\""), ("bigint", "9007199254740993", "\"9007199254740993\""), ("numeric", "1.0", "1"),
        ("numeric(8,2)", "2", "2.0"), ("float8", "1.5", "1.50"),
        ("timestamptz", "'2024-05-01T10:00:00Z'", "\"2024-05-01T12:00:00+02:00\""),
        ("date", "'2024-05-01'", "\"2024-05-01T00:00:00Z\""), ("char(4)", "'ab'", "\"ab  \""),
        ("inet", "'10.0.0.1'", "\"10.0.0.1/32\""), ("text", "'ab'", "\"ab\""),
    ])
    func `A key is the same however it is spelled`(_ type: String, _ sql: String, _ spelled: String) async throws {
        let tables = try await TestDatabase.named("spelled_\(type.filter(\.isLetter))\(type.count)")
        try await tables.run(
            """
            CREATE TABLE par (id \(type) PRIMARY KEY, name text);
            CREATE TABLE kid (id \(type) PRIMARY KEY, parid \(type) REFERENCES par, name text, secret text);
            INSERT INTO par VALUES (\(sql), 'p'); INSERT INTO kid VALUES (\(sql), \(sql), 'k', 'kept');
            """)
        let kind =
            switch type {
            case "int", "bigint", "float8": "number"
            case _ where type.hasPrefix("numeric"): "number"
            case "timestamptz", "date": "date"
            default: "string"
            }
        let models = [
            #"{"name": "Par", "properties": {"id": {"type": "\#(kind)", "id": true}, "name": "string"}, "relations": {"kids": {"type": "hasMany", "model": "Kid", "foreignKey": "parId"}}}"#,
            #"{"name": "Kid", "properties": {"id": {"type": "\#(kind)", "id": true}, "parId": "\#(kind)", "name": "string", "secret": "string"}}"#,
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        let read = try JSONValue(
            parsing: try await database.find(
                "Par", filter: ["include": ["relation": "kids", "scope": ["fields": ["id", "name", "parId"]]]]
            )
            .json()
        ).elements?.first
        let old = try #require(read)
        let id = try JSONValue(parsing: spelled)
        for name in ["k", "changed"] {
            // What only the server compares is its own below the root.
            let root = type == "inet" ? old["id"] ?? .null : id
            let changed: JSONValue = ["id": root, "name": "p", "kids": [["id": id, "name": .string(name)]]]
            let saved = try await database.save("Par", changed, comparedWith: old, removing: .delete)
            #expect(saved.updated == (name == "k" ? 0 : 1) && saved.created + saved.deleted + saved.linked == 0)
            #expect(try await tables.run("SELECT name, secret FROM kid") == [[name, "kept"]])
        }
        await database.close()
    }
}
