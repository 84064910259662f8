// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// The description of a service in Swagger 2.0, as LoopBack's explorer has it: what generators of clients for LoopBack read.
///
/// ```swift
/// let json = SwaggerDocument(database.schema, RouteTable(database.schema)).json
/// ```
///
/// A pure function of the schema; hidden properties aren't in it.
public struct SwaggerDocument: Sendable {
    private let schema: Schema
    private let routes: RouteTable
    private let basePath: String
    private let version: String

    /// - Parameters:
    ///   - basePath: the path of all routes.
    ///   - version: of the application.
    public init(_ schema: Schema, _ routes: RouteTable, basePath: String = "/api", version: String = "1.0.0") {
        (self.schema, self.routes, self.basePath, self.version) = (schema, routes, basePath, version)
    }

    /// The document.
    public var json: JSONValue {
        [
            "swagger": "2.0", "info": ["version": .string(version), "title": "Kinship"],
            "basePath": .string(basePath), "paths": paths,
            "tags": .array(
                schema.models.filter { model in routes.routes.contains { $0.model == model.name } }.map {
                    ["name": .string($0.name)]
                }), "definitions": definitions, "consumes": ["application/json", "application/x-www-form-urlencoded"],
            "produces": ["application/json"],
        ]
    }

    // MARK: Routes

    private var paths: JSONValue {
        var names: [String: Int] = [:]
        for route in routes.routes { names[Self.name(route), default: 0] += 1 }
        var paths: [JSONValue.Member] = []
        var places: [String: Int] = [:]
        for route in routes.routes {
            guard let model = schema.model(route.model) else { continue }
            let described = DescribedRoute(route, model, schema)
            let place = places[described.path] ?? paths.count
            if place == paths.count {
                places[described.path] = place
                paths.append(.init(described.path, [:]))
            }
            let verb = route.method.rawValue.lowercased()
            // Of two with one path the first answers.
            guard paths[place].value[verb] == nil else { continue }
            var members = paths[place].value.members ?? []
            members.append(.init(verb, operation(described, isOnly: names[Self.name(route)] == 1)))
            paths[place].value = .object(members)
        }
        return .object(paths)
    }

    private static func name(_ route: Route) -> String { "\(route.model).\(route.methodName)" }

    private func operation(_ described: DescribedRoute, isOnly: Bool) -> JSONValue {
        let route = described.route
        let place = route.method.rawValue.lowercased() + described.path.replacing("/", with: "_")
        let name = Self.name(route) + (isOnly ? "" : "__" + place)
        let status = described.isEmpty && route.method == .delete ? "204" : "200"
        return [
            "tags": [.string(route.model)], "summary": .string(described.summary), "operationId": .string(name),
            "parameters": parameters(described),
            "responses": .object([.init(status, response(described.result))]), "deprecated": false,
        ]
    }

    private func parameters(_ described: DescribedRoute) -> JSONValue {
        var parameters: [JSONValue] = described.parameters.map { name in
            ["name": .string(name), "in": "path", "required": true, "type": "string", "format": "JSON"]
        }
        for argument in described.arguments {
            switch argument {
            case .filter: parameters.append(Self.query("filter"))
            case .condition: parameters.append(Self.query("where"))
            case .changeOptions: parameters.append(Self.query("options"))
            case .value(let parameter):
                parameters.append([
                    "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
                    "type": "string",
                ])
            }
        }
        switch described.body {
        case .none: break
        case .data(let id, _, _):
            parameters.append(["name": "data", "in": "body", "required": false, "schema": reference(id)])
        case .changeOptions:
            parameters.append(["name": "options", "in": "body", "required": false, "schema": ["type": "object"]])
        case .graph, .arguments, .value, .credentials:
            parameters.append(["name": "data", "in": "body", "required": false, "schema": ["type": "object"]])
        }
        return .array(parameters)
    }

    private static func query(_ name: String) -> JSONValue {
        ["name": .string(name), "in": "query", "required": false, "type": "string", "format": "JSON"]
    }

    private func response(_ result: DescribedRoute.Result) -> JSONValue {
        let schema: JSONValue? =
            switch result {
            case .record(let id): .some(reference(id))
            case .anyRecord: .some(["type": "object"])
            case .list(let id): .some(["type": "array", "items": reference(id)])
            case .count: .some(["type": "object", "properties": ["count": ["type": "number"]]])
            case .exists: .some(["type": "object", "properties": ["exists": ["type": "boolean"]]])
            case .token, .value: .some(["type": "object"])
            case .events: .some(["type": "string"])
            case .nothing: .none
            }
        guard let schema else { return ["description": "Request was successful"] }
        return ["description": "Request was successful", "schema": schema]
    }

    private func reference(_ id: Model.ID) -> JSONValue { ["$ref": .string("#/definitions/\(schema[id].name)")] }

    // MARK: Models

    private var definitions: JSONValue {
        let point: JSONValue = [
            "type": "object", "properties": ["lat": ["type": "number"], "lng": ["type": "number"]],
        ]
        return .object([.init("GeoPoint", point)] + schema.models.map { .init($0.name, definition($0)) })
    }

    private func definition(_ model: Model) -> JSONValue {
        let shown = model.properties.filter { !$0.isHidden }
        var members: [JSONValue.Member] = [.init("type", "object")]
        if let summary = model.definition.summary { members.append(.init("description", .string(summary))) }
        members.append(
            .init("properties", .object(shown.map { .init($0.name, type(of: $0, in: model)) })))
        let required = shown.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        members.append(.init("additionalProperties", .bool(!model.strict)))
        return .object(members)
    }

    private func type(of property: Property, in model: Model) -> JSONValue {
        if let relation = model.relations.first(where: { $0.embedded == property.id }), let target = relation.target {
            return relation.isToMany ? ["type": "array", "items": reference(target)] : reference(target)
        }
        return type(property.kind)
    }

    private func type(_ kind: PropertyKind) -> JSONValue {
        switch kind {
        case .string: ["type": "string"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .date: ["type": "string", "format": "date-time"]
        case .buffer: ["type": "string", "format": "byte"]
        case .geopoint: ["$ref": "#/definitions/GeoPoint"]
        case .object: ["type": "object"]
        case .any: [:]
        case .array(let element): ["type": "array", "items": type(element)]
        case .model(let name): schema.model(name).map { reference($0.id) } ?? ["type": "object"]
        }
    }
}
