// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Keys stay what they are on their way from one statement to the next, to the last digit and whether they are shown or not.
@Suite struct KeyTests {
    private static func reading(_ key: PropertyDefinition, hidden: Bool) -> [ModelDefinition] {
        var key = key
        key.keyPosition = 1
        var reading = ModelDefinition(
            "Reading", table: "reading", properties: [key, .boolean("old")],
            relations: [.hasMany("marks", "Mark", foreignKey: "readingKey")])
        reading.scopes = [.init("old", ["where": ["old": true]])]
        reading.forceId = false
        reading.hidden = hidden ? [key.name] : []
        var other = key
        (other.keyPosition, other.name, other.column) = (nil, "readingKey", "reading_key")
        var back = RelationDefinition.belongsTo("reading", "Reading", foreignKey: "readingKey")
        back.nestRemoting = true
        let mark = ModelDefinition("Mark", table: "mark", properties: [.id(), other], relations: [back])
        return [reading, mark]
    }

    @Test(arguments: ["timestamptz", "float8", "numeric", "bytea", "text"], [false, true])
    func whatAScopeShowsIsDeletedAndNothingElse(type: String, hidden: Bool) async throws {
        let (key, values): (PropertyDefinition, (old: String, new: String)) =
            switch type {
            case "timestamptz":
                (.date("key", dataType: type), ("'2024-01-01 00:00:00.123456Z'", "'2024-01-01 00:00:00.123Z'"))
            case "float8": (.number("key", dataType: type), ("0.1::float8 + 0.2::float8", "0.3::float8"))
            case "numeric": (.number("key", dataType: type), ("12345678901234567890.12", "12345678901234567890.1"))
            case "bytea": (.string("key", dataType: type), (#"'\x00ff'"#, #"'\x00'"#))
            default: (.string("key", dataType: type), ("'{\"gt\":\"\"}'", "'x'"))
            }
        let models = Self.reading(key, hidden: hidden)
        try await RESTWorld.withOwn(
            "keys-\(type)-\(hidden)",
            tables: """
                CREATE TABLE reading (key \(type) PRIMARY KEY, old boolean);
                CREATE TABLE mark (id integer PRIMARY KEY, reading_key \(type));
                INSERT INTO reading VALUES (\(values.old), true), (\(values.new), false);
                INSERT INTO mark VALUES (1, \(values.old)), (2, \(values.new));
                """, models
        ) { service, _, made in
            for id in [1, 2] {
                let marks = try await service.ask(.get, "/api/Marks/\(id)/reading/marks?filter[fields]=id")
                #expect(marks.text == "[{\"id\":\(id)}]", "\(marks.text)")
                let count = try await service.ask(.get, "/api/Marks/\(id)/reading/marks/count")
                #expect(count.text == #"{"count":1}"#)
            }
            let deleted = try await service.ask(.delete, "/api/Readings/old")
            #expect(deleted.status == 204, "\(deleted.text)")
            #expect(try await made.run("select old from reading") == [["f"]])
        }
    }

    /// Of keys of several parts too, more than one statement takes.
    @Test(arguments: [false, true]) func keysOfSeveralPartsAreWhole(hidden: Bool) async throws {
        var (sensor, at) = (PropertyDefinition.number("sensor"), PropertyDefinition.date("at", dataType: "timestamptz"))
        (sensor.keyPosition, at.keyPosition) = (1, 2)
        var reading = ModelDefinition("Reading", table: "reading", properties: [sensor, at, .boolean("old")])
        reading.scopes = [.init("old", ["where": ["old": true]])]
        reading.forceId = false
        reading.hidden = hidden ? ["at"] : []
        try await RESTWorld.withOwn(
            "keys-parts-\(hidden)",
            tables: """
                CREATE TABLE reading (sensor integer, at timestamptz, old boolean, PRIMARY KEY (sensor, at));
                INSERT INTO reading SELECT g, '2024-01-01 00:00:00.123456Z', true FROM generate_series(1, 700) AS g;
                INSERT INTO reading SELECT g, '2024-01-01 00:00:00.123Z', false FROM generate_series(1, 700) AS g;
                """, [reading]
        ) { service, _, made in
            let some = try await service.ask(.delete, "/api/Readings/old?where[sensor][lte]=10")
            #expect(some.status == 204, "\(some.text)")
            #expect(
                try await made.run("select count(*) filter (where old), count(*) from reading") == [["690", "1390"]])
            #expect(try await service.ask(.delete, "/api/Readings/old").status == 204)
            #expect(try await made.run("select count(*) filter (where old), count(*) from reading") == [["0", "700"]])
        }
    }
}
