// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

@Suite struct DefinitionTests {
    private func definition(_ json: String) throws -> ModelDefinition {
        try ModelDefinition(json: Array(json.utf8), file: "m.json")
    }

    private func problems(_ json: String...) -> [PlannerError] {
        do throws(SchemaError) {
            var definitions: [ModelDefinition] = []
            for text in json { definitions.append(try ModelDefinition(json: Array(text.utf8), file: "m.json")) }
            _ = try Schema(uncheckedScopes: definitions)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func keysThatNobodyListsAreImplied() throws {
        let schema = try Schema(uncheckedScopes: [
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
        let schema = try Schema(uncheckedScopes: [
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

    @Test(arguments: [
        ("Category", "Categories"), ("Person", "People"), ("Address", "Addresses"), ("Box", "Boxes"), ("Key", "Keys"),
        ("Status", "Statuses"), ("Order", "Orders"), ("News", "News"), ("Child", "Children"), ("Analysis", "Analyses"),
    ])
    func plurals(one: String, many: String) {
        #expect(Inflection.plural(one) == many)
        #expect(Inflection.singular(many) == one)
    }
}
