// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Methods of a program's own over HTTP.
@Suite struct MethodRouteTests {
    private static let tables = """
        CREATE TABLE product (id integer PRIMARY KEY, name text, paid boolean NOT NULL DEFAULT false);
        CREATE TABLE image (id integer PRIMARY KEY, product_id integer, position integer);
        INSERT INTO product VALUES (1, 'a'), (2, 'b');
        INSERT INTO image VALUES (1, 1, 0), (2, 1, 1), (3, 1, 2), (4, 2, 0);
        """

    private static var models: [ModelDefinition] {
        let reorder = RelationMethod(MethodParameter<[Int]>("ids", from: .body), verb: .put) { images, ids in
            for (position, id) in ids.enumerated() {
                try await images.update(key: id, ["position": JSONValue(position)])
            }
            return ids
        }
        let move = RelationMethod(
            MethodParameter<Int>("id"), MethodParameter<Int>("by"), MethodParameter<Bool?>("back", from: .query),
            verb: .patch, path: "/move/:id"
        ) { images, id, by, back in
            try await images.update(key: id, ["position": JSONValue(back == true ? -by : by)])
            return "\(id) \(back == true ? -by : by)"
        }
        let pay = RecordMethod(MethodParameter<Double?>("tip"), returns: "tip") { product, tip in
            try await product.update(["paid": true])
            return tip
        }
        let cheapest = ModelMethod(MethodParameter<Int>("count", default: 1), verb: .get, isReadOnly: true) {
            products, count in
            try await products.find(filter: ["order": "id", "limit": JSONValue(count), "fields": ["id"]])
        }
        let touch = ModelMethod(MethodParameter<Int>("id"), verb: .get) { products, id in
            try await products.session.execute("update product set paid = true")
            return NoContent()
        }
        // Its path is a word of the library's own.
        let count = ModelMethod(verb: .get, path: "/count") { _ in "mine" }
        var product = ModelDefinition(
            "Product", table: "product", properties: [.id(), .string("name"), .boolean("paid")],
            relations: [
                .hasMany("images", "Image", foreignKey: "productId").with(scopeMethods: [
                    "reorder": reorder, "move": move,
                ]),
                .hasMany("kept", "Image", foreignKey: "productId").with(scopeMethods: ["reorder": reorder]),
            ])
        product.hidden = ["kept"]
        product.addMethod("pay", pay)
        product.addMethod("cheapest", cheapest)
        product.addMethod("touch", touch)
        product.addMethod("count", count)
        let image = ModelDefinition(
            "Image", table: "image",
            properties: [.id(), .number("productId", column: "product_id"), .number("position")])
        return [product, image]
    }

    private func order(_ made: TestDatabase) async throws -> String? {
        try await made.run("select string_agg(id::text, ',' order by position, id) from image where product_id = 1")
            .first?.first ?? nil
    }

    /// LoopBack's own example.
    @Test func imagesAreReordered() async throws {
        try await RESTWorld.withOwn("reorder", tables: Self.tables, Self.models) { service, _, made in
            let path = "/api/Products/1/images/reorder"
            let answer = try await service.ask(.put, path, [:], [3, 1, 2])
            #expect(answer.status == 200 && answer.text == "[3,1,2]", "\(answer.text)")
            #expect(try await order(made) == "3,1,2")
            // An image of another product is none of these; nothing of the call is left.
            let other = try await service.ask(.put, path, [:], [2, 4, 1])
            #expect(other.status == 404 && other.code == "MODEL_NOT_FOUND")
            for (body, status) in [(["x"], 400), (["ids": [1]], 400), (JSONValue?.none, 400)] as [(JSONValue?, Int)] {
                let answer = try await service.ask(.put, path, [:], body)
                #expect(answer.status == status && answer.code == "INVALID_ARGUMENTS", "\(answer.text)")
            }
            #expect(try await service.ask(.put, "/api/Products/9/images/reorder", [:], [1]).status == 404)
            #expect(try await service.ask(.put, "/api/Products/1/kept/reorder", [:], [1]).status == 404)
            #expect(try await service.ask(.post, path, [:], [1]).status == 404)
            #expect(try await service.ask(.put, path, [.ifMatch: "\"1\""], [1, 2, 3]).status == 412)
            #expect(try await order(made) == "3,1,2")
        }
    }

