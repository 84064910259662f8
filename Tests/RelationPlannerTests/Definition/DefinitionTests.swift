// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct DefinitionTests {
    private func definition(_ json: String) throws -> ModelDefinition {
        try ModelDefinition(json: Array(json.utf8), file: "m.json")
    }

    private func problems(_ json: String...) -> [PlannerError] {
        do throws(SchemaError) {
            var definitions: [ModelDefinition] = []
            for text in json { definitions.append(try ModelDefinition(json: Array(text.utf8), file: "m.json")) }
            _ = try Schema(definitions: definitions)
            return []
        } catch {
            return error.problems
        }
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

    @Test func keysThatNobodyListsAreImplied() throws {
        let schema = try Schema(definitions: [
            definition(
                #"{"name": "Author", "properties": {"id": {"type": "string", "id": true, "postgresql": {"dataType": "uuid"}}}, "relations": {"books": {"type": "HASMANY"}}}"#
            ),
            definition(
                #"{"name": "Book", "properties": {"title": "string"}, "relations": {"author": {"type": "belongsTo", "model": "author"}, "image": {"type": "belongsTo", "polymorphic": {"idType": "string"}}}}"#
            ),
        ])
        let book = try #require(schema.model("Book"))
        #expect(book.properties.map(\.name) == ["id", "title", "authorId", "imageId", "imageType"])
        #expect(book.property("authorId")?.columnType == .uuid)
        #expect(book.property("authorId")?.column == "authorid")
        #expect(book.property("authorId")?.isImplied == true)
        #expect(book.property("imageId")?.columnType == .text)
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

    @Test func bothFormsMeanTheSame() throws {
        let json = try definition(
            #"{"name": "Order", "options": {"postgresql": {"table": "orders"}}, "properties": {"id": {"type": "number", "id": true, "generated": true}, "total": {"type": "number", "postgresql": {"dataType": "numeric(12,2)"}}}, "relations": {"items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}}}"#
        )
        var code = ModelDefinition(
            "Order", table: "orders", properties: [.id(), .number("total", dataType: "numeric(12,2)")],
            relations: [.hasMany("items", "Item", foreignKey: "orderId")])
        code.file = "m.json"
        #expect(json == code)
    }

    @Test func allProblemsAreReportedAtOnce() {
        let found = problems(
            #"{"name": "A", "hidden": ["nme"], "properties": {"name": "string", "bs": "string"}, "relations": {"bs": {"type": "hasMany", "model": "Bee"}, "c": {"type": "belongsTo", "model": "C"}, "d": {"type": "hasMany", "model": "B", "through": "D"}}}"#,
            #"{"name": "B", "properties": {"id": {"type": "number", "id": 1}, "key": {"type": "string", "id": 2}}, "relations": {"a": {"type": "belongsTo", "model": "A", "primaryKey": "nope"}, "many": {"type": "hasMany", "model": "A"}}}"#,
            #"{"name": "A"}"#,
            // What such a model inherits can't be judged.
            #"{"name": "Z", "base": "Nope", "hidden": ["inherited"], "relations": {"as": {"type": "hasMany", "model": "A", "primaryKey": "inherited"}}, "scope": {"where": {"inherited": 1}}}"#
        )
        #expect(found.count == 8)
        #expect(found.allSatisfy { $0.code == .invalidDefinition && $0.file == "m.json" })
        #expect(
            Set(found.compactMap(\.path)) == [
                "base", "hidden", "name", "relations.bs.model", "relations.c.model", "relations.d.through",
                "relations.a.primaryKey", "relations.many",
            ])
    }

    @Test(arguments: [
        ("5", ""), ("{}", "name"), (#"{"name": "A", "properties": []}"#, "properties"),
        (#"{"name": "A", "properties": {"x": {}}}"#, "properties.x.type"),
        (#"{"name": "A", "properties": {"x": {"type": 5}}}"#, "properties.x.type"),
        (#"{"name": "A", "properties": {"x": {"type": "string", "id": ["yes"]}}}"#, "properties.x.id"),
        (#"{"name": "A", "relations": {"x": {}}}"#, "relations.x.type"),
        (#"{"name": "A", "relations": {"x": {"type": "hasSome"}}}"#, "relations.x.type"),
        (#"{"name": "A", "relations": {"trigger": {"type": "belongsTo", "model": "A"}}}"#, "relations.trigger"),
        (
            #"{"name": "A", "relations": {"x": {"type": "belongsTo", "model": "A", "foriegnKey": "y"}}}"#,
            "relations.x.foriegnKey"
        ),
        (#"{"name": "A", "strict": 5}"#, "strict"), (#"{"name": "A", "scopes": {"x": 5}}"#, "scopes.x"),
        (#"{"name": "A", "scope": []}"#, "scope"),
        (#"{"name": "A", "properties": {"x": {"type": "string", "defaultFn": "nope"}}}"#, "properties.x.defaultFn"),
        (#"{"name": "A", "options": {"postgresql": {"table": 5}}}"#, "options.postgresql.table"),
        (#"{"name": "A", "indexes": {"i": {"keys": {}}}}"#, "indexes.i"),
        (#"{"name": "A", "foreignKeys": {"f": {"foreignKey": "x"}}}"#, "foreignKeys.f.entity"),
        (#"{"name": "A", "hidden": 5}"#, "hidden"),
    ])
    func mistakesNameTheirPlace(json: String, path: String) {
        let error = problems(json).first
        #expect(error?.code == .invalidDefinition)
        #expect(error?.path ?? "" == path)
    }

    @Test(arguments: [
        (#"{"type": "belongsTo"}"#, "BELONGS_TO_MISSING_MODEL"),
        (#"{"type": "belongsTo", "model": "A", "polymorphic": true}"#, "POLYMORPHIC_BELONGS_TO_MODEL"),
        (#"{"type": "hasMany", "polymorphic": "x"}"#, "POLYMORPHIC_NOT_BELONGS_TO_MISSING_MODEL"),
        (#"{"type": "belongsTo", "polymorphic": {"foreignKey": "x"}}"#, "POLYMORPHIC_MISSING_DISCRIMINATOR"),
        (#"{"type": "belongsTo", "polymorphic": {"discriminator": "x"}}"#, "POLYMORPHIC_MISSING_FOREIGN_KEY"),
        (
            #"{"type": "belongsTo", "polymorphic": {"foreignKey": "x", "discriminator": "y", "as": "z"}}"#,
            "POLYMORPHIC_EXTRANEOUS_AS"
        ),
        (
            #"{"type": "belongsTo", "polymorphic": {"foreignKey": "x", "discriminator": "y", "selector": "z"}}"#,
            "POLYMORPHIC_EXTRANEOUS_SELECTOR"
        ),
    ])
    func relationCodes(relation: String, code: String) {
        let found = problems(#"{"name": "A", "relations": {"owner": \#(relation)}}"#)
        #expect(found.contains { $0.message.hasPrefix(code) && $0.relation == "owner" })
    }

    @Test func oddThingsAreWarnings() throws {
        let definition = try definition(
            #"{"name": "A", "relatoins": {}, "mixins": {"TimeStamp": true}, "properties": {"x": {"type": "string", "requierd": true}}}"#
        )
        #expect(definition.warnings.map(\.path) == ["relatoins", "properties.x.requierd"])
        #expect(definition.warnings[0].message.contains("relations"))
    }

    @Test func b7CompositeKeys() throws {
        let schema = try Schema(definitions: [
            definition(
                #"{"name": "Line", "properties": {"no": {"type": "number", "id": 2}, "order": {"type": "number", "id": 1}}, "relations": {"parts": {"type": "hasMany", "model": "Part", "foreignKey": ["lineOrder", "lineNo"]}}}"#
            ),
            definition(
                #"{"name": "Part", "relations": {"line": {"type": "belongsTo", "model": "Line", "foreignKey": ["lineOrder", "lineNo"]}}}"#
            ),
        ])
        let line = try #require(schema.model("Line"))
        #expect(line.primaryKey.map { line.properties[$0].name } == ["order", "no"])
        #expect(schema.model("Part")?.properties.map(\.name) == ["id", "lineOrder", "lineNo"])
        #expect(line.relation("parts")?.sourceKey == line.primaryKey)
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

    @Test(arguments: [
        ("Category", "Categories"), ("Person", "People"), ("Address", "Addresses"), ("Box", "Boxes"), ("Key", "Keys"),
        ("Status", "Statuses"), ("Order", "Orders"), ("News", "News"), ("Child", "Children"), ("Analysis", "Analyses"),
    ])
    func plurals(one: String, many: String) {
        #expect(Inflection.plural(one) == many)
        #expect(Inflection.singular(many) == one)
    }
}
