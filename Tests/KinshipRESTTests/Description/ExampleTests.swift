// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipREST
import Testing

/// Examples of records in descriptions.
@Suite struct ExampleTests {
    @Test func aServiceShowsThoseItIsGivenAndNoRowOfTheDatabase() async throws {
        try await RESTWorld.withService("examples") { options in
            options.examples = ["Thing": ["id": 4711, "name": "example"]]
        } _: { service, _, _ in
            let schemas = try await service.ask(.get, "/explorer/openapi.json").json["components"]?["schemas"]
            #expect(schemas?["Thing"]?["examples"] == [["id": 4711, "name": "example"]])
            #expect(schemas?["Piece"]?["type"] != nil && schemas?["Piece"]?["examples"] == nil)
        }
    }

    @Test func whatIsHiddenStaysHidden() throws {
        let schema = try Schema(definitions: [
            try ModelDefinition(
                [
                    "name": "Person", "hidden": ["password"],
                    "properties": ["id": ["type": "number", "id": true], "name": "string", "password": "string"],
                ], file: nil)
        ])
        let examples: [String: JSONValue] = ["Person": ["id": 1, "name": "Ada", "password": "x", "other": 1]]
        let json = OpenAPIDocument(schema, RouteTable(schema), examples: examples).json
        #expect(json["components"]?["schemas"]?["Person"]?["examples"] == [["id": 1, "name": "Ada"]])
    }

    /// In embedded records, one and many, as well.
    @Test func whatIsHiddenInEmbeddedRecordsStaysHidden() throws {
        let models: [JSONValue] = [
            [
                "name": "Address", "hidden": ["code"],
                "properties": ["id": ["type": "number", "id": true], "street": "string", "code": "string"],
            ],
            [
                "name": "Person", "properties": ["id": ["type": "number", "id": true], "name": "string"],
                "relations": [
                    "homes": ["type": "embedsMany", "model": "Address", "property": "places"],
                    "office": ["type": "embedsOne", "model": "Address", "property": "desk"],
                ],
            ],
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition($0, file: nil) })
        let examples: [String: JSONValue] = [
            "Person": [
                "id": 1, "places": [["street": "a", "code": "4711"], ["code": "4712"]],
                "desk": ["street": "b", "code": "4713"],
            ]
        ]
        let json = OpenAPIDocument(schema, RouteTable(schema), examples: examples).json
        #expect(
            json["components"]?["schemas"]?["Person"]?["examples"]
                == [["id": 1, "places": [["street": "a"], [:]], "desk": ["street": "b"]]])
    }
}
