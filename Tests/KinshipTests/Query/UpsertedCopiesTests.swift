// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Shop: TypedModel {
    var id: Int
    var name: String
    var wares = Many<Ware>("wares")

    static let definition = TypedDefinition<Shop>("Shop") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.toMany("wares", \.wares) {
            var wares = RelationDefinition.hasMany("wares", "Ware", foreignKey: "shopId")
            wares.properties = [.init(from: "name", to: "shopName")]
            wares.sync = true
            return wares
        }
    }
}

extension Shop {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), name: try row("name")) }
}

private struct Ware: TypedModel {
    var id: Int
    var sku: String
    var shopId: Int?
    var shopName: String?

    static let definition = TypedDefinition<Ware>("Ware") {
        $0.id("id", \.id)
        $0.property("sku", \.sku)
        $0.property("shopId", \.shopId)
        $0.property("shopName", \.shopName)
    }
}

extension Ware {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), sku: try row("sku"), shopId: try row("shopId"), shopName: try row("shopName"))
    }
}

/// Upserts of many keep copies right, of those that hold them and of those that they are of.
@Suite struct UpsertedCopiesTests {
    @Test func `Copies are right`() async throws {
        let test = try await TestDatabase.named("upserted_copies")
        _ = try await test.run(
            """
            CREATE TABLE shop (id bigint PRIMARY KEY, name text);
            CREATE TABLE ware (id bigserial PRIMARY KEY, sku text UNIQUE, shopid bigint REFERENCES shop, shopname text);
            INSERT INTO shop VALUES (1, 'one'), (2, 'two');
            """)
        let database = try await Database.open(
            schema: try Schema(models: [Shop.self, Ware.self]), connection: ConnectionConfiguration(url: test.url))
        let made = try await database.upsertAll(
            [Ware(id: 0, sku: "a", shopId: 1), Ware(id: 0, sku: "b", shopId: 2)], on: \.sku)
        #expect(made.map(\.shopName) == ["one", "two"])
        let moved = try await database.upsertAll(
            [Ware(id: 0, sku: "b", shopId: 1), Ware(id: 0, sku: "c")], on: \.sku)
        #expect(moved.map(\.shopName) == ["one", nil] && moved[0].id == made[1].id)
        let shops = try await database.upsertAll([Shop(id: 1, name: "first"), Shop(id: 3, name: "three")])
        #expect(shops.map(\.name) == ["first", "three"])
        let wares = try await database.query(Ware.self).order { $0.sku.ascending }.all()
        #expect(wares.map(\.shopName) == ["first", "first", nil])
        await database.close()
    }
}
