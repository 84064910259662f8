// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Methods of the program's own, called against a server.
@Suite(.serialized) struct MethodTests {
    private static let reordering: ModelFunctions = ["Product.images": .scopeMethods(["reorder": Gallery.reorder])]

    @Test func `Images are reordered, and the new order is the bare answer`() async throws {
        let gallery = try await Gallery("reorder", Self.reordering)
        let answer = try await gallery.database.call(
            "Product", id: 1, relation: "images", method: "reorder", ["ids": [3, 1, 2]])
        #expect(answer.text == "[3,1,2]")
        #expect(answer.status == 200)
        #expect(try answer.value == [3, 1, 2])
        #expect(try await gallery.order() == "3,1,2")
        // The whole body, as HTTP has it.
        #expect(
            try await gallery.database.call("Product", id: 1, relation: "images", method: "reorder", [2, 3, 1]).text
                == "[2,3,1]")
        #expect(try await gallery.order() == "2,3,1")
        await gallery.database.close()
    }

    @Test func `A call is whole or not at all, also within a transaction`() async throws {
        let gallery = try await Gallery("whole", Self.reordering)
        let database = gallery.database
        // Image 4 is another product's.
        let outcome = await told {
            try await database.call("Product", id: 1, relation: "images", method: "reorder", ["ids": [3, 4, 1]]).text
        }
        #expect(outcome == "MODEL_NOT_FOUND")
        #expect(try await gallery.order() == "1,2,3")
        try await database.withTransaction { transaction in
            try await transaction.call("Product", id: 1, relation: "images", method: "reorder", [3, 2, 1])
            let failed = await told {
                try await transaction.call("Product", id: 1, relation: "images", method: "reorder", [1, 4]).text
            }
            #expect(failed == "MODEL_NOT_FOUND")
        }
        #expect(try await gallery.order() == "3,2,1")
        await database.close()
    }

    @Test func `What is wrong with names and arguments is told before anything is sent`() async throws {
        let both = RelationMethod(
            MethodParameter<Int>("from"), MethodParameter<[String]>("names"), MethodParameter<Bool?>("loud")
        ) { images, from, names, loud in "\(from) \(names) \(loud ?? false)" }
        let gallery = try await Gallery(
            "wrong", ["Product.images": .scopeMethods(["reorder": Gallery.reorder, "both": both])])
        let database = gallery.database
        func call(_ method: String, _ arguments: JSONValue, relation: String = "images", id: JSONValue = 1) async
            -> String
        {
            do {
                return try await database.call("Product", id: id, relation: relation, method: method, arguments).text
            } catch let error as ArgumentError {
                #expect(ErrorReport(error).status == 400)
                #expect(error.message.contains("Product.images."))
                return error.problems.map { "\($0.path):\($0.code.rawValue)" }.joined(separator: " ")
            } catch let error as PlannerError {
                return "\(error.status) \(error.code.rawValue)" + (error.message.contains("Is \"") ? " hint" : "")
            } catch {
                return "\(error)"
            }
        }
        #expect(await call("reordr", []) == "404 UNKNOWN_METHOD hint")
        #expect(await call("reorder", [], relation: "imagse") == "400 UNKNOWN_RELATION hint")
        #expect(await call("reorder", [1], id: 99) == "404 MODEL_NOT_FOUND")
        #expect(await call("reorder", [1], id: .null) == "400 UNSAVED_INSTANCE")
        #expect(await call("reorder", [:]) == "ids:presence")
        #expect(await call("reorder", ["ids": .null]) == "ids:presence")
        #expect(await call("reorder", ["ids": [1, "two"]]) == "ids:type")
        #expect(await call("reorder", ["ids": 1.5]) == "ids:type")
        #expect(await call("reorder", ["id": [1]]) == "id:absence")
        #expect(await call("reorder", "x") == "ids:type")
        #expect(await call("both", ["from": "x", "loud": "yes"]) == "from:type names:presence loud:type")
        #expect(await call("both", [1]) == "arguments:type")
        #expect(await call("both", ["from": 1, "names": ["a"]]) == #""1 [\"a\"] false""#)
        #expect(await call("both", ["from": 9_223_372_036_854_775_807, "names": [], "loud": true]).contains("807"))
        #expect(await call("both", ["from": .number("1e400"), "names": []]) == "from:type")
        // Names and arguments are looked at first.
        await database.close()
        #expect(await call("reorder", [:]) == "ids:presence")
    }

    @Test func `Methods of models, of records and of relations to one`() async throws {
        let gallery = try await Gallery(
            "kinds",
            [
                "Product.sheet": .methods([
                    "verify": RelationMethod(verb: .put) { sheet in
                        try await sheet.update(["verified": true])
                        return NoContent()
                    }
                ]),
                "Product": .recordMethods([
                    "rename": RecordMethod(MethodParameter<String>("name"), verb: .patch) { product, name in
                        OneRecord(
                            try await product.update(["name": .string("\(product.record["name"].text ?? "") \(name)")]))
                    },
                    "secret": RecordMethod(returns: "secret", isReadOnly: true) { product in product.record["secret"] },
                    "typo": RecordMethod { product in product.record["nmae"] },
                    "images": RecordMethod(verb: .get, path: "/pictures") { product in
                        try await product.related("images").count()
                    },
                ]),
                "Image": .modelMethods([
                    "longest": ModelMethod(
                        MethodParameter<Int>("count", default: 2), verb: .get, isReadOnly: true
                    ) { images, count in
                        try await images.find(filter: ["order": "id DESC", "limit": JSONValue(count), "fields": "id"])
                    },
                    "empty": ModelMethod(isReadOnly: true) { images in
                        try await images.updateAll(where: [:], ["url": "gone"])
                    },
                ]),
            ])
        let database = gallery.database
        let verified = try await database.call("Product", id: 1, relation: "sheet", method: "verify")
        #expect(verified.json == [])
        #expect(verified.status == 204)
        #expect(try verified.value == .null)
        #expect(try await gallery.test.run("SELECT verified FROM sheet") == [["t"]])
        let renamed = try await database.call("Product", id: 2, method: "rename", ["name": "blue"])
        #expect(renamed.text == #"{"id":2,"name":"ink blue"}"#)
        #expect(try await database.call("Product", id: 2, method: "secret").text == #"{"secret":"p2"}"#)
        #expect(await told { try await database.call("Product", id: 2, method: "typo").text } == "INVALID_DEFINITION")
        #expect(try await database.call("Product", id: 1, method: "images").text == "3")
        #expect(try await database.call("Image", method: "longest").text == #"[{"id":4},{"id":3}]"#)
        // As a query has it.
        #expect(try await database.call("Image", method: "longest", ["count": "1"]).text == #"[{"id":4}]"#)
        // 25006: what is read only can't change anything.
        #expect(await told { try await database.call("Image", method: "empty").text } == "25006")
        // In a caller's transaction as well, which goes on and may write.
        try await database.withTransaction { transaction in
            #expect(await told { try await transaction.call("Image", method: "empty").text } == "25006")
            #expect(try await transaction.call("Image", method: "longest").text == #"[{"id":4},{"id":3}]"#)
            try await transaction.updateById("Image", id: 4, ["url": "after"])
        }
        #expect(try await gallery.test.run("SELECT url FROM image WHERE id = 4") == [["after"]])
        #expect(await told { try await database.call("Image", id: 1, method: "longest").text } == "UNKNOWN_METHOD")
        #expect(await told { try await database.call("Product", method: "rename").text } == "UNKNOWN_METHOD")
        // Whoever inherits the relation has its methods.
        #expect(try await database.call("SpecialProduct", id: 1, relation: "sheet", method: "verify").status == 204)
        #expect(try await database.call("SpecialProduct", id: 1, method: "secret").text == #"{"secret":"p1"}"#)
        await database.close()
    }

    @Test func `Methods are told with their paths`() throws {
        let find = ModelMethod(
            MethodParameter<String>("code"), MethodParameter<Int?>("depth"), verb: .get, path: "find/:code"
        ) {
            _, code, depth in "\(code) \(depth ?? 0)"
        }
        let schema = try Gallery.schema().attaching([
            "Product.images": .scopeMethods { relation in ["reorder\(relation.name.uppercased())": Gallery.reorder] },
            "Image": .modelMethods(["find": find]),
            "Product": .recordMethods(["ping": RecordMethod(returns: "pong") { _ in true }]),
        ])
        #expect(
            schema.methods.map { "\($0.method.verb.rawValue) \($0.path)" } == [
                "POST /Products/:id/ping", "PUT /Products/:id/images/reorderIMAGES", "POST /Specials/:id/ping",
                "PUT /Specials/:id/images/reorderIMAGES", "GET /Images/find/:code",
            ])
        let reorder = try #require(schema.methods.first { $0.relation == "images" }).method
        #expect(
            reorder.parameters.map { "\($0.name) \($0.type) \(reorder.source(of: $0)) \($0.isRequired)" } == [
                "ids [integer] body true"
            ])
        #expect(reorder.result?.isRoot == true)
        #expect(reorder.result?.type.description == "[integer]")
        let found = try #require(schema.methods.first { $0.model == "Image" }).method
        #expect(
            found.parameters.map { "\($0.name) \($0.type) \(found.source(of: $0)) \($0.isRequired)" }
                == ["code string path true", "depth integer query false"])
        let ping = try #require(schema.methods.first { $0.method.name == "ping" }).method
        #expect(ping.result == .init(.boolean, name: "pong"))
    }

    @Test func `Names that don't exist are told when functions are attached, all at once`() throws {
        let method = RelationMethod { _ in NoContent() }
        func problems(_ functions: ModelFunctions) -> [String] {
            do {
                _ = try Gallery.schema().attaching(functions)
                return []
            } catch let error as SchemaError {
                return error.problems.map { problem in
                    "\(problem.code.rawValue) \(problem.path ?? "")"
                        + (problem.message.firstMatch(of: #/Is "(\w+)" meant/#).map { " \($0.output.1)" } ?? "")
                }
            } catch {
                return ["\(error)"]
            }
        }
        #expect(
            problems([
                "Produkt.images": .scopeMethods(["a": method]), "Product.image": .scopeMethods(["a": method]),
                "Imgae": .defaultScope { .null }, "Nothing": .defaultScope { .null },
                "Product.sheet": .scopeMethods(["a": method]), "Product.images": .methods(["a": method]),
                "Product": .scope { _ in .null }, "Product.images ": .defaultScope { .null },
            ]) == [
                "UNKNOWN_MODEL Produkt.images Product", "UNKNOWN_RELATION Product.image images",
                "UNKNOWN_MODEL Imgae Image", "UNKNOWN_MODEL Nothing", "INVALID_DEFINITION Product.sheet",
                "INVALID_DEFINITION Product.images", "INVALID_DEFINITION Product",
                "UNKNOWN_RELATION Product.images  images",
            ])
        // Twice the same, and what there is one of.
        var functions: ModelFunctions = ["Product.images": .scopeMethods(["a": method])]
        functions.attach(.scopeMethods(["a": method]), to: "Product.images")
        functions.attach(.scope { _ in .null }, to: "Product.images")
        #expect(problems(functions) == ["INVALID_DEFINITION Product.images", "INVALID_DEFINITION Product.images"])
        // A method that contradicts itself.
        let path = RelationMethod(MethodParameter<Int>("id", from: .path), path: "/x/:di") { _, _ in NoContent() }
        let bodies = RelationMethod(MethodParameter<Int>("a", from: .body), MethodParameter<Int>("b")) { _, _, _ in
            NoContent()
        }
        let twice = RelationMethod(MethodParameter<Int>("a"), MethodParameter<Int>("a")) { _, _, _ in NoContent() }
        #expect(
            problems(["Image.product": .methods(["path": path, "bodies": bodies, "twice": twice, "a b": method])])
                == [
                    "INVALID_DEFINITION relations.product.methods.a b",
                    "INVALID_DEFINITION relations.product.methods.bodies",
                    "INVALID_DEFINITION relations.product.methods.path",
                    "INVALID_DEFINITION relations.product.methods.path",
                    "INVALID_DEFINITION relations.product.methods.twice",
                ])
    }

    @Test func `Definitions in code have them too`() throws {
        let relation = RelationDefinition.hasMany("images", "Image", foreignKey: "productId")
        #expect(relation.with(scopeMethods: ["reorder": Gallery.reorder]).scopeMethods.map(\.name) == ["reorder"])
        #expect(
            relation.with(scopeMethods: { ["\($0.name)Sorted": Gallery.reorder] }).scopeMethods.map(\.name)
                == ["imagesSorted"])
        #expect(throws: SchemaError.self) {
            try Schema(definitions: [
                ModelDefinition(
                    "Image", properties: [.id(), .number("productId")],
                    relations: [
                        .belongsTo("other", "Image", foreignKey: "productId").with(scopeMethods: ["a": Gallery.reorder])
                    ])
            ])
        }
        var image = ModelDefinition("Image", properties: [.id()])
        image.addMethod("ping", ModelMethod { _ in true })
        image.addMethod("ping", RecordMethod { _ in false })
        #expect(image.methods.map { "\($0.subject.rawValue) \($0.name)" } == ["record ping"])
    }
}
