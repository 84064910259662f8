// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// The routes of one relation, which its kind decides.
struct RelationRoutes {
    private let relation: Relation
    /// Whether one of several targets can be named by a key.
    private let hasKey: Bool

    init(_ relation: Relation, _ schema: Schema) {
        self.relation = relation
        hasKey = relation.target.map { !schema[$0].primaryKey.isEmpty } ?? false
    }

    /// The routes.
    ///
    /// - Parameters:
    ///   - base: the path of the record.
    ///   - outer: the relation that leads to the record, where it isn't named by a key of its own.
    ///   - operation: what a route does.
    func routes(
        below base: [Route.Segment], of model: String, under outer: String? = nil,
        _ operation: (RelationOperation) -> RouteOperation
    ) -> [Route] {
        let path = base + relation.pathSegments
        let name = outer.map { "\($0)__\(relation.name)" } ?? relation.name
        return list.map { entry in
            Route(
                entry.method, path + entry.path.routeSegments, of: model, operation(entry.operation),
                "prototype.__\(entry.verb)__\(name)", entry.operation.accessType)
        }
    }

    private typealias Entry = (method: HTTPRequest.Method, path: String, operation: RelationOperation, verb: String)

    private var list: [Entry] {
        switch relation.kind {
        case .belongsTo: return [(.get, "", .get, "get")]
        case .hasOne, .embedsOne:
            return [
                (.get, "", .get, "get"), (.post, "", .create, "create"), (.put, "", .update, "update"),
                (.delete, "", .delete, "destroy"),
            ]
        case .hasMany, .hasManyThrough, .hasAndBelongsToMany, .referencesMany, .embedsMany: break
        }
        var entries: [Entry] = [
            (.get, "", .get, "get"), (.post, "", .create, "create"), (.delete, "", .delete, "delete"),
            (.get, "count", .count, "count"),
        ]
        guard hasKey else { return entries }
        entries += [
            (.get, ":fk", .findById, "findById"), (.put, ":fk", .updateById, "updateById"),
            (.delete, ":fk", .deleteById, "destroyById"),
        ]
        guard relation.through != nil || relation.kind == .referencesMany else { return entries }
        return entries + [
            (.put, "rel/:fk", .link, "link"), (.delete, "rel/:fk", .unlink, "unlink"),
            (.head, "rel/:fk", .exists, "exists"),
        ]
    }
}

extension RelationOperation {
    /// What it does with records.
    fileprivate var accessType: AccessType {
        switch self {
        case .get, .count, .findById, .exists: .read
        case .create, .update, .delete, .updateById, .deleteById, .link, .unlink: .write
        }
    }
}
