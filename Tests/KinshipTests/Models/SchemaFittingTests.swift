// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Ship: TypedModel {
    var id: Int
    var name: Int?
    var nmae: String
    var code: String
    var built: Bool
    var seen: UUID?
    var weight: Decimal
    var crew = One<Sailor>("crew")
    var captain = Many<Sailor>("captain")
    var ports = Many<Sailor>("ports")
    var owner = One<Sailor>("owner")
    var cargo = Many<Sailor>("cargo")
    static let definition = TypedDefinition<Ship>("Ship") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("nmae", \.nmae)
        $0.property("code", \.code)
        $0.property("built", \.built)
        $0.property("seen", \.seen)
        $0.property("weight", \.weight)
        $0.hasOne("crew", \.crew, foreignKey: "shipId")
        $0.hasMany("captain", \.captain, foreignKey: "shipId")
        $0.hasMany("ports", \.ports, foreignKey: "shipId")
        $0.belongsTo("owner", \.owner, foreignKey: "ownerId")
        $0.hasMany("cargo", \.cargo, foreignKey: "shipId")
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
        nmae = try row("nmae")
        code = try row("code")
        built = try row("built")
        seen = try row("seen")
        weight = try row("weight")
    }
}

private struct Sailor: TypedModel {
    var id: Int
    var name: String
    static let definition = TypedDefinition<Sailor>("Sailor") {
        $0.id("id", \.id)
        $0.property("name", \.name)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
    }
}

private struct Port: TypedModel {
    var name: String
    var id: Int
    static let definition = TypedDefinition<Port>("Port") {
        $0.id("name", \.name)
        $0.property("id", \.id)
    }
    init(row: inout RecordReader) throws {
        name = try row("name")
        id = try row("id")
    }
}

private struct Wreck: TypedModel {
    var id: Int
    static let definition = TypedDefinition<Wreck>("Wreck") { $0.id("id", \.id) }
    init(row: inout RecordReader) throws { id = try row("id") }
}

/// Has one value, and so no size.
private enum Single: String, PropertyValue { case only }

/// Structs that don't fit their schema are told at the start, all at once.
@Suite struct SchemaFittingTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("schema_fitting")
        _ = try await test.run(
            """
            CREATE TABLE ship (id bigint PRIMARY KEY, name text, code text, built timestamptz, seen bytea, weight numeric,
                ownerid bigint, ownertype text);
            CREATE TABLE sailor (id bigint PRIMARY KEY, name text, shipid bigint);
            CREATE TABLE port (id bigint PRIMARY KEY, name text, shipid bigint);
            INSERT INTO ship VALUES (1, 'a', 'c', now(), '', 1, 1, 'Sailor');
            INSERT INTO sailor VALUES (1, 's', 1);
            INSERT INTO port VALUES (1, 'p', 1);
            """)
        var owner = RelationDefinition("owner", .belongsTo)
        owner.polymorphic = .automatic
        let ship = ModelDefinition(
            "Ship",
            properties: [
                PropertyDefinition("id", .number, dataType: "bigint", keyPosition: 1), .string("name"), .string("code"),
                .date("built"), .object("seen"),
                .number("weight"), .number("ownerId"), .string("ownerType"),
            ],
            relations: [
                .hasMany("crew", "Sailor", foreignKey: "shipId"), .hasOne("captain", "Sailor", foreignKey: "shipId"),
                .hasMany("ports", "Port", foreignKey: "shipId"), owner,
            ])
        return try await Database.open(
            schema: try Schema(definitions: [
                ship,
                ModelDefinition(
                    "Sailor",
                    properties: [
                        PropertyDefinition("id", .number, dataType: "bigint", keyPosition: 1), .string("name"),
                        .number("shipId"),
                    ]),
                ModelDefinition(
                    "Port",
                    properties: [
                        PropertyDefinition("id", .number, dataType: "bigint", keyPosition: 1), .string("name"),
                        .number("shipId"),
                    ]),
            ]), connection: ConnectionConfiguration(url: test.url))
    }

    @Test func `Everything that doesn't fit is told at once`() async throws {
        let schema = try await Self.opened.value.schema
        let error = #expect(throws: SchemaError.self) {
            try schema.check(models: [Ship.self, Sailor.self, Port.self, Wreck.self])
        }
        let found = error?.problems.map { "\($0.model ?? "").\($0.property ?? $0.relation ?? "") \($0.code.rawValue)" }
        #expect(
            found?.sorted() == [
                "Port.name INVALID_DEFINITION", "Ship.built INVALID_DEFINITION", "Ship.captain INVALID_DEFINITION",
                "Ship.cargo UNKNOWN_RELATION", "Ship.crew INVALID_DEFINITION", "Ship.name INVALID_DEFINITION",
                "Ship.nmae UNKNOWN_PROPERTY", "Ship.owner INVALID_DEFINITION", "Ship.ports INVALID_DEFINITION",
                "Ship.seen INVALID_DEFINITION", "Wreck. UNKNOWN_MODEL",
            ])
        #expect(error?.problems.first { $0.property == "nmae" }?.message.contains("name") == true)
        #expect(throws: Never.self) { try schema.check(models: [Sailor.self]) }
    }

    @Test func `What a program describes alone is checked as well`() throws {
        struct Guest: TypedModel {
            var id: Int
            var name: Int
            static let definition = TypedDefinition<Guest>("Guest") {
                $0.id("id", \.id)
                $0.property("name", \.name, dataType: "text")
            }
            init(row: inout RecordReader) throws {
                id = try row("id")
                name = try row("name")
            }
        }
        let error = #expect(throws: SchemaError.self) { try Schema(models: [Guest.self]) }
        #expect(error?.problems.map(\.property) == ["name"])
    }

    @Test func `Properties that can't be told apart are told`() throws {
        struct Twin: TypedModel {
            var id: Int
            var one: Single
            var two: Single
            static let definition = TypedDefinition<Twin>("Twin") {
                $0.id("id", \.id)
                $0.property("one", \.one)
                $0.property("two", \.two)
                $0.property("three", \.id)
            }
            init(row: inout RecordReader) throws {
                id = try row("id")
                one = try row("one")
                two = try row("two")
            }
        }
        let error = #expect(throws: SchemaError.self) { try Schema(models: [Twin.self]) }
        #expect(error?.problems.map(\.property) == ["two", "three"])
    }

    @Test func `Rows aren't read as records of another model`() async throws {
        let database = try await Self.opened.value
        let graph = try await database.find("Port")
        let other = #expect(throws: ModelError.self) { try graph.records(as: Sailor.self) }
        #expect(other?.code == .invalidModel && other?.model == "Sailor")
        let ports = try await database.find("Ship", filter: ["fields": ["id"], "include": "ports"])
        struct Bare: TypedModel {
            var id: Int
            var ports = Many<Sailor>("ports")
            var owner = One<Sailor>("owner")
            static let definition = TypedDefinition<Bare>("Ship", isPartial: true) {
                $0.id("id", \.id)
                $0.hasMany("ports", \.ports, foreignKey: "shipId")
                $0.belongsTo("owner", \.owner, foreignKey: "ownerId")
            }
            init(row: inout RecordReader) throws { id = try row("id") }
        }
        let wrong = #expect(throws: ModelError.self) { try ports.records(as: Bare.self) }
        #expect(wrong?.code == .invalidModel && wrong?.relation == "ports")
        // Of several models nobody is told that there is none.
        let owned = database.query(Bare.self).include(\.owner)
        let several = await #expect(throws: ModelError.self) { try await owned.all() }
        #expect(several?.code == .invalidModel && several?.relation == "owner")
    }
}
