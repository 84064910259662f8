// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Counts and aggregates of all that is found are one statement, and are checked as those of a relation.
@Suite struct NumbersPlanTests {
    private func planned(
        _ functions: JSONValue, count: Bool, where condition: JSONValue? = nil, _ model: String = "Order"
    ) throws -> Plan {
        let schema = try ShopSchema.make()
        let id = try schema.id(of: model)
        let shape = try condition.map { try schema.where($0, for: id).parameterized().shape } ?? .always
        return try Planner(schema: schema).numbersPlan(
            try schema.summary(functions, count: count, for: id), of: shape, for: id)
    }

    @Test func `One statement has a column for each number`() throws {
        let plan = try planned(["sum": "total", "max": ["total", "id"]], count: true)
        #expect(
            plan.fetches.map(\.text)
                == [#"SELECT count(*), sum(t."total"), max(t."total"), max(t."id") FROM "public"."orders" AS t"#])
        #expect(plan.fetches[0].columns.map(\.output) == ["count", "sum", "max", "max"])
        #expect(plan.fetches[0].access == .root && plan.nodes.isEmpty && plan.waves.count == 1)
    }

    @Test func `Without the count the server is free to look into an index`() throws {
        let plan = try planned(["min": "total"], count: false, where: ["total": ["gt": 5]])
        #expect(
            plan.fetches.map(\.text) == [#"SELECT min(t."total") FROM "public"."orders" AS t WHERE t."total" > $1"#])
    }

    @Test func `A count is a plan of numbers`() throws {
        let schema = try ShopSchema.make()
        let id = try schema.id(of: "Order")
        #expect(try Planner(schema: schema).countPlan(.always, for: id) == planned([:], count: true))
        #expect(try planned(.null, count: true) == planned([:], count: true))
    }

    @Test func `They are explained`() throws {
        let tree = try planned(["sum": "total"], count: true).explained(in: ShopSchema.make())
        #expect(tree.children.map(\.title) == ["numbers about Order"])
        #expect(tree.text().contains(#"SELECT count(*), sum(t."total") FROM "public"."orders" AS t"#))
    }

    @Test(
        arguments: [
            (["sum": "nope"], PlannerError.Code.unknownProperty, "aggregate.sum"),
            (["max": "password"], .prohibitedProperty, "aggregate.max"),
            (["sum": "name"], .invalidFilter, "aggregate.sum"),
            (["median": "id"], .invalidFilter, "aggregate.median"),
            (["count": "id"], .invalidFilter, "aggregate.count"),
            (["sum": 5], .invalidFilter, "aggregate.sum"),
            (["sum": ["id", ["id"]]], .invalidFilter, "aggregate.sum"),
            ("sum", .invalidFilter, "aggregate"),
            ([:], .invalidFilter, "aggregate"),
        ] as [(JSONValue, PlannerError.Code, String)])
    func `What makes no sense is told with its place`(
        _ functions: JSONValue, _ code: PlannerError.Code, _ path: String
    ) throws {
        let error = #expect(throws: PlannerError.self) { try planned(functions, count: false, "Customer") }
        #expect(error?.code == code, "\(functions)")
        #expect(error?.path == path, "\(functions)")
    }

    @Test func `A property that is asked for twice is one column`() throws {
        let plan = try planned(["sum": ["total", "total"]], count: false)
        #expect(plan.fetches[0].columns.count == 1)
    }

    @Test func `What is protected is asked about at the root alone`() throws {
        let owner = ModelDefinition(
            "Owner", properties: [.id(), .number("salary"), .number("pin")],
            relations: [.hasMany("pets", "Pet", foreignKey: "ownerId")], hidden: ["pin"], protected: ["salary"])
        let pet = ModelDefinition(
            "Pet", properties: [.id(), .number("ownerId")],
            relations: [.belongsTo("owner", "Owner", foreignKey: "ownerId")])
        let schema = try Schema(definitions: [owner, pet])
        let id = try schema.id(of: "Owner")
        #expect(try schema.summary(["sum": "salary"], count: false, for: id).aggregates.count == 1)
        let error = #expect(throws: PlannerError.self) {
            try schema.summary(["sum": "pin"], count: false, for: id)
        }
        #expect(error?.code == .prohibitedProperty)
    }
}
