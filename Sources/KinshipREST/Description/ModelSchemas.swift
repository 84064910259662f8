// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// JSON schemas of models: what is shown of them, what is sent, and what can be asked.
struct ModelSchemas: Sendable {
    private let schema: Schema
    private let routes: RouteTable
    private let examples: [String: JSONValue]

    init(_ schema: Schema, _ routes: RouteTable, examples: [String: JSONValue]) {
        (self.schema, self.routes, self.examples) = (schema, routes, examples)
    }

    /// The models that have routes.
    var offered: [Model] {
        let names = Set(routes.routes.map(\.model))
        return schema.models.filter { names.contains($0.name) }
    }

    // MARK: References

    func shown(_ id: Model.ID) -> JSONValue { Self.reference(schema[id].name) }
    func data(_ id: Model.ID, isPartial: Bool) -> JSONValue {
        Self.reference(schema[id].name + (isPartial ? "Change" : "Data"))
    }
    func filter(_ id: Model.ID) -> JSONValue { Self.reference(schema[id].name + "Filter") }
    func condition(_ id: Model.ID) -> JSONValue { Self.reference(schema[id].name + "Where") }

    /// A list, or what `distinct`, pages and numbers of a filter make of it.
    func list(_ id: Model.ID) -> JSONValue {
        ["oneOf": [["type": "array", "items": shown(id)], ["type": "object"]]]
    }

    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    // MARK: Schemas

    /// All of them.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("Error", Self.error),
            .init(
                "GeoPoint",
                ["type": "object", "properties": ["lat": ["type": "number"], "lng": ["type": "number"]]]),
        ]
        let filters = FilterSchemas(schema)
        members += filters.common
        for model in schema.models {
            let name = model.name
            members.append(.init(name, record(model)))
            members.append(.init(name + "Data", sent(model, isPartial: false)))
            members.append(.init(name + "Change", sent(model, isPartial: true)))
            members += filters.members(of: model)
        }
        return .object(members)
    }

    private static let error: JSONValue = [
        "type": "object",
        "properties": [
            "error": [
                "type": "object",
                "properties": [
                    "statusCode": ["type": "integer"], "name": ["type": "string"], "message": ["type": "string"],
                    "code": ["type": "string"], "details": ["type": "object"],
                ], "required": ["statusCode", "name", "message"],
            ]
        ], "required": ["error"],
    ]

    private func record(_ model: Model) -> JSONValue {
        var members: [JSONValue.Member] = [.init("type", "object")]
        if let summary = model.definition.summary { members.append(.init("description", .string(summary))) }
        members.append(
            .init(
                "properties",
                .object(
                    model.properties.filter { !$0.isHidden }.map {
                        .init($0.name, value(of: $0, in: model, isShown: true))
                    })))
        if let example = examples[model.name], example.members != nil {
            members.append(.init("examples", [shown(example, of: model)]))
        }
        members.append(.init("x-kinship", facts(model)))
        return .object(members)
    }

    /// What is shown of an example, for whoever wrote it may have written more; of embedded records too.
    private func shown(_ example: JSONValue, of model: Model) -> JSONValue {
        if let elements = example.elements { return .array(elements.map { shown($0, of: model) }) }
        guard let members = example.members else { return example }
        return .object(
            members.compactMap { member in
                guard let property = model.property(member.key), !property.isHidden else { return nil }
                let relation = model.relations.first { $0.embedded == property.id }
                guard let target = relation?.target else { return member }
                return .init(member.key, shown(member.value, of: schema[target]))
            })
    }

    private func sent(_ model: Model, isPartial: Bool) -> JSONValue {
        // What is hidden is set by who knows of it.
        let properties = model.properties.filter {
            !$0.isImplied && !$0.definition.isReadOnly && (!$0.isHidden || $0.isRequired)
        }
        var members: [JSONValue.Member] = [
            .init("type", "object"),
            .init("properties", .object(properties.map { .init($0.name, value(of: $0, in: model, isShown: false)) })),
        ]
        let required = properties.filter { property in
            property.isRequired && !property.isGenerated && property.definition.defaultValue == nil
                && property.definition.defaultFunction == nil
        }
        if !isPartial, !required.isEmpty {
            members.append(.init("required", .array(required.map { .string($0.name) })))
        }
        if model.strict { members.append(.init("additionalProperties", false)) }
        return .object(members)
    }

    // MARK: Values

    private func value(of property: Property, in model: Model, isShown: Bool) -> JSONValue {
        if let relation = model.relations.first(where: { $0.embedded == property.id }), let target = relation.target {
            let one = isShown ? shown(target) : data(target, isPartial: false)
            let own: JSONValue = relation.isToMany ? ["type": "array", "items": one] : one
            return ["oneOf": [own, ["type": "null"]]]
        }
        var own = type(property)
        if property.definition.isReadOnly { own = .object((own.members ?? []) + [.init("readOnly", true)]) }
        guard let name = own["type"]?.text, isShown || property.isNullable else { return own }
        return .object(
            (own.members ?? []).map { $0.key == "type" ? .init("type", [.string(name), "null"]) : $0 })
    }

    private func type(_ property: Property) -> JSONValue {
        switch property.kind {
        case .string: ["type": "string"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .date:
            switch property.columnType.category {
            case .timestamp, .timestamptz: ["type": "string", "format": "date-time"]
            default: ["type": "string"]
            }
        case .buffer, .object, .any, .model: [:]
        case .geopoint: ["anyOf": [Self.reference("GeoPoint"), ["type": "null"]]]
        case .array: ["type": "array"]
        }
    }

    // MARK: Facts

    /// What a page that walks from model to model needs to know.
    private func facts(_ model: Model) -> JSONValue {
        let relations = model.relations.filter { !$0.isHidden }.map { relation -> JSONValue in
            let targets = relation.target.map { [$0] } ?? relation.polymorphic?.targets ?? []
            let one: JSONValue = relation.target.map { .string(schema[$0].name) } ?? .null
            return [
                "name": .string(relation.name), "kind": .string(relation.kind.rawValue), "model": one,
                "models": .array(targets.map { .string(schema[$0].name) }), "many": .bool(relation.isToMany),
                "path": .string((relation.definition.httpPath ?? relation.name)),
            ]
        }
        let isOffered = routes.routes.contains { $0.model == model.name }
        let path = "/" + model.pathWords.joined(separator: "/")
        return [
            "model": .string(model.name), "path": isOffered ? .string(path) : .null,
            "key": .array(model.primaryKey.map { .string(model.properties[$0].name) }),
            "relations": .array(relations), "scopes": .array(model.definition.scopes.map { .string($0.key) }),
        ]
    }
}
