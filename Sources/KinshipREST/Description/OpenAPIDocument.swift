// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// The description of a service in OpenAPI 3.1: a pure function of the schema and the rules.
///
/// ```swift
/// let json = OpenAPIDocument(database.schema, RouteTable(database.schema)).json
/// ```
///
/// Filters and conditions have a schema for each model. What an answer holds depends on its filter, so that no property of it is required; hidden
/// properties aren't in it. Each operation says which proofs of who asks it takes (`security`), and as `x-kinship-access` who can get through to it:
/// `everyone`, `token` (who is known), `rights` (some of those) or `nobody`.
public struct OpenAPIDocument: Sendable {
    private let schema: Schema
    private let routes: RouteTable
    private let basePath: String
    private let title: String
    private let version: String
    private let schemas: ModelSchemas
    private let showsPlans: Bool
    private let rules: DescribedRules

    /// - Parameters:
    ///   - basePath: the path of all routes.
    ///   - title: of the application.
    ///   - version: of the application.
    ///   - examples: a record by the name of its model, shown beside its schema.
    ///   - showsPlans: whether a page may ask how requests are planned.
    ///   - rules: who may do what; of the service's own, those that it keeps.
    public init(
        _ schema: Schema, _ routes: RouteTable, basePath: String = "/api", title: String = "Kinship",
        version: String = "1.0.0", examples: [String: JSONValue] = [:], showsPlans: Bool = false,
        rules: DescribedRules = .untold
    ) {
        (self.showsPlans, self.rules) = (showsPlans, rules)
        (self.schema, self.routes, self.basePath, self.title, self.version) = (schema, routes, basePath, title, version)
        schemas = ModelSchemas(schema, routes, examples: examples)
    }

    /// The document.
    public var json: JSONValue {
        [
            "openapi": "3.1.0", "info": ["title": .string(title), "version": .string(version)],
            "servers": [["url": .string(basePath)]], "x-kinship": ["plans": .bool(showsPlans)],
            "tags": .array(schemas.offered.map { ["name": .string($0.name)] }), "paths": paths,
            "components": [
                "schemas": schemas.json, "responses": ["Error": Self.error],
                "securitySchemes": .object(rules.schemes),
            ],
        ]
    }

    private static let error: JSONValue = [
        "description": "What went wrong.",
        "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
    ]

    private var paths: JSONValue {
        var paths: [JSONValue.Member] = []
        var places: [String: Int] = [:]
        var names: [String: Int] = [:]
        for route in routes.routes { names["\(route.model).\(route.methodName)", default: 0] += 1 }
        for route in routes.routes {
            guard let model = schema.model(route.model) else { continue }
            let described = DescribedRoute(route, model, schema)
            let verb = route.method.rawValue.lowercased()
            let place = places[described.path] ?? paths.count
            if place == paths.count {
                places[described.path] = place
                paths.append(.init(described.path, .object(parameters(of: described))))
            }
            guard paths[place].value[verb] == nil else { continue }
            var members = paths[place].value.members ?? []
            var name = "\(route.model).\(route.methodName)"
            if names[name] != 1 { name += "__\(verb)\(described.path.replacing("/", with: "_"))" }
            members.append(.init(verb, operation(described, name)))
            paths[place].value = .object(members)
        }
        return .object(paths)
    }

    private func parameters(of described: DescribedRoute) -> [JSONValue.Member] {
        guard !described.parameters.isEmpty else { return [] }
        return [
            .init(
                "parameters",
                .array(
                    described.parameters.map { name in
                        [
                            "name": .string(name), "in": "path", "required": true,
                            "schema": ["type": "string", "minLength": 1],
                        ]
                    }))
        ]
    }

