// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Planet: ComposedModel, Codable, Equatable {
    var id: Int
    var name: String
    var mass: Decimal?
    var seenAt: Date
    var moons = Many<Moon>("moons")

    static let definition = TypedDefinition<Planet>(
        "Planet", .id("id", \.id), .property("name", \.name), .property("mass", \.mass),
        .property("seenAt", \.seenAt, column: "seen_at"),
        making: { Planet(id: $0, name: $1, mass: $2, seenAt: $3) }
    ) {
        $0.hasMany("moons", \.moons, foreignKey: \.planetId)
        $0.scope("heavy") { $0.where { $0.mass > 5 } }
    }
}

private struct Moon: ComposedModel, Codable, Equatable {
    var id: Int
    var planetId: Int
    var name: String
    var planet = One<Planet>("planet")

    static let definition = TypedDefinition<Moon>(
        "Moon", .id("id", \.id), .property("planetId", \.planetId), .property("name", \.name),
        making: { Moon(id: $0, planetId: $1, name: $2) }
    ) {
        $0.belongsTo("planet", \.planet, foreignKey: \.planetId)
    }
}

/// Reads a text as a number.
private struct Wrong: ComposedModel {
    var id: Int
    var name: Int

    static let definition = TypedDefinition<Wrong>(
        "Planet", isPartial: true, .id("id", \.id), .property("name", \.name), making: { Wrong(id: $0, name: $1) })
}

/// Says nowhere how records are made.
private struct Unmade: ComposedModel {
    var id: Int

    static let definition = TypedDefinition<Unmade>("Planet", isPartial: true) { $0.id("id", \.id) }
}

/// Models that name each property once.
@Suite(.serialized) struct ComposedModelTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("composed_models")
        _ = try await test.run(
            """
            CREATE TABLE planet (id bigserial PRIMARY KEY, name text NOT NULL, mass numeric, seen_at timestamptz NOT NULL);
            CREATE TABLE moon (id bigint PRIMARY KEY, planetid bigint, name text);
            INSERT INTO planet SELECT n, 'p' || n, CASE WHEN n > 1 THEN n * 2.5 END, '2026-01-02T03:04:05.678Z' FROM generate_series(1, 4) n;
            INSERT INTO moon SELECT n, 1 + n % 3, 'm' || n FROM generate_series(1, 6) n;
            SELECT setval('planet_id_seq', 100);
            """)
        return try await Database.open(
            schema: try Schema(models: [Planet.self, Moon.self]), connection: ConnectionConfiguration(url: test.url))
    }

    @Test func `They are read, asked about and written as others`() async throws {
        let database = try await Self.opened.value
        let query = database.query(Planet.self).order { $0.id.ascending }
        let planets = try await query.where { $0.id <= 4 }.include(\.moons) { $0.include(\.planet) }.all()
        #expect(planets.map(\.name) == ["p1", "p2", "p3", "p4"])
        #expect(planets.map(\.mass) == [nil, 5, 7.5, 10])
        #expect(try planets.map { try $0.moons.count } == [2, 2, 2, 0])
        #expect(try planets[0].moons.records[0].planet.required.name == "p1")
        #expect(try await query.scope("heavy").where { $0.id <= 4 }.all().map(\.id) == [3, 4])
        let data = try JSONEncoder().encode(planets)
        #expect(try JSONDecoder().decode([Planet].self, from: data) == planets)
        let made = try await database.create(Planet(id: 0, name: "new", mass: 1, seenAt: .now))
        #expect(made.id > 100 && made.name == "new")
        let stored = try await database.create(
            try Changes<Planet>(json: ["name": "draft", "seenAt": "2026-01-02T03:04:05.678Z"]))
        #expect(stored.mass == nil && stored.name == "draft")
    }

    @Test func `What doesn't fit says where`() async throws {
        let database = try await Self.opened.value
        let wrong = await #expect(throws: ModelError.self) { try await database.query(Wrong.self).all() }
        #expect(wrong?.code == .unreadableValue && wrong?.model == "Planet" && wrong?.property == "name")
        #expect(wrong?.type == "Int")
        let unmade = await #expect(throws: ModelError.self) { try await database.query(Unmade.self).all() }
        #expect(unmade?.code == .invalidModel && unmade?.type == "Unmade")
        #expect(unmade?.message.contains("making:") == true)
    }
}
