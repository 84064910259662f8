// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What a condition on a property can say, by what its column's type can do; each kind is described once, whatever properties are of it.
enum ConditionKind: String, CaseIterable {
    case string = "StringCondition"
    case number = "NumberCondition"
    case boolean = "BooleanCondition"
    case date = "DateCondition"
    case point = "PointCondition"
    case document = "DocumentCondition"
    case list = "ListCondition"
    /// A list whose elements have no order.
    case plainList = "PlainListCondition"
    /// Of a type that only the database knows.
    case other = "OtherCondition"

    init(_ type: ColumnType) {
        switch type.category {
        case .text, .enumeration, .uuid, .bytea: self = .string
        case .int2, .int4, .int8, .numeric, .float4, .float8: self = .number
        case .bool: self = .boolean
        case .date, .time, .timetz, .timestamp, .timestamptz, .interval: self = .date
        case .point: self = .point
        case .json, .jsonb: self = .document
        case .array: self = type.hasRanges ? .list : .plainList
        case .other: self = .other
        }
    }

    /// A value, or an object of operators.
    var json: JSONValue {
        ["anyOf": [value, ["$ref": .string("#/components/schemas/\(rawValue)Operators")]]]
    }

    /// The operators, which all count.
    var operators: JSONValue {
        let own: JSONValue = ["$ref": .string("#/components/schemas/\(rawValue)Operators")]
        let compared: JSONValue = self == .document ? [:] : ["anyOf": [value, Self.column]]
        var members: [JSONValue.Member] = ["eq", "neq"].map { .init($0, compared) }
        if hasRanges {
            members += ["gt", "gte", "lt", "lte"].map { .init($0, compared) }
            members.append(.init("between", ["type": "array", "items": value, "minItems": 2, "maxItems": 2]))
        }
        members += ["inq", "nin"].map { .init($0, ["type": "array", "items": value]) }
        if hasPatterns {
            let words = ["like", "nlike", "ilike", "nilike", "regexp", "startsWith", "endsWith"]
            members += words.map { .init($0, ["type": "string"]) }
            members.append(.init("match", ["anyOf": [["type": "string"], Self.search]]))
        }
        if hasContainment {
            members += ["contains", "containedBy", "containsAnyOf"].map { .init($0, [:]) }
        }
        if self == .point {
            members += [
                .init("near", ["$ref": "#/components/schemas/GeoPoint"]),
                .init("maxDistance", ["type": "number", "minimum": 0]),
                .init("minDistance", ["type": "number", "minimum": 0]),
                .init("unit", ["enum": ["kilometers", "meters", "miles", "feet", "radians", "degrees"]]),
            ]
        }
        members += [.init("exists", ["type": "boolean"]), .init("not", ["anyOf": [value, own]])]
        return [
            "type": "object", "properties": .object(members), "minProperties": 1, "additionalProperties": false,
        ]
    }

    private var hasRanges: Bool { ![.point, .document, .plainList].contains(self) }
    private var hasPatterns: Bool { ![.point, .list, .plainList].contains(self) }
    private var hasContainment: Bool { [.document, .list, .plainList, .other].contains(self) }

    /// What is compared with.
    private var value: JSONValue {
        switch self {
        case .string: ["type": ["string", "null"]]
        // Numbers that JSON's can't hold are texts.
        case .number: ["type": ["number", "string", "null"]]
        case .boolean: ["type": ["boolean", "null"]]
        case .date: ["type": ["string", "null"]]
        case .point: ["anyOf": [["$ref": "#/components/schemas/GeoPoint"], ["type": "null"]]]
        // An object would be one of operators.
        case .document, .other: ["type": ["string", "number", "boolean", "array", "null"]]
        case .list, .plainList: ["type": ["array", "null"]]
        }
    }

    /// Another property of the same record.
    private static let column: JSONValue = [
        "type": "object", "properties": ["column": ["type": "string"]], "required": ["column"],
        "additionalProperties": false,
    ]

    private static let search: JSONValue = [
        "type": "object",
        "properties": [
            "query": ["type": "string"], "syntax": ["enum": ["query", "plain", "phrase", "web"]],
            "language": ["type": "string"],
        ], "required": ["query"], "additionalProperties": false,
    ]
}
