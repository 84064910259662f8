// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// The routes of one model.
///
/// Methods of the program's own come first: who gives one a path that is taken means it.
struct ModelRoutes {
    private let schema: Schema
    private let model: Model
    private let base: [Route.Segment]
    private let sharing: SharedMethods

    init(_ schema: Schema, _ model: Model) {
        self.schema = schema
        self.model = model
        base = model.routeSegments
        sharing = SharedMethods(model)
    }

    /// All of them.
    var routes: [Route] {
        (methods + users + records + scopes + relations).filter(sharing.offers)
    }

    private func route(
        _ method: HTTPRequest.Method, _ path: String, _ operation: RecordOperation, _ accessType: AccessType,
        _ name: String? = nil, aliases: [String] = []
    ) -> Route {
        Route(
            method, base + path.routeSegments, of: model.name, .records(operation), name ?? operation.rawValue,
            aliases: aliases, accessType)
    }

    // MARK: Records

    private var records: [Route] {
        let replaces = model.definition.replaceOnPUT != false
        let patching = ["upsert", "updateOrCreate"]
        var routes = [
            route(.get, "", .find, .read),
            route(.get, "findOne", .findOne, .read),
            route(.get, "count", .count, .read),
            route(.post, "", .create, .write),
            route(.post, "update", .updateAll, .write, aliases: ["update"]),
            route(.post, "graph", .createGraph, .write, aliases: ["create"]),
            route(.post, "upsertWithWhere", .upsertWithWhere, .write, aliases: ["patchOrCreateWithWhere"]),
        ]
        guard !model.primaryKey.isEmpty else { return routes }
        // Which record has changed is told by its key.
        if !model.primaryKey.contains(where: { model.properties[$0].isHidden }) {
            routes.append(route(.get, "change-stream", .createChangeStream, .read))
            routes.append(route(.post, "change-stream", .createChangeStream, .read))
        }
        let onRecord = "prototype.patchAttributes"
        routes += [
            route(.get, ":id", .findById, .read),
            route(.head, ":id", .exists, .read),
            route(.get, ":id/exists", .exists, .read),
            route(.patch, "", .patchOrCreate, .write, aliases: patching),
            route(.post, "replaceOrCreate", .replaceOrCreate, .write),
            route(.patch, ":id", .patchAttributes, .write, onRecord, aliases: ["prototype.updateAttributes"]),
            route(.post, ":id/replace", .replaceById, .write),
            route(.delete, ":id", .deleteById, .write, aliases: ["destroyById", "removeById"]),
            route(.put, "graph", .upsertGraph, .write, aliases: ["replaceOrCreate"] + patching),
            route(
                .patch, ":id/graph", .updateGraph, .write, "prototype.updateGraph",
                aliases: [onRecord, "prototype.updateAttributes"]),
        ]
        if replaces {
            routes.append(route(.put, "", .replaceOrCreate, .write))
            routes.append(route(.put, ":id", .replaceById, .write))
        } else {
            routes.append(route(.put, "", .patchOrCreate, .write, aliases: patching))
            routes.append(
                route(.put, ":id", .patchAttributes, .write, onRecord, aliases: ["prototype.updateAttributes"]))
        }
        return routes
    }

    // MARK: Users

    private var users: [Route] {
        guard schema.isUser(model), schema.model("AccessToken")?.isPersisted == true else { return [] }
        return UserOperation.allCases.map { operation in
            Route(
                .post, base + [.word(operation.rawValue)], of: model.name, .user(operation), operation.rawValue,
                .execute)
        }
    }

    // MARK: Methods of the program's own

    private var methods: [Route] {
        let own = model.definition.methods.map { method in
            let isOfRecord = method.subject == .record
            return route(
                of: method, nil, isOfRecord ? base + [.parameter("id")] : base,
                (isOfRecord ? "prototype." : "") + method.name)
        }
        return own
            + model.relations.filter { !$0.isHidden }.flatMap { relation in
                (relation.definition.scopeMethods + relation.definition.methods).map { method in
                    route(
                        of: method, relation.name, base + [.parameter("id")] + relation.pathSegments,
                        "prototype.__\(method.name)__\(relation.name)")
                }
            }
    }

    private func route(
        of method: MethodDefinition, _ relation: String?, _ path: [Route.Segment], _ name: String
    ) -> Route {
        // Its own parameters may have the name that the record's key has here.
        let own = method.path.routeSegments.map { segment in
            if case .parameter(let name) = segment { Route.Segment.parameter(Route.argument(name)) } else { segment }
        }
        return Route(
            .init(method.verb), path + own, of: model.name, .method(relation: relation, method), name, .execute)
    }

    // MARK: Named scopes

    private var scopes: [Route] {
        let named = model.definition.scopes.map(\.key)
        let functions = model.definition.scopeFunctions.keys.sorted()
        var routes: [Route] = []
        for name in named + functions {
            routes.append(scope(name, .get, "", .find, "get", .read))
            routes.append(scope(name, .get, "count", .count, "count", .read))
        }
        // What a function of parameters comes to says nothing about new records.
        for name in named {
            routes.append(scope(name, .post, "", .create, "create", .write))
            routes.append(scope(name, .delete, "", .delete, "delete", .write))
        }
        return routes
    }

    private func scope(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, _ operation: ScopeOperation, _ verb: String,
        _ accessType: AccessType
    ) -> Route {
        Route(
            method, base + [.word(name)] + path.routeSegments, of: model.name, .scope(name, operation),
            "__\(verb)__\(name)", accessType)
    }

    // MARK: Relations

    private var relations: [Route] {
        model.relations.filter { !$0.isHidden }.flatMap { relation in
            let own = RelationRoutes(relation, schema).routes(below: base + [.parameter("id")], of: model.name) {
                .relation(relation.name, $0)
            }
            return own + nested(relation)
        }
    }

    /// The routes of what a related record is related to in turn.
    private func nested(_ relation: Relation) -> [Route] {
        guard relation.definition.nestRemoting, relation.embedded == nil, let target = relation.target else {
            return []
        }
        var path = base + [.parameter("id")] + relation.pathSegments
        if relation.isToMany { path.append(.parameter("nk")) }
        return schema[target].relations.filter { !$0.isHidden }.flatMap { inner in
            RelationRoutes(inner, schema).routes(below: path, of: model.name, under: relation.name) {
                .nested(relation.name, inner.name, $0)
            }
        }
    }
}

extension HTTPRequest.Method {
    fileprivate init(_ verb: MethodDefinition.Verb) {
        self =
            switch verb {
            case .get: .get
            case .post: .post
            case .put: .put
            case .patch: .patch
            case .delete: .delete
            }
    }
}

extension Relation {
    /// The path of its routes: that of `options.http.path`, else the name.
    var pathSegments: [Route.Segment] { (definition.httpPath ?? name).routeSegments }
}

extension String {
    /// A path as parts; those with a colon ahead are parameters.
    var routeSegments: [Route.Segment] {
        split(separator: "/").map { part in
            part.hasPrefix(":") ? .parameter(String(part.dropFirst())) : .word(String(part))
        }
    }
}
