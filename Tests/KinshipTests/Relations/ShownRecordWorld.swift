// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// Rooms with to-one relations of all kinds, most of which have several candidates for their record.
enum ShownRecordWorld {
    /// The relations of a room; each leads to records with an `id` or without, a `score` and the time they were `taken`.
    static let relations = [
        "latest", "latestIndexed", "best", "single", "latestView", "repeatedView", "composite", "compositeIndexed",
        "byText", "polymorphic", "inherited", "inheritedCode", "scoped", "byModel", "byCode", "byRepeatedView",
        "nearest",
    ]

    /// Those whose target has no key.
    static let keyless: Set = ["latestView", "byModel"]

    static let opened = Task {
        let database = try await TestDatabase.named("shown_record")
        _ = try await database.run(tables)
        return try schema().map { ($0, database.url) }
    }

    static func open(_ strategy: Strategy) async throws -> Database {
        let (schema, url) = try await opened.value[0]
        return try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: url), trees: TreeOptions(strategy: strategy))
    }

    private static let tables = """
        CREATE TABLE room (id int PRIMARY KEY, org int, unit int, code text);
        INSERT INTO room SELECT n, n % 5, n % 7, 'c' || n % 12 FROM generate_series(1, 40) n;
        CREATE TABLE sensor (id int PRIMARY KEY, name text, "at" point);
        INSERT INTO sensor SELECT n, 's' || n * 7 % 10, point(n * 13 % 50, n * 17 % 40) FROM generate_series(1, 20) n;
        CREATE TABLE reading (id int PRIMARY KEY, room_id int, room_text text, org int, unit int, code text, kind text,
            owner_id int, owner_type text, sensor_id int, score int, taken timestamp, "at" point);
        INSERT INTO reading SELECT n, n * 11 % 37, (n * 11 % 37)::text, n % 5, n % 7, 'c' || n * 5 % 10,
            CASE WHEN n % 3 = 0 THEN 'a' ELSE 'b' END, n * 3 % 43, CASE WHEN n % 4 = 0 THEN 'Other' ELSE 'Room' END,
            1 + n % 20, CASE WHEN n % 9 > 0 THEN n * 7 % 23 END,
            CASE WHEN n % 10 > 0 THEN '2026-01-01'::timestamp + n * 29 % 12 * interval '1 day' END,
            point(n * 19 % 60, n * 23 % 50)
        FROM generate_series(1, 160) n;
        CREATE TABLE reading_indexed AS SELECT * FROM reading;
        CREATE INDEX ON reading_indexed (room_id);
        CREATE INDEX ON reading_indexed (org, unit);
        CREATE TABLE reading_single AS SELECT DISTINCT ON (room_id) * FROM reading ORDER BY room_id, id;
        CREATE UNIQUE INDEX ON reading_single (room_id);
        CREATE VIEW latest AS SELECT DISTINCT ON (room_id) room_id, score, taken FROM reading ORDER BY room_id, taken DESC, id;
        CREATE VIEW repeated AS SELECT room_id AS id, room_id, score, taken FROM reading;
        CREATE TABLE old_reading (id int PRIMARY KEY, room_id int UNIQUE, code text UNIQUE, score int, taken timestamp);
        CREATE TABLE old_reading_2024 (PRIMARY KEY (id)) INHERITS (old_reading);
        CREATE TABLE old_reading_2025 () INHERITS (old_reading);
        INSERT INTO old_reading SELECT n, n, 'c' || n, n * 3 % 13, NULL FROM generate_series(1, 20) n;
        INSERT INTO old_reading_2024 SELECT n, n * 3 % 40, 'c' || n % 14, n * 5 % 13, now() FROM generate_series(15, 30) n;
        INSERT INTO old_reading_2025 SELECT n % 25, n % 30, 'c' || n % 9, n * 7 % 13, now() FROM generate_series(1, 60) n;
        """

    private static let reading =
        #""roomId": {"type": "number", "postgresql": {"columnName": "room_id"}}, "score": {"type": "number"}, "taken": {"type": "date"}"#

    /// A model of readings.
    private static func model(
        _ name: String, _ table: String, key: Bool = true, _ more: String = "", _ rest: String = ""
    ) -> String {
        let id = key ? #""id": {"type": "number", "id": true}, "# : ""
        return
            #"{"name": "\#(name)", "idInjection": false, "postgresql": {"table": "\#(table)"}, "properties": {\#(id)\#(reading)\#(more)}\#(rest)}"#
    }

    private static func schema() throws -> [Schema] {
        let wide =
            #", "roomText": {"type": "string", "postgresql": {"columnName": "room_text"}}, "org": {"type": "number"}, "unit": {"type": "number"}, "code": {"type": "string"}, "kind": {"type": "string"}, "ownerId": {"type": "number", "postgresql": {"columnName": "owner_id"}}, "ownerType": {"type": "string", "postgresql": {"columnName": "owner_type"}}, "sensorId": {"type": "number", "postgresql": {"columnName": "sensor_id"}}, "at": {"type": "geopoint"}"#
        let sensor = #", "relations": {"sensor": {"type": "belongsTo", "model": "Sensor", "foreignKey": "sensorId"}}"#
        func hasOne(_ name: String, _ model: String, _ keys: String = #""foreignKey": "roomId""#, _ scope: String = "")
            -> String
        { #""\#(name)": {"type": "hasOne", "model": "\#(model)", \#(keys)\#(scope)}"# }
        let latest = #", "scope": {"order": "taken DESC"}"#
        let composite = #""foreignKey": ["org", "unit"], "primaryKey": ["org", "unit"]"#
        let relations = [
            hasOne("latest", "Reading", #""foreignKey": "roomId""#, latest),
            hasOne("latestIndexed", "ReadingIndexed", #""foreignKey": "roomId""#, latest),
            hasOne(
                "best", "Reading", #""foreignKey": "roomId""#,
                #", "scope": {"where": {"kind": "a"}, "order": ["score DESC NULLS LAST", "taken"], "limit": 1}"#
            ),
            hasOne("single", "ReadingSingle"),
            hasOne("latestView", "LatestView"),
            hasOne("repeatedView", "RepeatedView", #""foreignKey": "roomId""#, #", "scope": {"order": "score"}"#),
            hasOne("composite", "Reading", composite, latest),
            hasOne("compositeIndexed", "ReadingIndexed", composite, #", "scope": {"order": "score NULLS FIRST"}"#),
            hasOne("byText", "Reading", #""foreignKey": "roomText""#, latest),
            hasOne(
                "polymorphic", "Reading", #""polymorphic": {"foreignKey": "ownerId", "discriminator": "ownerType"}"#,
                latest),
            hasOne("inherited", "OldReading", #""foreignKey": "roomId""#, latest),
            #""inheritedCode": {"type": "belongsTo", "model": "OldReading", "foreignKey": "id"}"#,
            hasOne("scoped", "ScopedReading"),
            hasOne("byModel", "KeylessReading"),
            #""byCode": {"type": "belongsTo", "model": "Reading", "foreignKey": "code", "primaryKey": "code", "scope": {"order": "sensor.name DESC"}}"#,
            #""byRepeatedView": {"type": "belongsTo", "model": "RepeatedView", "foreignKey": "id"}"#,
            hasOne(
                "nearest", "Reading", #""foreignKey": "roomId""#,
                #", "scope": {"where": {"at": {"near": {"lng": 20, "lat": 10}}}}"#),
        ]
        let room =
            #"{"name": "Room", "idInjection": false, "properties": {"id": {"type": "number", "id": true}, "org": {"type": "number"}, "unit": {"type": "number"}, "code": {"type": "string"}}, "relations": {\#(relations.joined(separator: ", "))}}"#
        let definitions = [
            room, model("Reading", "reading", wide, sensor), model("ReadingIndexed", "reading_indexed", wide, sensor),
            model("ReadingSingle", "reading_single"), model("LatestView", "latest", key: false),
            model("RepeatedView", "repeated"), model("OldReading", "old_reading", #", "code": {"type": "string"}"#),
            model(
                "ScopedReading", "reading", #", "kind": {"type": "string"}"#,
                #", "scope": {"where": {"kind": "b"}, "order": "taken DESC NULLS LAST", "limit": 2, "skip": 1}"#),
            model("KeylessReading", "reading_indexed", key: false),
            #"{"name": "Sensor", "idInjection": false, "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}, "at": {"type": "geopoint"}}}"#,
        ]
        return [
            try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        ]
    }
}
