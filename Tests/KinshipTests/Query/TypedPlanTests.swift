// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private typealias Person = PlanWorld.Person

/// What a typed query says is what its JSON says: the same checked filter, values and all, the same statements, the same answer.
///
/// The words of filters come from their readers: one that is new has to have its spelling in Swift here.
@Suite struct TypedPlanTests {
    private var database: Database { get async throws { try await PlanWorld.opened.value } }
    private var people: TypedQuery<Person> { get async throws { try await database.query(Person.self) } }
    private var table: PlanTable { get async throws { PlanTable(people: try await people) } }

    private func check<Record: TypedModel>(
        _ query: TypedQuery<Record>, _ json: JSONValue, _ database: Database
    ) async throws {
        let model = Record.definition.name
        let note = Comment(rawValue: json.description)
        do {
            // As a client would send it, and as a person would write it.
            let sent = try JSONValue(parsing: try query.filter.description)
            #expect(sent == (try query.filter), note)
            let id = try database.schema.id(of: model)
            #expect(try database.schema.filter(sent, for: id) == database.schema.filter(json, for: id), note)
            #expect(try query.plan == database.plan(model, filter: sent), note)
            #expect(try query.plan == database.plan(model, filter: json), note)
            let own = try await query.graph().json()
            #expect(try await database.find(model, filter: json).json() == own, note)
            #expect(try await database.find(model, filter: sent).json() == own, note)
            _ = try await query.all()
        } catch {
            Issue.record("\(json): \(error)")
        }
    }

    /// The members' names, at any depth.
    private func words(in json: JSONValue) -> Set<String> {
        switch json {
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(words(in: $1)) }
        case .object(let members):
            members.reduce(into: []) {
                $0.insert($1.key)
                $0.formUnion(words(in: $1.value))
            }
        default: []
        }
    }

    @Test func `Comparisons`() async throws { try await checkAll(try await table.comparisons) }
    @Test func `Texts`() async throws { try await checkAll(try await table.texts) }
    @Test func `Lists, documents and points`() async throws { try await checkAll(try await table.insides) }
    @Test func `Conditions joined`() async throws { try await checkAll(try await table.joined) }
    @Test func `Related records`() async throws { try await checkAll(try await table.related) }
    @Test func `Numbers about related records`() async throws { try await checkAll(try await table.numbers) }
    @Test func `Orders, limits and places`() async throws { try await checkAll(try await table.options) }
    @Test func `Includes of every kind and with every option`() async throws {
        try await checkAll(try await table.includes)
    }

    private func checkAll(_ filters: PlanTable.Filters) async throws {
        let database = try await database
        for (query, json) in filters { try await check(query, json, database) }
    }

    @Test func `Tuples, and pages`() async throws {
        let database = try await database
        let people = try await people
        let tuples = people.fields { ($0.id, $0.name) }
        #expect(try tuples.filter == ["fields": ["id", "name"]])
        #expect(try tuples.plan == database.plan("Person", filter: ["fields": ["id", "name"]]))
        #expect(
            try await tuples.graph().json() == database.find("Person", filter: ["fields": ["id", "name"]]).json())
        let distinct = people.fields { $0.companyId }.distinct()
        #expect(
            try distinct.plan == database.plan("Person", filter: ["fields": ["companyId"], "distinct": true]))
        #expect(try await distinct.all().count == 2)
        #expect(try await distinct.count() == 2)
        #expect(
            try await people.order { $0.age.ascending }.limit(0).skip(9).fields { $0.companyId }.distinct().count() == 2
        )
        #expect(try await people.fields { $0.companyId }.count() == 5)
        let refused = await #expect(throws: PlannerError.self) {
            try await people.after(["id": 1]).fields { $0.companyId }.distinct().count()
        }
        #expect(refused?.code == .invalidFilter)
        let included = await #expect(throws: PlannerError.self) {
            try await people.include(\.tasks).fields { $0.companyId }.graph()
        }
        #expect(included?.code == .invalidFilter)
        // A page is asked for by a method of its own.
        let page = try await people.limit(2).page(total: true)
        let graph = try await database.find("Person", filter: ["limit": 2, "page": ["cursor": true, "total": true]])
        #expect(page.nextCursor == graph.nextCursor && page.total == graph.total.map { Int($0) } && page.total == 5)
        #expect(page.records.map(\.id) == [1, 2])
    }

    @Test func `Every word of filters has a spelling, and so has every kind of relation`() async throws {
        let table = try await table
        let all = [
            table.comparisons, table.texts, table.insides, table.joined, table.related, table.options, table.includes,
        ].flatMap { $0 }
        let typed = try all.reduce(into: Set<String>()) { $0.formUnion(words(in: try $1.query.filter)) }
        let plain = all.reduce(into: Set<String>()) { $0.formUnion(words(in: $1.json)) }
        // `not` of a property is that of the condition on it.
        #expect(FilterReader.operators.filter { !typed.contains($0) } == [])
        // `offset` is `skip`, `nor` the `not` of an `or`, `rel` is `relation`; fields, distinct and page are those of tuples and pages.
        let byMethods = ["offset", "fields", "distinct", "page"]
        #expect(FilterReader.filterKeys.filter { !typed.contains($0) && !byMethods.contains($0) } == [])
        #expect(FilterReader.includeKeys.filter { !typed.contains($0) && $0 != "rel" }.sorted() == [])
        for word in ["and", "or", "not", "some", "every", "none", "is", "isNot", "column", "sum", "avg", "min", "max"] {
            #expect(typed.contains(word), "\(word)")
        }
        let schema = try await database.schema
        let person = try #require(schema.models.first { $0.name == "Person" })
        let asked = person.relations.filter { typed.contains($0.name) && plain.contains($0.name) }
        let included = Set(
            try table.includes.flatMap { try schema.filter($0.json, for: person.id).include.map(\.relation) })
        for kind in RelationKind.allCases {
            #expect(asked.contains { $0.kind == kind }, "conditions on \(kind)")
            #expect(person.relations.contains { $0.kind == kind && included.contains($0.id) }, "includes of \(kind)")
        }
    }
}
