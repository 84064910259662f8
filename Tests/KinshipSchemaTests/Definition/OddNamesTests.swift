// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

/// What public applications write that LoopBack reads in a way of its own.
@Suite struct OddNamesTests {
    private func schema(_ json: String) throws -> Schema {
        try Schema(uncheckedScopes: [ModelDefinition(json: Array(json.utf8), file: "models/a.json")])
    }

    @Test func aRelationIsCalledByItsKey() throws {
        let schema = try schema(
            #"{"name": "A", "relations": {"extras": {"type": "hasMany", "model": "A", "foreignKey": "aId", "as": "others"}}}"#
        )
        #expect(schema.model("A")?.relations.map(\.name) == ["extras"])
        #expect(schema.warnings.contains { $0.path == "relations.extras.as" })
    }

    @Test(arguments: ["serial", "yes", "PRIMARY"])
    func whateverIsNotFalseIsAKey(text: String) throws {
        let schema = try schema(#"{"name": "A", "properties": {"code": {"type": "number", "id": "\#(text)"}}}"#)
        let model = try #require(schema.model("A"))
        #expect(model.primaryKey.map { model.properties[$0].name } == ["code"])
        #expect(schema.warnings.contains { $0.path == "properties.code.id" && $0.message.contains("read as true") })
    }

    @Test(arguments: ["[{\"name\": 1}]", "[5]", "[[\"name\"], \"name\"]"])
    func anIndexThatNamesNoColumnsIsIgnored(json: String) throws {
        let schema = try schema(
            #"{"name": "A", "properties": {"name": "string"}, "indexes": {"fulltext": \#(json)}}"#)
        #expect(schema.warnings.contains { $0.path == "indexes.fulltext" && $0.message.contains("ignored") })
    }
}
