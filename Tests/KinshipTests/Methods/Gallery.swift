// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// Products with images that have an order, LoopBack's own example of methods.
///
/// Product 1 has the images 1, 2 and 3, at the positions 0, 1 and 2, and a sheet; product 2 has image 4.
struct Gallery {
    let test: TestDatabase
    let database: Database

    static let models = [
        """
        {"name": "Product", "hidden": ["secret"], "options": {"postgresql": {"table": "product"}},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": "string", "secret": "string"},
         "relations": {"images": {"type": "hasMany", "model": "Image", "foreignKey": "productId", "scope": {"order": "position"}},
          "sheet": {"type": "hasOne", "model": "Sheet", "foreignKey": "productId"}}}
        """,
        """
        {"name": "SpecialProduct", "base": "Product", "plural": "Specials", "options": {"postgresql": {"table": "product"}}}
        """,
        """
        {"name": "Image", "properties": {"id": {"type": "number", "id": true, "generated": true}, "productId": "number",
          "position": "number", "url": "string"}, "relations": {"product": {"type": "belongsTo", "model": "Product"}}}
        """,
        """
        {"name": "Sheet", "properties": {"id": {"type": "number", "id": true, "generated": true}, "productId": "number", "verified": "boolean"}}
        """,
    ]

    static func schema() throws -> Schema {
        try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    init(_ name: String, _ functions: ModelFunctions = [:]) async throws {
        test = try await TestDatabase.named("gallery_\(name)")
        try await test.run(
            """
            DROP TABLE IF EXISTS image, sheet, product;
            CREATE TABLE product (id serial PRIMARY KEY, name text, secret text);
            CREATE TABLE image (id serial PRIMARY KEY, productid int REFERENCES product, position int, url text);
            CREATE TABLE sheet (id serial PRIMARY KEY, productid int REFERENCES product, verified boolean);
            INSERT INTO product (name, secret) VALUES ('pen', 'p1'), ('ink', 'p2');
            INSERT INTO image (productid, position, url) VALUES (1, 0, 'a'), (1, 1, 'b'), (1, 2, 'c'), (2, 0, 'd');
            INSERT INTO sheet (productid, verified) VALUES (1, false);
            """)
        database = try await Database.open(
            schema: try Self.schema().attaching(functions), connection: ConnectionConfiguration(url: test.url))
    }

    /// Sets the order of images, and gives it.
    static let reorder = RelationMethod(
        MethodParameter<[Int]>("ids", from: .body, summary: "The keys, in their new order."), verb: .put,
        summary: "Sets the order of the images."
    ) { images, ids in
        for (position, id) in ids.enumerated() {
            try await images.update(key: id, ["position": JSONValue(position)])
        }
        return ids
    }

    /// The images of product 1, as they stand.
    func order() async throws -> String {
        try await test.run("SELECT id FROM image WHERE productid = 1 ORDER BY position, id").map { $0[0] ?? "" }
            .joined(separator: ",")
    }
}

extension MethodAnswer {
    /// The answer as text.
    var text: String { String(decoding: json, as: UTF8.self) }
}
