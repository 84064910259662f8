// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Physician: TypedModel, Codable {
    var id: Int
    var name: String
    var patients = Many<Patient>("patients")
    static let definition = TypedDefinition<Physician>("Physician") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.hasMany(
            "patients", \.patients, foreignKey: "physicianId", through: "Appointment", keyThrough: "patientId")
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
    }
}

private struct Patient: TypedModel, Codable {
    var id: Int
    var name: String
    var basket: [Int]
    var wanted = Many<Patient>("wanted")
    var address = One<Address>("address")
    var docks = Many<Address>("docks")
    var namesakes = Many<Physician>("namesakes")
    static let definition = TypedDefinition<Patient>("Patient") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("basket", \.basket)
        $0.referencesMany("wanted", \.wanted, foreignKey: "basket")
        $0.embedsOne("address", \.address, property: "home")
        $0.embedsMany("docks", \.docks, property: "dockList")
        $0.hasMany("namesakes", \.namesakes, foreignKey: "bestId")
        $0.scopeFunction(of: \.namesakes) { parent, physicians throws(PlannerError) in
            let name = try parent[\.name]
            return physicians.where { $0.name >= name }
        }
    }
    init(row: inout RecordReader) throws {
        name = try row("name")
        id = try row("id")
        basket = try row("basket")
    }
}

private struct Address: TypedModel, Codable {
    var id: Int
    var city: String
    var since: Date?
    static let definition = TypedDefinition<Address>("Address", base: "Model") {
        $0.id("id", \.id)
        $0.property("city", \.city)
        $0.property("since", \.since)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        city = try row("city")
        since = try row("since")
    }
}

private struct Appointment: TypedModel, Codable {
    var id: Int
    var physicianId: Int
    var patientId: Int
    static let definition = TypedDefinition<Appointment>("Appointment") {
        $0.id("id", \.id, isGenerated: true)
        $0.property("physicianId", \.physicianId)
        $0.property("patientId", \.patientId)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        physicianId = try row("physicianId")
        patientId = try row("patientId")
    }
}

/// Relations of the kinds that the shop doesn't have, and records that are written.
@Suite(.serialized) struct RelationKindTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("relation_kinds")
        _ = try await test.run(
            """
            CREATE TABLE physician (id bigint PRIMARY KEY, name text, bestid bigint);
            CREATE TABLE patient (id bigint PRIMARY KEY, name text, basket bigint[], home jsonb, docklist jsonb);
            CREATE TABLE appointment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, physicianid bigint, patientid bigint);
            INSERT INTO physician SELECT n, 'p' || n, 1 + n % 3 FROM generate_series(1, 6) n;
            INSERT INTO patient SELECT n, 'p' || n, CASE WHEN n = 1 THEN ARRAY[3, 2, 9] ELSE '{}' END,
                CASE WHEN n = 1 THEN '{"id": 1, "city": "Cork", "since": "2026-01-02T03:04:05.678Z"}'::jsonb END,
                CASE WHEN n = 2 THEN '[{"id": 1, "city": "Fez"}, {"id": 2, "city": "Cork"}]'::jsonb END FROM generate_series(1, 5) n;
            INSERT INTO appointment (physicianid, patientid) SELECT 1 + n % 3, 1 + n % 5 FROM generate_series(1, 12) n;
            """)
        var patient = Patient.definition.modelDefinition
        patient.properties.append(.object("home"))
        patient.properties.append(.object("dockList"))
        return try await Database.open(
            schema: try Schema(definitions: [
                patient, Physician.definition.modelDefinition, Address.definition.modelDefinition,
                Appointment.definition.modelDefinition,
            ]), connection: ConnectionConfiguration(url: test.url))
    }

    private var database: Database { get async throws { try await Self.opened.value } }

    @Test func `Many to many, also where a target is several parents'`() async throws {
        let query = try await database.query(Physician.self).include(\.patients) { $0.order { $0.id.ascending } }
        let graph = try await query.graph()
        let physicians = try graph.records(as: Physician.self)
        #expect(try physicians.map { try $0.patients.count }.reduce(0, +) == 12)
        let json = try TypedShop.comparable(graph.json()).elements ?? []
        let shown = json.map { $0["patients"]?.elements?.map { $0["id"] ?? .null } }
        #expect(try physicians.map { try $0.patients.records.map { JSONValue($0.id) } } == shown)
    }

    @Test func `Lists of keys`() async throws {
        let patients = try await database.query(Patient.self).include(\.wanted).all()
        #expect(try patients[0].wanted.records.map(\.id) == [3, 2])
        #expect(try patients[1].wanted.records.isEmpty)
    }

    @Test func `Embedded records`() async throws {
        let patients = try await database.query(Patient.self).include(\.address).include(\.docks).all()
        let address = try #require(try patients[0].address.record)
        #expect(address.city == "Cork" && address.since.map { Int($0.timeIntervalSince1970) } == 1_767_323_045)
        #expect(try patients[1].address.record == nil)
        #expect(try patients[1].docks.records.map(\.city) == ["Fez", "Cork"])
        #expect(try patients[0].docks.records.isEmpty)
    }

    @Test func `A scope that is a function of the typed record`() async throws {
        let query = try await database.query(Patient.self).include(\.namesakes)
        let graph = try await query.graph()
        let patients = try graph.records(as: Patient.self)
        for patient in patients {
            #expect(try patient.namesakes.records.allSatisfy { $0.name >= patient.name })
        }
        #expect(try patients.map { try $0.namesakes.count }.reduce(0, +) > 0)
        let json = try TypedShop.comparable(graph.json()).elements ?? []
        #expect(try patients.map { try $0.namesakes.count } == json.map { $0["namesakes"]?.elements?.count })
    }

    @Test func `Records are made, saved and deleted`() async throws {
        let database = try await database
        var draft = try #require(try await database.query(Appointment.self).first())
        (draft.physicianId, draft.patientId) = (77, 88)
        let made = try await database.create(draft)
        #expect(made.id > 12 && made.physicianId == 77 && made.patientId == 88)
        var changed = made
        changed.patientId = 99
        #expect(try await database.save(changed, from: made).patientId == 99)
        #expect(try await database.save(changed, from: changed).patientId == 99)
        #expect(try await database.query(Appointment.self).find(made.id)?.patientId == 99)
        let many = try await database.createAll([draft, changed])
        #expect(many.map(\.patientId) == [88, 99])
        for record in many + [made] { #expect(try await database.deleteRecord(record)) }
        #expect(try await !database.deleteRecord(made))
        let error = await #expect(throws: PlannerError.self) { try await database.save(made) }
        #expect(error?.code == .modelNotFound)
    }
}
