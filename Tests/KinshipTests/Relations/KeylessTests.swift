// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Models without an id: each operation answers, or says why it can't.
@Suite struct KeylessTests {
    private static let definitions = [
        #"{"name": "Room", "idInjection": false, "properties": {"id": {"type": "number", "id": true}}, "relations": {"readings": {"type": "hasMany", "model": "Reading", "foreignKey": "roomId"}, "sensors": {"type": "hasMany", "model": "Sensor", "through": "Reading", "foreignKey": "roomId", "keyThrough": "sensorId"}, "latest": {"type": "hasOne", "model": "Reading", "foreignKey": "roomId", "scope": {"order": "value DESC"}}}}"#,
        #"{"name": "Reading", "idInjection": false, "properties": {"roomId": {"type": "number"}, "sensorId": {"type": "number"}, "value": {"type": "number"}, "extra": {"type": "object"}}, "relations": {"room": {"type": "belongsTo", "model": "Room", "foreignKey": "roomId"}, "total": {"type": "belongsTo", "model": "Total", "foreignKey": "roomId", "primaryKey": "roomId"}}}"#,
        #"{"name": "Sensor", "idInjection": false, "properties": {"id": {"type": "number", "id": true}}}"#,
        #"{"name": "Total", "idInjection": false, "properties": {"roomId": {"type": "number"}, "n": {"type": "number"}}, "relations": {"readings": {"type": "hasMany", "model": "Reading", "foreignKey": "roomId", "primaryKey": "roomId"}}}"#,
        #"{"name": "Scrap", "idInjection": false, "properties": {"extra": {"type": "object"}}}"#,
    ]

    private static let opened = Task {
        let server = try await TestDatabase.named("keyless")
        try await server.run(
            """
            CREATE TABLE room (id int PRIMARY KEY);
            CREATE TABLE sensor (id int PRIMARY KEY);
            CREATE TABLE reading (roomid int, sensorid int, value int, extra json);
            CREATE VIEW total AS SELECT roomid, count(*) AS n FROM reading GROUP BY 1;
            CREATE TABLE scrap (extra json);
            INSERT INTO room VALUES (1), (2), (3);
            INSERT INTO sensor VALUES (1), (2);
            INSERT INTO reading SELECT 1 + n % 2, 1 + n % 2, n * 5 % 7, '{"n": 1}' FROM generate_series(1, 20) n;
            INSERT INTO scrap VALUES ('{"a": 1}'), ('{"a": 1}');
            """)
        let schema = try Schema(
            definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return (schema, server.url)
    }

    private func open(_ strategy: Strategy) async throws -> Database {
        let (schema, url) = try await Self.opened.value
        return try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: url), trees: TreeOptions(strategy: strategy))
    }

    private func json(_ graph: Graph) throws -> String { String(decoding: try graph.json(), as: UTF8.self) }

    @Test(arguments: Strategy.allCases)
    func `Pages without an order show each row once`(strategy: Strategy) async throws {
        let database = try await open(strategy)
        let all = try json(try await database.find("Reading", filter: ["fields": ["roomId", "sensorId", "value"]]))
        var pages: [String] = []
        for page in 0..<7 {
            let skip = JSONValue.number("\(page * 3)")
            let found = try await database.find(
                "Reading", filter: ["fields": ["roomId", "sensorId", "value"], "limit": 3, "skip": skip])
            pages.append(String(try json(found).dropFirst().dropLast()))
        }
        #expect("[" + pages.joined(separator: ",") + "]" == all)
        await database.close()
    }

    @Test(arguments: Strategy.allCases)
    func `Every read answers`(strategy: Strategy) async throws {
        let database = try await open(strategy)
        #expect(try await database.count("Reading", where: ["value": ["gt": 3]]).count == 9)
        #expect(try await database.find("Scrap").count == 2)
        #expect(try await database.find("Scrap", filter: ["limit": 1]).count == 1)
        #expect(try await database.findOne("Reading", filter: ["order": "value DESC"]).count == 1)
        let filters: [(String, JSONValue)] = [
            ("Room", ["include": ["relation": "readings", "scope": ["limit": 2]]]),
            ("Room", ["include": ["relation": "readings", "scope": ["skip": 1]]]),
            ("Room", ["include": ["relation": "readings", "count": true]]),
            ("Room", ["include": ["relation": "sensors", "scope": ["limit": 2]]]),
            ("Room", ["include": ["relation": "sensors", "through": ["fields": ["value"]]]]),
            ("Room", ["include": ["latest": "total"], "order": "latest.total.n DESC"]),
            ("Room", ["where": ["readings": ["every": ["value": ["lt": 5]]]]]),
            ("Room", ["where": ["latest": ["is": ["value": 6]]]]),
            ("Reading", ["include": ["total": "readings"], "order": "total.n"]),
            ("Reading", ["where": ["total": ["isNot": ["n": 3]]]]),
            (
                "Total",
                ["include": ["relation": "readings", "scope": ["limit": 1]], "order": "readings.max(value) DESC"]
            ),
            ("Reading", ["distinct": true, "fields": ["roomId"]]),
            ("Reading", ["page": true, "limit": 2]),
        ]
        for (model, filter) in filters {
            let graph = try await database.find(model, filter: filter)
            #expect(graph.count > 0 || model == "Room", "\(model) \(filter)")
        }
        var streamed = 0
        for try await batch in try database.stream("Reading", filter: ["include": "room"], batchSize: 6) {
            streamed += batch.count
        }
        #expect(streamed == 20)
        #expect(try await database.related("Room", id: 1, relation: "latest").count == 1)
        #expect(try await database.relatedCount("Room", id: 1, relation: "readings").count == 10)
        await database.close()
    }

    @Test func `What needs a key says so`() async throws {
        let database = try await open(.oneTrip)
        let asks: [() async throws -> Void] = [
            { _ = try await database.findById("Reading", id: 1) },
            { _ = try await database.findByIds("Reading", ids: [1]) },
            { _ = try await database.exists("Reading", id: 1) },
            { _ = try await database.related("Reading", id: 1, relation: "room") },
            { _ = try await database.relatedFindById("Room", id: 1, relation: "readings", key: 1) },
            { _ = try await database.relatedExists("Room", id: 1, relation: "latest", key: 1) },
        ]
        for ask in asks {
            await #expect { try await ask() } throws: { ($0 as? PlannerError)?.code == .unsupported }
        }
        await #expect {
            try await database.find("Reading", filter: ["order": "value", "after": ["value": 1]])
        } throws: { ($0 as? PlannerError)?.code == .invalidFilter }
        await database.close()
    }
}
