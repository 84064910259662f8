// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Joins of tables that Citus spreads over its nodes: they equate the distribution columns too, where nothing changes by it.
@Suite struct ColocationTests {
    private static let definitions = [
        """
        {"name": "Order", "properties": {"id": {"type": "number", "id": true}, "shop": "number", "total": "number"},
         "relations": {"items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"},
            "goods": {"type": "hasMany", "model": "Good", "through": "Item", "foreignKey": "orderId", "keyThrough": "goodId"}}}
        """,
        """
        {"name": "Item", "properties": {"id": {"type": "number", "id": true}, "shop": "number", "orderId": "number",
            "goodId": "number", "qty": "number"},
         "relations": {"order": {"type": "belongsTo", "model": "Order", "foreignKey": "orderId"}}}
        """,
        """
        {"name": "Good", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
        """,
    ]

    private static func table(
        _ name: String, _ columns: [String], _ distribution: Catalog.Distribution, key: Catalog.ForeignKey? = nil
    ) -> Catalog.Table {
        Catalog.Table(
            name: name, columns: columns.map { Catalog.Column($0, $0 == "name" ? .text : .int4) },
            primaryKey: distribution == .reference ? ["id"] : ["shop", "id"], foreignKeys: key.map { [$0] } ?? [],
            distribution: distribution)
    }

    /// The text of a plan's statements.
    ///
    /// - Parameter key: the columns by which items point at orders; none for no foreign key.
    private func texts(
        _ model: String, _ filter: String, key: [String] = ["shop", "orderid"], isValid: Bool = true
    ) throws -> [String] {
        let columns = ["shop": "shop", "orderid": "id"]
        let foreignKey = Catalog.ForeignKey(
            name: "", columns: key, target: .init("public", "order"),
            targetColumns: key.compactMap { columns[$0] }, isValid: isValid)
        let catalog = Catalog([
            Self.table("order", ["id", "shop", "total"], .distributed(column: "shop")),
            Self.table(
                "item", ["id", "shop", "orderid", "goodid", "qty"], .distributed(column: "shop"),
                key: key.isEmpty ? nil : foreignKey),
            Self.table("good", ["id", "name"], .reference),
        ])
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) }
        ).applying(catalog)
        let id = try #require(schema.model(model)).id
        let checked = try schema.filter(JSONValue(parsing: filter), for: id)
        let (shape, _) = try ScopedSchema(schema).resolved(checked, for: id).parameterized()
        return try Planner(schema: schema, catalog: catalog).plan(shape, for: id, strategy: .byLevel).fetches
            .map(\.text)
    }

    @Test func `Conditions on related rows are answered where both are`() throws {
        let text = try texts("Order", #"{"fields": ["id"], "where": {"items": {"some": {"qty": 2}}}}"#)[0]
        #expect(
            text.contains(
                #"EXISTS (SELECT 1 FROM "public"."item" AS r1 WHERE r1."orderid" = t."id" AND r1."shop" = t."shop" AND "#
            ),
            "\(text)")
    }

    @Test func `Orders by related rows, from either side`() throws {
        #expect(
            try texts("Order", #"{"order": "items.count"}"#)[0].contains(
                #"WHERE r1."orderid" = t."id" AND r1."shop" = t."shop")"#))
        #expect(
            try texts("Item", #"{"order": "order.total"}"#)[0].contains(
                #"WHERE r1."id" = t."orderid" AND r1."shop" = t."shop")"#))
    }

    @Test func `A reference table is everywhere and needs nothing`() throws {
        let text = try texts("Order", #"{"include": "goods"}"#)[1]
        #expect(text.contains(#"JOIN "public"."good" AS t ON t."id" = l."goodid" WHERE"#), "\(text)")
    }

    @Test func `Keys are sent as they are`() throws {
        #expect(!(try texts("Order", #"{"include": "items"}"#)[1].contains(#""shop" ="#)))
    }

    @Test func `Without a foreign key that holds the columns together nothing is added`() throws {
        let filter = #"{"where": {"items": {"some": {}}}}"#
        #expect(!(try texts("Order", filter, key: [])[0].contains(#"r1."shop""#)))
        #expect(!(try texts("Order", filter, key: ["orderid"])[0].contains(#"r1."shop""#)))
        #expect(!(try texts("Order", filter, isValid: false)[0].contains(#"r1."shop""#)))
    }
}
