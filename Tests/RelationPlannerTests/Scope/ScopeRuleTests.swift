// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct ScopeRuleTests {
    private func base(_ json: String) throws -> Filter { try Conformance.filter(json, "Order") }

    /// The table of mergeQuery: the caller's filter, the scope, the result.
    @Test(arguments: [
        (#"{"where": {"id": 1}}"#, #"{"where": {"total": 2}}"#, #"{"where": {"and": [{"id": 1}, {"total": 2}]}}"#),
        (#"{"where": {"id": 1}}"#, #"{"where": {"id": 2}}"#, #"{"where": {"and": [{"id": 1}, {"id": 2}]}}"#),
        (#"{"where": {}}"#, #"{"where": {"id": 2}}"#, #"{"where": {"id": 2}}"#),
        (#"{"order": "id"}"#, #"{"order": "total"}"#, #"{"order": "id"}"#),
        (#"{"order": []}"#, #"{"order": "total"}"#, #"{"order": "total"}"#),
        (#"{"limit": 5}"#, #"{"limit": 10}"#, #"{"limit": 10}"#),
        (#"{"limit": 5}"#, #"{"limit": 0}"#, #"{"limit": 0}"#),
        (#"{"limit": 5}"#, #"{"limit": null}"#, #"{"limit": 0}"#), (#"{"limit": 5}"#, "{}", #"{"limit": 5}"#),
        (#"{"skip": 5}"#, #"{"offset": 10}"#, #"{"skip": 10}"#),
        (#"{"fields": ["id"]}"#, #"{"fields": ["total"]}"#, #"{"fields": ["total"]}"#),
        (#"{"include": "items"}"#, #"{"include": "customer"}"#, #"{"include": ["customer", "items"]}"#),
        (
            #"{"include": "items"}"#, #"{"include": {"relation": "items", "scope": {"limit": 9}}}"#,
            #"{"include": {"relation": "items", "scope": {"limit": 9}}}"#
        ),
        (
            #"{"include": {"relation": "items", "scope": {"limit": 1, "where": {"qty": 1}, "include": "product"}}}"#,
            #"{"include": {"items": "order"}}"#, #"{"include": {"items": ["order", "product"]}}"#
        ),
    ])
    func k2MergeQuery(asked: String, scope: String, expected: String) throws {
        #expect(try base(asked).merging(scope: base(scope)) == base(expected))
    }

    @Test func d31ChainingHasNoSideEffects() throws {
        let schema = try Conformance.schema.get()
        let order = try schema.id(of: "Order")
        let open = try Conformance.scoped.get().scoped(Filter(), by: "open", of: order)
        let both = try Conformance.scoped.get().scoped(open, by: "big", of: order)
        #expect(both.order.count == 1)
        #expect(try Conformance.scoped.get().scoped(Filter(), by: "open", of: order) == open)
        #expect(throws: PlannerError.self) { try Conformance.scoped.get().scoped(Filter(), by: "nope", of: order) }
    }

    @Test func d32DefaultScopesCanBeLeftOut() throws {
        #expect(try Conformance.resolved("{}", "Task").order.count == 1)
        #expect(try Conformance.resolved("{}", "Task", unscoped: true) == Filter())
        let schema = try Conformance.schema.get()
        let task = try schema.id(of: "Task")
        #expect(
            try Conformance.scoped.get().resolved(.always, for: task)
                == Conformance.scoped.get().scopes(of: task).byDefault?.condition)
        #expect(try Conformance.scoped.get().resolved(.always, for: task, unscoped: true) == .always)
    }

    @Test func defaultScopesOfIncludedModelsApply() throws {
        let memo = try Conformance.resolved("{}", "Memo")
        #expect(memo.limit == .rows(4))
        #expect(memo.fields?.count == 3)
        let schema = try Conformance.schema.get()
        #expect(
            try memo.include.first?.scope.condition
                == Conformance.scoped.get().scopes(of: schema.id(of: "Project")).byDefault?.condition)
        // A default scope's limit has no meaning for a to-one relation.
        let tasks = try Conformance.resolved(#"{"include": {"tasks": "project"}}"#, "Project")
        #expect(tasks.include.first?.scope.order.count == 1)
    }

    @Test func relationScopesApplyUnderInclude() throws {
        let filter = try Conformance.resolved(
            #"{"include": [{"relation": "lastOrders", "scope": {"limit": 5, "where": {"total": 1}}}, {"relation": "bigOrders", "scope": {"order": "id"}}]}"#,
            "Customer")
        #expect(filter.include[0].scope.limit == .rows(2))
        #expect(filter.include[0].scope.order.count == 2)
        #expect(filter.include[1].scope.order.count == 1)
        #expect(filter.include[1].scope.condition != .always)
    }

    @Test func mistakesInScopesAreFoundAtLoad() throws {
        func problem(_ scope: JSONValue, relation: JSONValue? = nil) -> PlannerError? {
            var one = ModelDefinition("One", properties: [.id(), .string("name")], scope: scope)
            one.file = "one.json"
            one.relations = [.hasMany("twos", "Two", foreignKey: "oneId", scope: relation)]
            do throws(SchemaError) {
                _ = try Schema(definitions: [
                    one, ModelDefinition("Two", properties: [.id()], relations: [.belongsTo("one", "One")]),
                ])
                return nil
            } catch {
                return error.problems.first
            }
        }
        let unknown = problem(["where": ["nmae": 1]])
        #expect(unknown?.code == .invalidDefinition)
        #expect(unknown?.path == "scope.where.nmae")
        #expect(unknown?.file == "one.json")
        #expect(problem(["include": "nope"])?.path == "scope.include")
        #expect(problem(["page": true])?.path == "scope")
        #expect(problem([:], relation: ["order": "nope"])?.path == "relations.twos.scope.order")
        #expect(problem(["include": ["twos": "one"]])?.message.contains("comes back to itself") == true)
        #expect(
            problem(["where": ["twos": ["some": ["one": ["is": [:]]]]]])?.message.contains("comes back to itself")
                == true)
        #expect(problem([:], relation: ["include": ["one": "twos"]])?.message.contains("comes back") == true)
        #expect(problem(["include": "twos"]) == nil)
        // Of a column whose type nobody has said yet, LoopBack's INTEGER is only a guess.
        #expect(problem(["where": ["id": ["gt": 1.5]]]) == nil)
    }

    @Test func `A scope of links that comes back to its relation is found at load`() throws {
        func problem(_ linkScope: JSONValue) -> PlannerError? {
            var one = ModelDefinition("One", properties: [.id()])
            var twos = RelationDefinition.hasMany("twos", "Two", through: "Link")
            twos.throughScope = linkScope
            one.relations = [twos]
            do throws(SchemaError) {
                _ = try Schema(definitions: [
                    one, ModelDefinition("Two", properties: [.id()]),
                    ModelDefinition(
                        "Link", properties: [.id()], relations: [.belongsTo("one", "One"), .belongsTo("two", "Two")]),
                ])
                return nil
            } catch {
                return error.problems.first
            }
        }
        let circle = problem(["where": ["one": ["is": ["twos": ["some": [:]]]]]])
        #expect(circle?.code == .invalidDefinition)
        #expect(circle?.message.contains("comes back to the relation itself") == true)
        #expect(problem(["where": ["one": ["is": ["id": 1]]]]) == nil)
    }
}
