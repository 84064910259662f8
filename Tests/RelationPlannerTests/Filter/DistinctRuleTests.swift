// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// What distinct combinations can be ordered by, and what nearness orders.
@Suite struct DistinctRuleTests {
    @Test func `Combinations have no distance: near doesn't order them`() throws {
        let near = #""where": {"loc": {"near": "0,0"}}"#
        #expect(try Conformance.resolved("{\(near)}", "Sample").order.count == 1)
        #expect(try Conformance.resolved(#"{\#(near), "distinct": true, "fields": "txt"}"#, "Sample").order.isEmpty)
    }

    @Test func `A default scope's order counts for combinations as far as they have it`() throws {
        let schema = try Conformance.schema.get()
        let task = try schema.id(of: "Task")
        let term = try #require(Conformance.scoped.get().scopes(of: task).byDefault?.order.first)
        let ordered = schema[task].properties[term.operand.property].name
        let with = try Conformance.resolved(#"{"distinct": true, "fields": ["\#(ordered)"]}"#, "Task")
        #expect(with.order == [term])
        let without = try Conformance.resolved(#"{"distinct": true, "fields": "id"}"#, "Task")
        #expect(ordered != "id")
        #expect(without.order.isEmpty)
    }

    @Test func `A default scope's fields win, and an asked order has to be among them`() throws {
        // Memo's default scope has fields.
        let schema = try Conformance.schema.get()
        let memo = schema[try schema.id(of: "Memo")]
        let fields = try #require(Conformance.scoped.get().scopes(of: memo.id).byDefault?.fields)
        let other = try #require(memo.properties.first { !fields.contains($0.id) && !$0.isHidden })
        let error = try Conformance.error(
            #"{"distinct": true, "fields": ["\#(other.name)"], "order": "\#(other.name)"}"#, "Memo")
        #expect(error?.code == .invalidFilter)
    }

    @Test func `Near orders only where every row has to meet it`() throws {
        let near = #"{"loc": {"near": "0,0"}}"#
        for ordered in [near, #"{"and": [\#(near)]}"#, #"{"and": [{"and": [{"id": 1}, \#(near)]}]}"#] {
            #expect(try Conformance.resolved(#"{"where": \#(ordered)}"#, "Sample").order.count == 1, "\(ordered)")
        }
        for unordered in [
            #"{"or": [\#(near)]}"#, #"{"or": [\#(near), {"id": 1}]}"#, #"{"not": \#(near)}"#, #"{"nor": [\#(near)]}"#,
            #"{"and": [{"or": [\#(near)]}]}"#, #"{"loc": {"not": {"near": "0,0"}}}"#,
        ] {
            #expect(try Conformance.resolved(#"{"where": \#(unordered)}"#, "Sample").order.isEmpty, "\(unordered)")
        }
    }

    @Test(arguments: [
        #"{"doc.a": {"gt": [1]}}"#, #"{"doc.a": {"lte": {"b": 1}}}"#, #"{"doc.a": {"between": [[1], [2]]}}"#,
        #"{"doc.a": {"between": [1, {"b": 1}]}}"#, #"{"doc.a": {"between": [null, []]}}"#,
    ])
    func `D26: lists and objects at a path have no order`(condition: String) throws {
        let error = try Conformance.error(#"{"where": \#(condition)}"#, "Sample")
        #expect(error?.code == .invalidValue)
        #expect(error?.property == "doc")
    }
}
