// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// A schema has scopes as they are written; what they mean, and whether they mean anything, is the scoped schema's to say.
@Suite struct ScopedSchemaTests {
    private func definitions(scope: JSONValue, orderScope: JSONValue = ["limit": 2]) -> [ModelDefinition] {
        [
            ModelDefinition(
                "Customer", properties: [.id(), .string("name")],
                relations: [.hasMany("orders", "Order", foreignKey: "customerId", scope: orderScope)], scope: scope),
            ModelDefinition("Order", properties: [.id(), .number("customerId"), .number("total")]),
        ]
    }

    @Test func `Every door that checks refuses wrong scopes, all at once`() throws {
        let wrong = definitions(scope: ["where": ["nope": 1]], orderScope: ["order": "nada"])
        let unchecked = try Schema(uncheckedScopes: wrong)
        #expect(unchecked.models.count == 2)
        let doors: [() throws -> Any] = [
            { try Schema(definitions: wrong) }, { try ScopedSchema(definitions: wrong) },
            { try ScopedSchema(unchecked) }, { try unchecked.applying(Catalog(), missingTables: .warning) },
        ]
        for door in doors {
            let error = #expect(throws: SchemaError.self) { _ = try door() }
            #expect(error?.problems.map(\.path) == ["scope.where.nope", "relations.orders.scope.order"])
            #expect(error?.problems.allSatisfy { $0.code == .invalidDefinition } == true)
        }
    }

    @Test func `Scopes are where the models' ids say`() throws {
        let scoped = try ScopedSchema(definitions: definitions(scope: ["where": ["name": "x"]]))
        let customer = try #require(scoped.schema.model("Customer"))
        let orders = try #require(customer.relation("orders"))
        #expect(try scoped.scopes(of: customer.id).byDefault?.condition != .always)
        #expect(try scoped.scopes(of: orders).targets?.limit == .rows(2))
        #expect(try scoped.scopes(of: scoped.schema.id(of: "Order")).byDefault == nil)
    }

    @Test func `What a wrong scope is part of is left out leniently, and its place with it`() throws {
        var wrong = definitions(scope: ["limit": 5], orderScope: ["order": "nada"])
        wrong[1].scopes = [.init("odd", ["where": ["nope": 1]]), .init("even", ["limit": 4])]
        let scoped = try ScopedSchema(definitions: wrong, leniency: .lenient)
        let customer = try #require(scoped.schema.model("Customer"))
        #expect(customer.relations.isEmpty)
        #expect(try scoped.scopes(of: customer.id).byDefault?.limit == .rows(5))
        #expect(try scoped.scopes(of: scoped.schema.id(of: "Order")).named.map(\.name) == ["even"])
        // The schema that is left is one without mistakes.
        #expect(try ScopedSchema(scoped.schema).schema.warnings == scoped.schema.warnings)
    }
}