    private func operation(_ described: DescribedRoute, _ name: String) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("operationId", .string(name)), .init("tags", [.string(described.route.model)]),
            .init("summary", .string(described.summary)),
        ]
        let arguments = described.arguments.map(argument)
        if !arguments.isEmpty { members.append(.init("parameters", .array(arguments))) }
        if let body = body(described.body) { members.append(.init("requestBody", body)) }
        let reach = rules.reach(of: described.route, described.model)
        members.append(.init("responses", responses(described, reach)))
        members.append(.init("security", rules.security(reach)))
        if let reach { members.append(.init("x-kinship-access", .string(reach.rawValue))) }
        return .object(members)
    }

    private func argument(_ argument: DescribedRoute.Argument) -> JSONValue {
        func json(_ name: String, _ schema: JSONValue) -> JSONValue {
            ["name": .string(name), "in": "query", "content": ["application/json": ["schema": schema]]]
        }
        return switch argument {
        case .filter(let id): json("filter", schemas.filter(id))
        case .condition(let id): json("where", schemas.condition(id))
        case .changeOptions(let id): json("options", changeOptions(id))
        case .value(let parameter):
            [
                "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
                "schema": ["type": "string"],
            ]
        }
    }

    private func body(_ body: DescribedRoute.Body) -> JSONValue? {
        func json(_ schema: JSONValue) -> JSONValue {
            ["required": true, "content": ["application/json": ["schema": schema]]]
        }
        switch body {
        case .none: return .none
        case .changeOptions(let id):
            return .some([
                "content": [
                    "application/json": [
                        "schema": ["type": "object", "properties": ["options": changeOptions(id)]]
                    ]
                ]
            ])
        case .data(let id, let isPartial, let takesList):
            let one = schemas.data(id, isPartial: isPartial)
            return .some(json(takesList ? ["oneOf": [one, ["type": "array", "items": one]]] : one))
        case .graph: return .some(json(["type": "object"]))
        case .arguments(let parameters):
            let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
            return .some(
                json([
                    "type": "object", "properties": .object(parameters.map { .init($0.name, [:]) }),
                    "required": .array(required),
                ]))
        case .value: return .some(json([:]))
        case .credentials:
            return .some(
                json([
                    "type": "object",
                    "properties": [
                        "email": ["type": "string"], "username": ["type": "string"], "password": ["type": "string"],
                        "ttl": ["type": "integer"],
                    ], "required": ["password"],
                ]))
        }
    }

    private func responses(_ described: DescribedRoute, _ reach: RouteReach?) -> JSONValue {
        var members: [JSONValue.Member] = []
        if described.isEmpty, described.route.method != .head {
            members.append(.init("204", ["description": "Done."]))
        } else if described.result == .events {
            members.append(
                .init(
                    "200",
                    [
                        "description": "Server-sent events, until the client goes away.",
                        "content": ["text/event-stream": ["schema": ["type": "string"]]],
                    ]))
        } else if let schema = result(described.result, takesList: described.takesList), described.route.method != .head
        {
            members.append(
                .init("200", ["description": "Done.", "content": ["application/json": ["schema": schema]]]))
        } else {
            members.append(.init("200", ["description": "Done."]))
            if described.route.method == .head { members.append(.init("204", ["description": "Done."])) }
        }
        if described.isCached { members.append(.init("304", ["description": "Nothing has changed."])) }
        // HEAD is answered without a body, also where something is wrong.
        let failure: JSONValue =
            described.route.method == .head
            ? ["description": "Something is wrong."] : ["$ref": "#/components/responses/Error"]
        let statuses = Set(described.failures ?? []).union(rules.refusals(reach, described.model))
        members += statuses.sorted().map { .init($0, failure) }
        // What methods and policies of the program's own answer only the program knows.
        if described.failures == nil || reach == nil { members.append(.init("default", failure)) }
        return .object(members)
    }

    private func result(_ result: DescribedRoute.Result, takesList: Bool) -> JSONValue? {
        switch result {
        case .record(let id): .some(record(id, takesList: takesList))
        case .anyRecord: .some(["type": ["object", "null"]])
        case .list(let id): .some(schemas.list(id))
        case .count: .some(Self.number("count", "integer"))
        case .exists: .some(Self.number("exists", "boolean"))
        case .token: .some(["type": "object"])
        case .value: .some([:])
        case .nothing, .events: .none
        }
    }

    /// What leads nowhere is null; several records that are made come as a list.
    private func record(_ id: Model.ID, takesList: Bool) -> JSONValue {
        let one = schemas.shown(id)
        var ways: [JSONValue] = [one, ["type": "null"]]
        if takesList { ways.append(["type": "array", "items": one]) }
        return ["oneOf": .array(ways)]
    }

    private func changeOptions(_ id: Model.ID) -> JSONValue {
        ["type": "object", "properties": ["where": schemas.condition(id)], "additionalProperties": false]
    }

    private static func number(_ name: String, _ type: String) -> JSONValue {
        [
            "type": "object", "properties": .object([.init(name, ["type": .string(type)])]),
            "required": [.string(name)],
        ]
    }
}
