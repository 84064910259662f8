// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Definitions as the planner takes them: the models of the conformance corpus, and what scopes come to.
@Suite struct ScopedDefinitionTests {
    private func definition(_ json: String) throws -> ModelDefinition {
        try ModelDefinition(json: Array(json.utf8), file: "m.json")
    }

    @Test func k1EveryConformanceModelLoads() throws {
        let schema = try Conformance.schema.get()
        // 22 files and the link model of the many-to-many relation.
        #expect(schema.models.count == 23)
        #expect(schema.warnings.isEmpty)
        let customer = try #require(schema.model("Customer"))
        #expect(customer.table == "customer")
        #expect(customer.properties.suffix(2).map(\.name) == ["favoriteIds", "addressList"])
        #expect(customer.property("favoriteIds")?.column == "favoriteids")
        #expect(customer.property("addressList")?.column == "address_list")
        #expect(customer.property("addressList")?.columnType == .jsonb)
        #expect(customer.property("balance")?.columnType.name == "numeric(12,2)")
        #expect(customer.property("password")?.isHidden == true)
        #expect(customer.property("id")?.isNullable == false)
        #expect(schema.model("Category")?.plural == "Categories")
    }

    @Test func relationsOfTheConformanceModels() throws {
        let schema = try Conformance.schema.get()
        func keys(_ model: String, _ relation: String) throws -> String {
            let model = try #require(schema.model(model))
            let relation = try #require(model.relation(relation))
            let target = relation.target.map { schema[$0] }
            var text = "\(relation.kind) " + relation.sourceKey.map { model.properties[$0].name }.joined()
            if let target {
                text += " > \(target.name)." + relation.targetKey.map { target.properties[$0].name }.joined()
            }
            if let through = relation.through {
                let link = schema[through.model]
                text +=
                    " by \(link.name)."
                    + (through.sourceKey + through.targetKey).map { link.properties[$0].name }.joined(separator: ",")
            }
            if let polymorphic = relation.polymorphic {
                let owner = relation.kind == .belongsTo ? model : relation.through.map { schema[$0.model] } ?? target
                text +=
                    " if \(owner?.properties[polymorphic.discriminator].name ?? "") = \(polymorphic.typeName ?? "?")"
            }
            if let embedded = relation.embedded { text += " in \(model.properties[embedded].name)" }
            return text
        }
        #expect(try keys("Customer", "orders") == "hasMany id > Order.customerId")
        #expect(try keys("Customer", "profile") == "hasOne id > Profile.customerId")
        #expect(try keys("Order", "customer") == "belongsTo customerId > Customer.id")
        #expect(try keys("Customer", "country") == "belongsTo countryCode > Country.code")
        #expect(
            try keys("Physician", "patients") == "hasManyThrough id > Patient.id by Appointment.physicianId,patientId")
        #expect(try keys("Customer", "following") == "hasManyThrough id > Customer.id by Follow.followerId,followeeId")
        #expect(
            try keys("Category", "products")
                == "hasAndBelongsToMany id > Product.id by ProductCategory.categoryId,productId")
        #expect(
            try keys("Product", "categories")
                == "hasAndBelongsToMany id > Category.id by ProductCategory.productId,categoryId")
        #expect(
            try keys("Product", "tags")
                == "hasManyThrough id > Tag.id by Tagging.taggableId,tagId if taggableType = Product")
        #expect(
            try keys("Tag", "products")
                == "hasManyThrough id > Product.id by Tagging.tagId,taggableId if taggableType = Product")
        #expect(try keys("Customer", "pictures") == "hasMany id > Picture.imageableId if imageableType = Customer")
        #expect(try keys("Picture", "imageable") == "belongsTo imageableId if imageableType = ?")
        #expect(try keys("Customer", "favorites") == "referencesMany favoriteIds > Product.id")
        #expect(try keys("Customer", "billing") == "embedsOne  > Billing. in billingInfo")
        let imageable = try #require(schema.model("Picture")?.relation("imageable"))
        #expect(schema.target(of: imageable, type: "product") == schema.model("Product")?.id)
        #expect(schema.target(of: imageable, type: "Spaceship") == nil)
    }

    @Test func inheritance() throws {
        let schema = try Schema(definitions: [
            definition(
                #"{"name": "Sub", "base": "Base", "properties": {"b": "number"}, "hidden": ["b"], "scopes": {"y": {"limit": 2}}, "relations": {"own": {"type": "belongsTo", "model": "Base"}}, "excludeBaseProperties": ["c"]}"#
            ),
            definition(
                #"{"name": "Base", "properties": {"a": "string", "b": "string", "c": "string"}, "hidden": ["a"], "scope": {"where": {"a": "x"}}, "scopes": {"x": {"limit": 1}}, "relations": {"parent": {"type": "belongsTo", "model": "Base"}}}"#
            ),
        ])
        let sub = try #require(schema.model("Sub"))
        #expect(sub.properties.map(\.name) == ["id", "a", "b", "parentId", "ownId"])
        #expect(sub.property("b")?.kind == .number)
        #expect(sub.properties.filter(\.isHidden).map(\.name) == ["a", "b"])
        let scopes = try ScopedSchema(schema).scopes(of: sub.id)
        #expect(scopes.named.map(\.name) == ["x", "y"])
        #expect(scopes.byDefault != nil)
        #expect(sub.relations.map(\.name) == ["parent", "own"])
        #expect(sub.table == "sub")
    }

    @Test func d12LinksHaveAFormOfTheirOwn() throws {
        let schema = try Schema(definitions: [
            definition(
                #"{"name": "A", "relations": {"bs": {"type": "hasMany", "model": "B", "through": {"model": "L", "scope": {"where": {"kind": "x"}}, "properties": {"id": "kind"}}, "scope": {"where": {"id": 1}}}}}"#
            ),
            definition(#"{"name": "B"}"#),
            definition(
                #"{"name": "L", "properties": {"kind": "string"}, "relations": {"left": {"type": "belongsTo", "model": "A", "foreignKey": "x"}, "right": {"type": "belongsTo", "model": "B", "foreignKey": "y"}}}"#
            ),
        ])
        let relation = try #require(schema.model("A")?.relation("bs"))
        let link = try #require(schema.model("L"))
        #expect(relation.through?.sourceKey == [try #require(link.property("x")).id])
        #expect(relation.through?.targetKey == [try #require(link.property("y")).id])
        let scopes = try ScopedSchema(schema).scopes(of: relation)
        #expect(scopes.links?.condition != .always)
        let filter = try ScopedSchema(schema).resolved(try schema.filter(#"{"include": "bs"}"#, for: "A"), for: 0)
        #expect(filter.include.first?.link?.condition == scopes.links?.condition)
        #expect(filter.include.first?.scope.condition == scopes.targets?.condition)
    }
}