    @Test func argumentsComeFromWhereTheyAre() async throws {
        try await RESTWorld.withOwn("arguments", tables: Self.tables, Self.models) { service, _, made in
            // The path's own `id` is the image's, the record's is the product's.
            let moved = try await service.ask(.patch, "/api/Products/1/images/move/3?back=true", [:], ["by": 5])
            #expect(moved.status == 200 && moved.text == "\"3 -5\"", "\(moved.text)")
            #expect(try await order(made) == "3,1,2")
            let form = try await service.ask(
                .patch, "/api/Products/1/images/move/3", [.contentType: "application/json"], ["by": 9, "id": 1])
            #expect(form.status == 200 && form.text == "\"3 9\"", "\(form.text)")
            #expect(try await order(made) == "1,2,3")
            for (path, body) in [
                ("move/3?back=maybe", ["by": 1]), ("move/x", ["by": 1]), ("move/3", [:]),
                ("move/3", ["by": 1, "c": 1]),
            ] as [(String, JSONValue)] {
                let answer = try await service.ask(.patch, "/api/Products/1/images/\(path)", [:], body)
                #expect(answer.status == 400 && answer.code == "INVALID_ARGUMENTS", "\(path): \(answer.text)")
            }
            // Image 4 is another product's.
            #expect(try await service.ask(.patch, "/api/Products/1/images/move/4", [:], ["by": 1]).status == 404)

            let paid = try await service.ask(.post, "/api/Products/2/pay", [:], ["tip": 1.5])
            #expect(paid.status == 200 && paid.text == #"{"tip":1.5}"#, "\(paid.text)")
            #expect(try await made.run("select id from product where paid") == [["2"]])
            #expect(try await service.ask(.post, "/api/Products/9/pay").status == 404)

            #expect(try await service.ask(.get, "/api/Products/cheapest?count=2&utm=1").text == #"[{"id":1},{"id":2}]"#)
            #expect(try await service.ask(.get, "/api/products/cheapest").text == #"[{"id":1}]"#)
            #expect(try await service.ask(.get, "/api/Products/cheapest?count=x").code == "INVALID_ARGUMENTS")
            // Who gives a method a path that is taken means it.
            #expect(try await service.ask(.get, "/api/Products/count").text == "\"mine\"")
            #expect(try await service.ask(.get, "/api/Images/count").text == #"{"count":4}"#)
            let touched = try await service.ask(.get, "/api/Products/touch?id=1")
            #expect(touched.status == 204 && touched.body.isEmpty)
        }
    }

    /// Whoever may only read may call none, whatever its verb; and pages of other sites call none by a link.
    @Test func methodsAreExecuted() async throws {
        try await RESTWorld.withOwn("execute", tables: Self.tables, Self.models) {
            $0.policy = ReadOnlyPolicy()
        } _: { service, _, made in
            let methods = service.routes.routes.filter { $0.accessType == .execute }
            #expect(
                methods.map(\.methodName).sorted() == [
                    "cheapest", "count", "prototype.__move__images", "prototype.__reorder__images", "prototype.pay",
                    "touch",
                ])
            for route in methods {
                let path = "/api" + route.path.replacing(#/:[\w.]+/#, with: "1") + "?id=1"
                let answer = try await service.ask(route.method, path, [:], ["by": 1])
                #expect(answer.status == 401, "\(route)")
            }
            let paid = try await made.run("select id from product where paid")
            #expect(paid == [])
        }
        try await RESTWorld.withOwn("cross", tables: Self.tables, Self.models) { service, _, made in
            let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
            for (value, status) in [("cross-site", 403), ("same-origin", 204), ("none", 204)] {
                let answer = try await service.ask(.get, "/api/Products/touch?id=1", [site: value])
                #expect(answer.status == status, "\(value)")
                // A browser asks again with what it knows.
                let again = try await service.ask(
                    .get, "/api/Products/cheapest", [site: value, .ifNoneMatch: "W/\"1\""])
                #expect(again.status == (status == 403 ? 403 : 200), "\(again.text)")
                let paid = try await made.run("select count(*) from product where paid")
                #expect(paid == [[status == 403 ? "0" : "2"]])
            }
        }
    }

    /// What has a path that is taken is told when the service begins.
    @Test func routesThatAreNotThereAreTold() async throws {
        let log = RecordingLog()
        try await RESTWorld.withOwn("taken", tables: Self.tables, Self.models) { options in
            options.logger = log.logger
        } _: { _, _, _ in
        }
        let told = log.lines.filter { $0.hasPrefix("warning") }
        #expect(told.count == 1 && told[0].contains("GET /Products/count"), "\(told)")
    }

    @Test func modelsWithOnePathAreTold() async throws {
        let log = RecordingLog()
        var other = ModelDefinition("Other", table: "image", properties: [.id()])
        other.httpPath = "/Images"
        try await RESTWorld.withOwn("taken-models", tables: Self.tables, Self.models + [other]) { options in
            options.logger = log.logger
        } _: { service, _, _ in
            let image = try await service.ask(.get, "/api/Images/1")
            #expect(image.json["position"] == 0)
        }
        #expect(log.lines.contains { $0.contains("find of Other isn't there") }, "\(log.lines)")
    }
}
