// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// Models described in Swift are the models that files describe.
@Suite struct TypedDefinitionTests {
    @Test func `The schema of the shop's structs is that of its files`() async throws {
        let (typed, files) = (try await TypedShop.opened.value.schema, try await TypedShop.openedWithFiles.value.schema)
        #expect(Set(typed.models.map(\.name)) == Set(files.models.map(\.name)))
        for model in files.models {
            let own = try #require(typed.model(model.name))
            #expect((own.table, own.tableSchema, own.plural) == (model.table, model.tableSchema, model.plural))
            #expect(own.properties.map(\.name) == model.properties.map(\.name))
            #expect(own.properties.map(\.column) == model.properties.map(\.column))
            #expect(own.properties.map(\.columnType) == model.properties.map(\.columnType))
            #expect(own.properties.map(\.kind) == model.properties.map(\.kind))
            #expect(own.primaryKey == model.primaryKey)
            #expect(own.relations.map(\.name) == model.relations.map(\.name))
            for (one, other) in zip(own.relations, model.relations) {
                #expect(one.kind == other.kind && one.sourceKey == other.sourceKey && one.targetKey == other.targetKey)
                #expect(
                    try one.target.map { try typed.model($0).name } == other.target.map { try files.model($0).name })
            }
            #expect(own.definition.scopes.map(\.key) == model.definition.scopes.map(\.key))
        }
        #expect(typed.warnings.isEmpty)
    }

    @Test func `What differs between code, files and database is listed`() async throws {
        let database = try await TypedShop.opened.value
        let files = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        let opened = try await TypedShop.openedWithFiles.value.schema
        #expect(database.schema.differences(from: opened) == [])
        let code = try Schema(models: [
            Customer.self, Order.self, Item.self, Product.self, Category.self, Profile.self, Review.self,
        ])
        // Files don't say which properties are required; Swift's types do.
        #expect(code.differences(from: files).allSatisfy { $0.aspect == "nullable" })
        #expect(code.differences(from: database.schema) == [])
    }

    @Test func `A definition made of a struct is written as a file and read back`() throws {
        for definition in [
            Customer.definition.modelDefinition, Order.definition.modelDefinition, Item.definition.modelDefinition,
        ] {
            var read = try ModelDefinition(definition.json)
            #expect(read.warnings.isEmpty)
            read.warnings = []
            #expect(read == definition)
        }
    }

    @Test func `Named scopes mean what they mean in files`() async throws {
        let (typed, files) = (try await TypedShop.opened.value, try await TypedShop.openedWithFiles.value)
        for (scope, limit) in [("large", 5), ("latest", nil)] as [(String, Int?)] {
            let own = try await typed.query(Order.self).scope(scope).limit(limit).graph()
            let other = try await files.find(
                "Order", scopes: [ScopeRequest(stringLiteral: scope)], filter: limit.map { ["limit": JSONValue($0)] })
            #expect(try own.json() == other.json())
        }
        // Of limits the least holds, where JSON has the scope's (K2).
        let latest = try await typed.query(Order.self).scope("latest").all()
        #expect(try await typed.query(Order.self).scope("latest").limit(5).all() == Array(latest.prefix(5)))
        let error = await #expect(throws: PlannerError.self) { try await typed.query(Order.self).scope("nope").all() }
        #expect(error?.code == .unknownScope)
    }

    @Test func `A property that isn't defined is an error, not another one`() async throws {
        struct Half: TypedModel {
            var id: Int
            var name: String
            var other = Many<Order>("other")
            static let definition = TypedDefinition<Half>("Customer", isPartial: true) { $0.id("id", \.id) }
            init(row: inout RecordReader) throws {
                id = try row("id")
                name = ""
            }
        }
        let database = try await TypedShop.opened.value
        var error = await #expect(throws: PlannerError.self) {
            try await database.query(Half.self).where { $0.name == "x" }.all()
        }
        #expect(error?.code == .unknownProperty)
        error = await #expect(throws: PlannerError.self) { try await database.query(Half.self).include(\.other).all() }
        #expect(error?.code == .unknownRelation)
        let query = database.query(Half.self).limit(2)
        #expect(try query.filter == ["limit": 2, "fields": ["id"]])
        #expect(try await query.all().count == 2)
    }
}
