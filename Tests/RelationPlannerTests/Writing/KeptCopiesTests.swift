// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// What changes of models with copies that are kept right come to.
@Suite struct KeptCopiesTests {
    private static let models = [
        #"{"name": "A", "properties": {"id": {"type": "number", "id": true}, "n": "string", "m": "string"}, "relations": {"bs": {"type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "x"}, "sync": true}}}"#,
        #"{"name": "B", "properties": {"id": {"type": "number", "id": true}, "aId": "number", "x": "string", "o": "string"}}"#,
    ]

    private static func behind(
        _ model: String, _ data: [String: ChangeValue], _ catalog: Catalog? = nil
    ) throws -> (text: String, behind: [String]) {
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let target = try #require(schema.model(model))
        var record = RecordData()
        for (name, value) in data { record[try #require(target.property(name)).id] = value }
        let change = ModelChanges(schema, target).update(
            key: [BoundValue(.int4, .integer(1))], .always, record)
        let planner = Planner(schema: schema, catalog: catalog)
        let plan = try planner.plan(
            change.keepingCopies(in: planner.schema), answering: Filter(), for: target.id)
        return (plan.fetches[0].text, plan.fetches[0].behind.map(\.text))
    }

    @Test func `Only what is copied takes a statement more`() throws {
        let text = ChangeValue.value(BoundValue(.text, .text("v")))
        let other = try Self.behind("A", ["m": text])
        #expect(other.behind.isEmpty && !other.text.contains("set_config"))
        let copied = try Self.behind("A", ["n": text])
        #expect(copied.behind.count == 1)
        #expect(copied.text.contains("set_config('kinship.c0_1'"))
        #expect(copied.behind[0].contains(#"IS DISTINCT FROM s."n""#) && !copied.behind[0].contains("$"))
    }

    @Test func `Only who refers to something takes its values`() throws {
        let text = ChangeValue.value(BoundValue(.text, .text("v")))
        #expect(try !Self.behind("B", ["o": text]).text.contains("FOR SHARE"))
        #expect(try Self.behind("B", ["x": text]).text.contains("FOR SHARE"))
        let moved = try Self.behind("B", ["aId": .value(BoundValue(.int4, .integer(2)))])
        #expect(moved.text.contains("FOR SHARE") && moved.behind.isEmpty)
    }

    @Test func `Where no statement can hold rows of another node it is told`() throws {
        var table = Catalog.Table(name: "a", columns: [])
        table.distribution = .distributed(column: "id")
        let error = #expect(throws: PlannerError.self) {
            try Self.behind("A", ["n": .value(BoundValue(.text, .text("v")))], Catalog([table]))
        }
        #expect(error?.code == .unsupported && error?.model == "B")
    }
}
