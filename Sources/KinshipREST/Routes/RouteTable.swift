// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// All that a schema's models can be asked for: a pure function of the schema.
///
/// ```swift
/// for route in RouteTable(database.schema).routes { print(route, route.methodName) }
/// ```
///
/// Models without a table, link models that nobody described and models that `model-config.json` keeps from REST have no routes;
/// relations that are hidden have none either.
public struct RouteTable: Sendable {
    /// The routes, by model.
    public let routes: [Route]
    /// Where they are.
    let tree: RouteTree
    /// What graphs may do.
    let graphs: GraphRoutes

    /// The routes of a schema's models.
    ///
    /// - Parameter graphs: whether there are those of whole graphs.
    public init(_ schema: Schema, graphs: Bool = false) {
        routes = schema.models.filter(\.isOffered).flatMap { ModelRoutes(schema, $0).routes }.filter { route in
            graphs || !route.isOfGraphs
        }
        tree = RouteTree(routes)
        self.graphs = GraphRoutes(routes)
    }
}

extension Model {
    /// The path of its routes: that of `http.path`, else the plural.
    var routeSegments: [Route.Segment] {
        pathWords.map { .word($0) }
    }
}
