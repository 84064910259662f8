// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// Models that don't fit the rows say what is wrong, where, and what to do.
@Suite struct MisusedModelTests {
    private var database: Database { get async throws { try await TypedShop.opened.value } }

    private struct Unborn: TypedModel {
        var id: Int
        var born: PostgresDate
        static let definition = TypedDefinition<Unborn>("Customer") {
            $0.id("id", \.id)
            $0.property("born", \.born)
        }
        init(row: inout RecordReader) throws {
            id = try row("id")
            born = try row("born")
        }
    }

    private struct Numbered: TypedModel {
        var id: Int
        var name: Int
        static let definition = TypedDefinition<Numbered>("Customer") {
            $0.id("id", \.id)
            $0.property("name", \.name)
        }
        init(row: inout RecordReader) throws {
            id = try row("id")
            name = try row("name")
        }
    }

    private struct Extended: TypedModel {
        var id: Int
        var nickname: String
        static let definition = TypedDefinition<Extended>("Customer") {
            $0.id("id", \.id)
            $0.property("nickname", \.nickname)
        }
        init(row: inout RecordReader) throws {
            id = try row("id")
            nickname = try row("nickname")
        }
    }

    private struct Narrow: TypedModel {
        var id: Int16
        static let definition = TypedDefinition<Narrow>("Item") { $0.id("id", \.id) }
        init(row: inout RecordReader) throws { id = try row("id") }
    }

    private enum Mood: String, PropertyValue { case open, sleepy }

    private struct Moody: TypedModel {
        var id: Int
        var status: Mood
        static let definition = TypedDefinition<Moody>("Order") {
            $0.id("id", \.id)
            $0.property("status", \.status)
        }
        init(row: inout RecordReader) throws {
            status = try row("status")
            id = try row("id")
        }
    }

    private func failure(_ body: () async throws -> Void) async -> ModelError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ModelError
        }
    }

    @Test func `NULL where no optional is`() async throws {
        let query = try await database.query(Unborn.self)
        let error = await failure { _ = try await query.all() }
        #expect(error?.code == .unreadableValue)
        #expect(error?.model == "Customer" && error?.property == "born" && error?.type == "PostgresDate")
        #expect(error?.message.contains("NULL") == true && error?.message.contains("PostgresDate?") == true)
    }

    @Test func `A value of another type`() async throws {
        let query = try await database.query(Numbered.self)
        let error = await failure { _ = try await query.all() }
        #expect(error?.code == .unreadableValue && error?.property == "name" && error?.type == "Int")
        #expect(error?.message.contains("text") == true)
    }

    @Test func `A number that is too large, and a label that there is none of`() async throws {
        let database = try await database
        let narrow = database.query(Narrow.self).order { $0.id.descending }.limit(1)
        var error = await failure { _ = try await narrow.all() }
        if let error { #expect(error.property == "id" && error.type == "Int16") }
        error = await failure { _ = try await database.query(Moody.self).where { $0.id > 0 }.all() }
        #expect(error?.property == "status" && error?.type == "Mood")
    }

    @Test func `A column that isn't there`() async throws {
        let query = try await database.query(Extended.self)
        let error = await failure { _ = try await query.all() }
        #expect(error?.code == .propertyNotLoaded && error?.property == "nickname")
        #expect(error?.message.contains("createdAt") == true)
        await #expect(throws: PlannerError.self) { try await query.where { $0.nickname == "x" }.all() }
    }

    @Test func `A graph that lacks a property, and one of another model`() async throws {
        let database = try await database
        let graph = try await database.find("Customer", filter: ["fields": ["id", "name"], "limit": 1])
        let error = #expect(throws: ModelError.self) { try graph.records(as: Customer.self) }
        #expect(error?.code == .propertyNotLoaded && error?.property == "email")
        let other = try await database.find("Order", filter: ["limit": 1])
        #expect(throws: ModelError.self) { try other.records(as: Customer.self) }
    }

    @Test func `An error is reported with its code`() {
        let error = ModelError(.relationNotLoaded, "x", model: "Order", relation: "items")
        let report = ErrorReport(error)
        #expect(report.code == "RELATION_NOT_LOADED" && report.status == 500 && report.fault == .program)
        #expect(report.model == "Order" && report.relation == "items")
        #expect(ModelError.Code.allCases.allSatisfy { ErrorReport.Kind.all.contains($0.kind) })
    }
}
