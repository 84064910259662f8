// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipTesting
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// `connectOrCreate` of many records of a level: one look-up and one statement for what is new, which do what one after the other does.
@Suite struct GraphSeekingTests {
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String, hooks: Hooks = Hooks()) async throws {
            tables = try await TestDatabase.named("graph_seeking_\(name)")
            let hasCitext = try await ServerFeature.citext.isThere
            try await tables.run(
                """
                \(hasCitext ? "CREATE EXTENSION citext;" : "")
                CREATE TABLE hub (id int PRIMARY KEY);
                CREATE TABLE tag (id serial PRIMARY KEY, name text, code char(4), word \(hasCitext ? "citext" : "text"), mark uuid, num int, note text);
                CREATE TABLE node (id int PRIMARY KEY, hubid int REFERENCES hub, tagid int REFERENCES tag);
                CREATE TABLE nodetag (id serial PRIMARY KEY, nodeid int REFERENCES node, tagid int REFERENCES tag, UNIQUE (nodeid, tagid));
                CREATE TABLE leaf (a int, b text, nodeid int REFERENCES node, title text, PRIMARY KEY (a, b));
                """)
            let key = #""id": {"type": "number", "id": true}"#
            let made = #""id": {"type": "number", "id": true, "generated": true}"#
            let models = [
                #"{"name": "Hub", "properties": {\#(key)}, "relations": {"nodes": {"type": "hasMany", "model": "Node", "foreignKey": "hubId"}}}"#,
                #"""
                {"name": "Node", "properties": {\#(key), "hubId": "number", "tagId": "number"}, "relations": {
                  "tag": {"type": "belongsTo", "model": "Tag", "foreignKey": "tagId"},
                  "tags": {"type": "hasMany", "model": "Tag", "foreignKey": "nodeId", "keyThrough": "tagId", "through": "NodeTag"},
                  "leaves": {"type": "hasMany", "model": "Leaf", "foreignKey": "nodeId"}}}
                """#,
                #"""
                {"name": "Tag", "properties": {\#(made), "name": "string", "code": "string", "word": "string", "mark": "string",
                  "num": "number", "note": "string"}}
                """#,
                #"{"name": "NodeTag", "properties": {\#(made), "nodeId": "number", "tagId": "number"}}"#,
                #"""
                {"name": "Leaf", "properties": {"a": {"type": "number", "id": 1}, "b": {"type": "string", "id": 2},
                  "nodeId": "number", "title": "string"}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url), hooks: hooks)
        }

        /// Tags of odd numbers, each twice, and nodes of a hub.
        func fill(nodes: Int) async throws {
            try await tables.run(
                """
                TRUNCATE hub, tag, node, nodetag, leaf RESTART IDENTITY CASCADE;
                INSERT INTO hub VALUES (1);
                INSERT INTO tag (name, code, word, mark, num, note)
                  SELECT 'n' || n, 'c' || n, 'w' || n, ('00000000-0000-4000-8000-' || lpad(to_hex(n + 2748), 12, '0'))::uuid, n, 'old'
                  FROM generate_series(1, 50, 2) n, generate_series(1, 2);
                INSERT INTO leaf SELECT n, 'x', NULL, 'old' FROM generate_series(1, 50, 2) n;
                INSERT INTO node (id, hubid) SELECT n, 1 FROM generate_series(1, \(nodes)) n;
                """)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        func everything() async throws -> String {
            try await rows(
                "SELECT (SELECT json_agg(t ORDER BY id) FROM tag t), (SELECT json_agg(n ORDER BY id) FROM node n), (SELECT json_agg(json_build_array(nodeid, tagid) ORDER BY nodeid, tagid) FROM nodetag)"
            )
        }
    }

    private static func number(_ value: Int) -> JSONValue { .number("\(value)") }

    /// The value of a property that the tag of a number has, spelled in another way where the database takes it for the same.
    private static func value(_ property: String, _ number: Int, isOther: Bool = false) -> JSONValue {
        switch property {
        case "name": return .string("n\(number)")
        case "code": return .string(isOther ? "c\(number) " : "c\(number)")
        case "word": return .string(isOther ? "W\(number)" : "w\(number)")
        case "mark":
            let digits = String(number + 2748, radix: 16)
            let text = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
            return .string(isOther ? text.uppercased() : text)
        default: return Self.number(number)
        }
    }

    private static let properties = ["name", "code", "word", "mark", "num"]

    private static func tag(_ number: Int, by names: [String], isOther: Bool = false) -> JSONValue {
        let all = properties.map { JSONValue.Member($0, value($0, number)) } + [.init("note", "new")]
        return [
            "where": .object(names.map { .init($0, value($0, number, isOther: isOther)) }), "create": .object(all),
        ]
    }

    private static func nodes(_ count: Int, _ relation: String, _ each: (Int) -> JSONValue) -> JSONValue {
        .array(
            (1...count).map { node in
                .object([.init("id", number(node)), .init(relation, ["connectOrCreate": each(node)])])
            })
    }

    @Test(arguments: [["name"], ["code"], ["word"], ["mark"], ["num"], ["name", "num"]])
    func `Of 2 and of 50 parents there are as many statements`(_ names: [String]) async throws {
        let world = try await World("counts_" + names.joined())
        let hasCitext = try await ServerFeature.citext.isThere
        let isOther = names != ["word"] || hasCitext
        for isNew in [true, false] {
            var statements: [Int: Int] = [:]
            for count in [2, 50] {
                try await world.fill(nodes: isNew ? 0 : count)
                let nodes = Self.nodes(count, "tag") { Self.tag($0, by: names, isOther: isOther) }
                let (_, sent) = try await counting {
                    let data: JSONValue = ["nodes": isNew ? nodes : ["update": nodes]]
                    try await world.database.updateGraph("Hub", id: 1, data)
                }
                statements[count] = sent.statements.count
                #expect(
                    try await world.rows(
                        "SELECT count(*), count(*) FILTER (WHERE note = 'new') FROM node JOIN tag ON tag.id = tagid WHERE num = node.id"
                    ) == "\(count),\(count / 2)")
            }
            #expect(statements[2] == statements[50], "\(statements)")
        }
        await world.database.close()
    }

    @Test func `Targets of links and of keys of several parts are looked up together`() async throws {
        let world = try await World("links")
        for relation in ["tags", "leaves"] {
            var statements: [Int: Int] = [:]
            for count in [2, 50] {
                try await world.fill(nodes: count)
                let nodes = Self.nodes(count, relation) { node in
                    guard relation == "leaves" else { return [Self.tag(node, by: ["name"])] }
                    let key: JSONValue = ["a": Self.number(node), "b": "x"]
                    return [["where": key, "create": ["a": Self.number(node), "b": "x", "title": "new"]]]
                }
                let (_, sent) = try await counting {
                    try await world.database.updateGraph("Hub", id: 1, ["nodes": ["update": nodes]])
                }
                statements[count] = sent.statements.count
                let sql =
                    relation == "tags"
                    ? "SELECT count(*), count(*) FILTER (WHERE note = 'new') FROM nodetag JOIN tag ON tag.id = tagid WHERE num = nodeid"
                    : "SELECT count(*), count(*) FILTER (WHERE title = 'new') FROM leaf WHERE nodeid = a"
                #expect(try await world.rows(sql) == "\(count),\(count / 2)")
            }
            #expect(statements[2] == statements[50], "\(relation): \(statements)")
        }
        await world.database.close()
    }

    @Test func `What several name is made once, however it is spelled`() async throws {
        let world = try await World("twice")
        let hasCitext = try await ServerFeature.citext.isThere
        for property in Self.properties {
            try await world.fill(nodes: 0)
            let isOther = property != "word" || hasCitext
            let nodes = Self.nodes(9, "tag") {
                Self.tag(2 + $0 % 3 * 2, by: [property], isOther: isOther && $0 > 4)
            }
            let (_, sent) = try await counting {
                try await world.database.updateGraph("Hub", id: 1, ["nodes": nodes])
            }
            #expect(
                try await world.rows("SELECT num FROM tag WHERE note = 'new' ORDER BY id") == "4;6;2", "\(property)")
            #expect(
                try await world.rows(
                    "SELECT count(*) FROM node JOIN tag ON tag.id = tagid WHERE num = 2 + node.id % 3 * 2")
                    == "9")
            #expect(sent.statements.count < 12)
        }
        await world.database.close()
    }

    @Test func `What is wrong with a new one is told with its place, and nothing happens`() async throws {
        let world = try await World("wrong")
        try await world.fill(nodes: 0)
        let before = try await world.everything()
        let error = await #expect(throws: ValidationError.self) {
            try await world.database.updateGraph(
                "Hub", id: 1,
                [
                    "nodes": Self.nodes(3, "tag") { node in
                        ["where": ["name": .string("q\(node)")], "create": ["num": node == 2 ? "x" : 1]]
                    }
                ])
        }
        #expect(error?.problems.map(\.path) == ["nodes[1].tag.connectOrCreate.create.num"])
        #expect(try await world.everything() == before)
        await world.database.close()
    }

    @Test func `Hooks are told of the same records in the same order`() async throws {
        let log = HookLog()
        let world = try await World("hooks", hooks: log.hooks("Tag"))
        try await world.fill(nodes: 4)
        try await world.database.updateGraph(
            "Hub", id: 1, ["nodes": ["update": Self.nodes(4, "tag") { Self.tag($0 / 3 * 2 + 2, by: ["name"]) }]])
        let gathered = log.take().filter { !$0.hasPrefix("after commit") }
        try await world.fill(nodes: 4)
        for node in 1...4 {
            try await world.database.updateGraph(
                "Node", id: Self.number(node),
                ["tag": ["connectOrCreate": Self.tag(node / 3 * 2 + 2, by: ["name"])]])
        }
        #expect(gathered == log.take().filter { !$0.hasPrefix("after commit") })
        #expect(!gathered.isEmpty)
        await world.database.close()
    }

    /// A condition of any kind, and data that have what it asks for, or something else, or less.
    private static func random(_ random: inout SeededRandom) -> JSONValue {
        let number = random.number(1...8)
        var members = properties.map {
            JSONValue.Member($0, value($0, random.once(in: 6) ? random.number(1...8) : number))
        }
        members.removeAll { _ in random.once(in: 12) }
        members.append(.init("note", "new"))
        let condition: JSONValue
        switch random.number(0...9) {
        case 0: condition = ["name": ["like": .string("n\(number)%")]]
        case 1: condition = ["id": Self.number(number * 10)]
        case 2: condition = ["note": .null, "num": Self.number(number)]
        case 3: condition = ["name": value("name", number), "num": Self.number(random.number(1...8))]
        default:
            let property = random.pick(properties)
            condition = .object([.init(property, value(property, number, isOther: random.once(in: 2)))])
        }
        return ["where": condition, "create": .object(members)]
    }

    @Test func `Random conditions find and make what they do one by one`() async throws {
        let world = try await World("random")
        var random = SeededRandom(20_262)
        for round in 0..<40 {
            let count = random.number(2...9)
            let ones = (0..<count).map { _ in Self.random(&random) }
            let many = (0..<count).map { _ in (0..<random.number(0...3)).map { _ in Self.random(&random) } }
            try await world.fill(nodes: count)
            for node in 1...count {
                try await world.database.updateGraph(
                    "Node", id: Self.number(node), ["tag": ["connectOrCreate": ones[node - 1]]])
            }
            for node in 1...count {
                try await world.database.updateGraph(
                    "Node", id: Self.number(node), ["tags": ["connectOrCreate": .array(many[node - 1])]])
            }
            let expected = try await world.everything()
            try await world.fill(nodes: count)
            try await world.database.updateGraph(
                "Hub", id: 1, ["nodes": ["update": Self.nodes(count, "tag") { ones[$0 - 1] }]])
            try await world.database.updateGraph(
                "Hub", id: 1, ["nodes": ["update": Self.nodes(count, "tags") { .array(many[$0 - 1]) }]])
            #expect(try await world.everything() == expected, "round \(round): \(ones) \(many)")
        }
        await world.database.close()
    }
}
