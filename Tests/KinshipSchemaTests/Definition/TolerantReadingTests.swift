// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

/// What people write that isn't quite right is read with a warning.
@Suite struct TolerantReadingTests {
    private func read(_ json: String) throws -> ModelDefinition {
        try ModelDefinition(json: Array(json.utf8), file: "m.json")
    }

    @Test(arguments: [
        (#""id": {"type": "number", "id": "true"}"#, "properties.id.id"),
        (#""id": {"type": "number", "id": "1"}"#, "properties.id.id"),
        (#""x": {"type": null}"#, "properties.x.type"), (#""x": {"required": true}"#, "properties.x.type"),
        (#""x": {"type": "string", "length": 4294967295}"#, "properties.x.length"),
        (#""x": {"type": "string", "length": "MAX"}"#, "properties.x.length"),
        (#""x": {"type": "string", "length": "64"}"#, "properties.x.length"),
        (#""x": {"type": "number", "postgresql": {"dataPrecision": "12"}}"#, "properties.x.postgresql.dataPrecision"),
        (#""x": {"type": "string", "required": "true"}"#, "properties.x.required"),
        (#""x": {"type": "string", "required": 1}"#, "properties.x.required"),
        (#""x": {"type": "string", "index": "true"}"#, "properties.x.index"),
        (#""x": {"type": "date", "defaultFn": "$now"}"#, "properties.x.defaultFn"),
        (#""x": {"type": "date", "defaultFn": "Date.now()"}"#, "properties.x.defaultFn"),
        (#""x": {"type": "string", "columnName": "y"}"#, "properties.x.columnName"),
        (#""x": {"type": "string", "dataType": "text"}"#, "properties.x.dataType"),
    ])
    func properties(property: String, path: String) throws {
        let definition = try read(#"{"name": "A", "properties": {\#(property)}}"#)
        #expect(definition.warnings.map(\.path) == [path])
        #expect(definition.warnings.allSatisfy { $0.model == "A" && $0.file == "m.json" })
        _ = try Schema(uncheckedScopes: [definition])
    }

    @Test func valuesAreWhatIsMeant() throws {
        let definition = try read(
            #"""
            {"name": "A", "strict": "true", "indexes": {"a": "x", "b": "x, y", "c": ["x", "y"], "d": {"keys": ["y"]}, "e": null, "f": true},
             "properties": {
               "id": {"type": "string", "id": "true", "generated": "false", "required": "true", "length": "64"},
               "x": {"type": "date", "defaultFn": "$now", "index": "false"}, "y": {"type": "string", "length": 4294967295},
               "settings": {"apns": {"production": "boolean"}, "gcm": "object"}, "deep": {"type": {"street": "string"}}, "z": {"type": null}}}
            """#)
        func property(_ name: String) throws -> PropertyDefinition {
            try #require(definition.properties.first { $0.name == name })
        }
        #expect(definition.strict == .refuse)
        #expect(definition.indexes.map { $0.columns.map(\.name) } == [["x"], ["x", "y"], ["x", "y"], ["y"]])
        let (id, x) = (try property("id"), try property("x"))
        #expect(id.keyPosition == 1 && id.isRequired && id.length == 64)
        #expect(x.defaultFunction == "now" && !x.isIndexed)
        #expect(try property("y").length == nil)
        // LoopBack's own application.json: an object without a type is a nested record.
        #expect(try property("settings").kind == .object)
        #expect(try property("deep").kind == .object)
        #expect(try property("z").kind == .any)
    }

    @Test(arguments: [
        (#""relations": []"#, "relations"), (#""scopes": []"#, "scopes"),
        (#""table": "as""#, "table"), (#""options": {"schemaName": "s"}"#, "options.schemaName"),
        (#""postgresql": {"schemaName": "s"}"#, "postgresql.schemaName"), (#""http": "as""#, "http"),
        (#""scope": "{\"where\": {\"id\": 1}}""#, "scope"), (#""hidden": ["secret"]"#, "hidden"),
        (#""protected": ["secret"]"#, "protected"),
        (#""relations": {"b": {"type": "embedsOne", "model": "A", "through": "B"}}"#, "relations.b.through"),
        (#""relations": {"b": {"type": "hasMany", "model": "A", "scope": "{\"limit\": 3}"}}"#, "relations.b.scope"),
        (#""relations": {"b": {"type": "hasMany", "model": "A", "scope": "active"}}"#, "relations.b.scope"),
        (#""relations": {"b": {"type": "hasMany", "model": "A", "where": {"id": 1}}}"#, "relations.b.where"),
        (#""relations": {"b": {"type": "hasMany", "model": "A", "nestRemoting": true}}"#, "relations.b.nestRemoting"),
    ])
    func models(member: String, path: String) throws {
        let schema = try Schema(uncheckedScopes: [read(#"{"name": "A", \#(member)}"#)])
        #expect(schema.warnings.map(\.path) == [path])
    }

    @Test func nullIsNothingAnywhere() throws {
        let keys = [
            "base", "plural", "http", "relations", "scopes", "scope", "hidden", "protected", "idInjection", "forceId",
            "strict",
            "indexes", "foreignKeys", "postgresql", "options", "mixins", "acls", "validateUpsert",
            "excludeBaseProperties",
        ]
        let members = keys.map { "\"\($0)\": null" }.joined(separator: ", ")
        let property = [
            "id", "generated", "required", "default", "defaultFn", "index", "unique", "length", "hidden", "postgresql",
        ]
        .map { "\"\($0)\": null" }.joined(separator: ", ")
        let relation = [
            "foreignKey", "primaryKey", "through", "polymorphic", "scope", "properties", "options", "property",
        ]
        .map { "\"\($0)\": null" }.joined(separator: ", ")
        let full = try read(
            #"{"name": "A", "properties": {"x": {"type": "string", \#(property)}}, \#(members)}"#)
        let related = try read(#"{"name": "B", "relations": {"as": {"type": "hasMany", "model": "A", \#(relation)}}}"#)
        let schema = try Schema(uncheckedScopes: [full, related])
        #expect(schema.warnings.isEmpty)
    }

    @Test func columnsStandForTheirProperties() throws {
        let schema = try Schema(uncheckedScopes: [
            try read(
                #"{"name": "Customer", "relations": {"orders": {"type": "hasMany", "model": "Order", "foreignKey": "customer_id"}, "tags": {"type": "hasMany", "model": "Tag", "through": "Tagging", "foreignKey": "customer_id", "keyThrough": "tag_id"}}}"#
            ),
            try read(
                #"{"name": "Order", "properties": {"customerId": {"type": "number", "postgresql": {"columnName": "customer_id"}}, "ownerId": "number", "ownerType": "string"}, "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customer_id"}, "buyer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerid"}, "owner": {"type": "belongsTo", "polymorphic": {"foreignKey": "ownerid", "discriminator": "ownertype"}}}}"#
            ),
            try read(#"{"name": "Tag"}"#),
            try read(
                #"{"name": "Tagging", "properties": {"c": {"type": "number", "postgresql": {"columnName": "customer_id"}}, "t": {"type": "number", "postgresql": {"columnName": "tag_id"}}}}"#
            ),
        ])
        // A column that nothing has is a property of its own.
        #expect(
            schema.model("Order")?.properties.map(\.name) == ["id", "customerId", "ownerId", "ownerType", "customerid"])
        #expect(schema.model("Tagging")?.properties.map(\.name) == ["id", "c", "t"])
    }
}
