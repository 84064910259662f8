// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipREST
import RelationPlanner
import Testing

/// What the description says of filters.
@Suite struct FilterSchemaTests {
    private static func model(_ json: JSONValue) throws -> ModelDefinition { try ModelDefinition(json, file: nil) }

    private static func components() throws -> JSONValue {
        let schema = try Schema(definitions: [
            try model([
                "name": "Shelf", "plural": "Shelves", "softDelete": "gone",
                "properties": [
                    "id": ["type": "number", "id": true], "name": "string", "gone": "date",
                    "place": ["type": "geopoint", "postgresql": ["dataType": "point"]],
                    "notes": ["type": "object", "postgresql": ["dataType": "jsonb"]], "words": ["type": ["string"]],
                    "isFull": "boolean", "secret": "string",
                ], "hidden": ["secret"],
                "relations": ["books": ["type": "hasMany", "model": "Book", "foreignKey": "shelfId"]],
            ]),
            try model([
                "name": "Book",
                "properties": [
                    "id": ["type": "number", "id": true], "title": "string", "price": "number", "shelfId": "number",
                ],
                "relations": ["shelf": ["type": "belongsTo", "model": "Shelf", "foreignKey": "shelfId"]],
            ]),
        ])
        return try #require(OpenAPIDocument(schema, RouteTable(schema)).json["components"]?["schemas"])
    }

    private static func names(_ json: JSONValue?) -> Set<String> { Set((json?.members ?? []).map(\.key)) }

    private static func target(_ json: JSONValue?) -> String? {
        json?["$ref"]?.text?.split(separator: "/").last.map(String.init)
    }

    private static func references(_ json: JSONValue) -> Set<String> {
        let inside = (json.members ?? []).map(\.value) + (json.elements ?? [])
        let own = target(json).map { Set([$0]) } ?? []
        return inside.reduce(own) { $0.union(references($1)) }
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let components = try Self.components()
        #expect(Self.references(components).subtracting(Self.names(components)) == [])
    }

    @Test func everyOperatorIsDescribed() throws {
        let components = try Self.components()
        var described: Set<String> = []
        for member in components.members ?? [] where member.key.hasSuffix("ConditionOperators") {
            described.formUnion(Self.names(member.value["properties"]))
        }
        #expect(described == Set(FilterReader.operators))
    }

    @Test func everyKeyIsDescribed() throws {
        let components = try Self.components()
        #expect(Self.names(components["ShelfFilter"]?["properties"]) == Set(FilterReader.filterKeys))
        // Records that are deleted are gone.
        #expect(components["BookFilter"]?["properties"]?["withDeleted"] == nil)
        // What is of a list as a whole isn't of what is included in it.
        let scope = Self.names(components["BookScope"]?["properties"])
        #expect(scope.isDisjoint(with: ["distinct", "page"]) && scope.isSuperset(of: ["where", "after", "include"]))
        let include = components["ShelfInclude"]?["anyOf"]?.elements?.first { $0["required"] != nil }
        #expect(Self.names(include?["properties"]) == ["relation", "scope", "count", "rows", "aggregate"])
        #expect(Self.target(include?["properties"]?["scope"]) == "BookScope")
    }

    @Test(arguments: [
        ("name", "StringCondition"), ("id", "NumberCondition"), ("gone", "DateCondition"),
        ("isFull", "BooleanCondition"), ("place", "PointCondition"), ("notes", "DocumentCondition"),
    ])
    func aPropertyTakesWhatItsColumnCan(name: String, kind: String) throws {
        let condition = try Self.components()["ShelfWhere"]?["properties"]
        #expect(Self.target(condition?[name]) == kind)
        #expect(condition?["secret"] == nil)
    }

    @Test func onlyWhatHasAnOrderIsGreater() throws {
        let components = try Self.components()
        func has(_ kind: String, _ word: String) -> Bool {
            components[kind + "Operators"]?["properties"]?[word] != nil
        }
        #expect(has("NumberCondition", "gt") && has("StringCondition", "between"))
        #expect(!has("PointCondition", "gt") && !has("DocumentCondition", "gt"))
        #expect(has("PointCondition", "near") && !has("NumberCondition", "near"))
        #expect(has("DocumentCondition", "contains") && !has("StringCondition", "contains"))
    }

    @Test func relatedRecordsAreCountedAndSummed() throws {
        let components = try Self.components()
        #expect(Self.target(components["ShelfWhere"]?["properties"]?["books"]) == "BookRelated")
        let related = components["BookRelated"]?["properties"]
        #expect(Self.target(related?["some"]) == "BookWhere")
        #expect(Self.target(related?["count"]) == "NumberCondition")
        #expect(Self.target(related?["sum"]?["properties"]?["price"]) == "NumberCondition")
        #expect(related?["sum"]?["properties"]?["title"] == nil)
        #expect(Self.names(components["BookWhere"]?["properties"]?["shelf"]?["properties"]) == ["is", "isNot"])
        #expect(components["BookWhere"]?["properties"]?["nor"] != nil)
    }

    /// Models refer to each other's schemas, and hold none.
    @Test func theDocumentGrowsWithItsModels() throws {
        func length(_ count: Int) throws -> Int {
            let names = (0..<count).map { "Model\(1000 + $0)" }
            let definitions = try names.enumerated().map { index, name in
                try Self.model([
                    "name": .string(name),
                    "properties": ["id": ["type": "number", "id": true], "nextId": "number"],
                    "relations": [
                        "next": [
                            "type": "belongsTo", "model": .string(names[(index + 1) % count]), "foreignKey": "nextId",
                        ],
                        "before": [
                            "type": "hasMany", "model": .string(names[(index + count - 1) % count]),
                            "foreignKey": "nextId",
                        ],
                    ],
                ])
            }
            let schema = try Schema(definitions: definitions)
            return OpenAPIDocument(schema, RouteTable(schema)).json.description.utf8.count
        }
        let (few, more, many) = (try length(10), try length(20), try length(30))
        #expect(many - more == more - few)
    }
}
