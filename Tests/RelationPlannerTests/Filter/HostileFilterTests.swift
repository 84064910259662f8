// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Filters that are small to send and would be large to answer, and texts that only look the same.
@Suite struct HostileFilterTests {
    private func schema() throws -> Schema {
        try Schema(
            definitions: [
                #"{"name": "Dog", "properties": {"id": {"type": "number", "id": true}, "tags": {"type": ["string"], "postgresql": {"dataType": "text[]"}}, "doc": {"type": "object", "postgresql": {"dataType": "jsonb"}}}, "relations": {"owner": {"type": "belongsTo", "polymorphic": true}, "pups": {"type": "hasMany", "model": "Dog", "foreignKey": "motherId"}, "mother": {"type": "belongsTo", "model": "Dog", "foreignKey": "motherId"}}}"#,
                #"{"name": "Cat", "properties": {"id": {"type": "number", "id": true}}, "relations": {"owner": {"type": "belongsTo", "polymorphic": true}}}"#,
            ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    private func plan(_ filter: JSONValue) throws -> Plan {
        let schema = try schema()
        let dog = try #require(schema.model("Dog")).id
        let (shape, _) = try ScopedSchema(schema).resolved(try schema.filter(filter, for: dog), for: dog)
            .parameterized()
        return try Planner(schema: schema).plan(shape, for: dog, strategy: .byLevel)
    }

    private func code(_ filter: JSONValue) -> PlannerError.Code? {
        do {
            _ = try plan(filter)
            return nil
        } catch {
            return (error as? PlannerError)?.code
        }
    }

    @Test func `Every type that an include leads to counts, at every depth`() {
        func nested(_ depth: Int) -> JSONValue { (1..<depth).reduce("owner") { below, _ in ["owner": below] } }
        #expect(code(["include": nested(5)]) == nil)
        // Two types each: 2^20 records to plan.
        #expect(code(["include": nested(20)]) == .filterTooLarge)
    }

    @Test func `Each relation that an order goes through counts`() {
        func order(_ hops: Int, _ terms: Int) -> JSONValue {
            let way = String(repeating: "mother.", count: hops)
            return ["order": .array((0..<terms).map { .string(way + ($0 % 2 == 0 ? "id" : "motherId")) })]
        }
        #expect(code(order(3, 2)) == nil)
        #expect(code(order(15, 100)) == .filterTooLarge)
    }

    @Test func `Lists of lists are as many conditions as they have elements`() {
        func tags(_ count: Int) -> JSONValue {
            ["where": ["tags": ["inq": .array(Array(repeating: ["a"], count: count))]]]
        }
        #expect(code(tags(500)) == nil)
        #expect(code(tags(2_000)) == .filterTooLarge)
    }

    @Test func `Entries for one relation are put together side by side`() throws {
        let entries = (1...300).map { number -> JSONValue in
            ["relation": "pups", "scope": ["where": ["id": ["gt": .number(String(number))]]]]
        }
        let text = try plan(["include": .array(entries)]).fetches[1].text
        #expect(!text.contains("((t."), "\(text.prefix(400))")
    }

    @Test func `A polymorphic relation's scope that includes the relation is a circle`() {
        let error = #expect(throws: SchemaError.self) {
            try Schema(
                definitions: [
                    #"{"name": "Note", "properties": {"id": {"type": "number", "id": true}}, "relations": {"subject": {"type": "belongsTo", "polymorphic": true, "scope": {"include": "subject"}}}}"#
                ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        }
        #expect(error?.problems.first?.message.contains("comes back to the relation itself") == true)
        #expect(error?.problems.first?.path == "relations.subject.scope")
    }

    @Test func `A circle by way of two relations, one of them polymorphic`() {
        let error = #expect(throws: SchemaError.self) {
            try Schema(
                definitions: [
                    #"{"name": "Picture", "properties": {"id": {"type": "number", "id": true}}, "relations": {"imageable": {"type": "belongsTo", "polymorphic": true, "scope": {"include": "pictures"}}}}"#,
                    #"{"name": "Person", "properties": {"id": {"type": "number", "id": true}}, "relations": {"pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "imageable", "scope": {"include": "imageable"}}}}"#,
                ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        }
        #expect(error?.problems.isEmpty == false)
    }

    // MARK: Texts that look the same

    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    @Test func `Values are the same when their bytes are`() {
        #expect(composed == decomposed, "to Swift they are one")
        #expect(JSONValue.string(composed) != .string(decomposed))
        #expect(JSONValue.object([.init(composed, 1)]) != .object([.init(decomposed, 1)]))
        #expect(BoundValue(.text, .text(composed)) != BoundValue(.text, .text(decomposed)))
        #expect(BoundValue(.float8, .double(.nan)) == BoundValue(.float8, .double(.nan)))
    }

    @Test func `Two places in JSON are two parameters`() throws {
        let plan = try plan([
            "where": ["and": [[.init("doc." + composed, 1)].object, [.init("doc." + decomposed, 2)].object]]
        ])
        #expect(plan.fetches[0].slots.count == 4)
    }
}

extension [JSONValue.Member] {
    fileprivate var object: JSONValue { .object(self) }
}
