// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes

/// Routes by their paths. Words come before parameters, whatever the order of the routes.
struct RouteTree: Sendable {
    private struct Node: Sendable {
        var words: [String: Int] = [:]
        var parameter: (name: String, node: Int)?
        var routes: [String: Route] = [:]
    }

    private var nodes = [Node()]
    /// The routes that aren't there, for others have their method and path, each with that one.
    private(set) var taken: [(route: Route, by: Route)] = []

    init(_ routes: [Route]) {
        for route in routes { add(route) }
    }

    /// Of two routes with the same method and path the first one stays.
    private mutating func add(_ route: Route) {
        var place = 0
        for segment in route.segments { place = child(of: place, segment) }
        let method = route.method.rawValue
        if let known = nodes[place].routes[method] {
            taken.append((route, known))
        } else {
            nodes[place].routes[method] = route
        }
    }

    private mutating func child(of place: Int, _ segment: Route.Segment) -> Int {
        switch segment {
        case .word(let word):
            let key = word.lowercased()
            if let known = nodes[place].words[key] { return known }
            nodes.append(Node())
            nodes[place].words[key] = nodes.count - 1
        case .parameter(let name):
            if let known = nodes[place].parameter { return known.node }
            nodes.append(Node())
            nodes[place].parameter = (name, nodes.count - 1)
        }
        return nodes.count - 1
    }

    /// The route of a method and a path, with its parameters; a HEAD without a route of its own is a GET.
    func route(_ method: HTTPRequest.Method, _ segments: ArraySlice<String>) -> (route: Route, parameters: [String])? {
        var parameters: [String] = []
        guard let route = find(method.rawValue, segments, 0, &parameters) else { return nil }
        return (route, parameters)
    }

    private func find(
        _ method: String, _ segments: ArraySlice<String>, _ place: Int, _ parameters: inout [String]
    ) -> Route? {
        let node = nodes[place]
        guard let first = segments.first else {
            return node.routes[method] ?? (method == "HEAD" ? node.routes["GET"] : nil)
        }
        let rest = segments.dropFirst()
        if let child = node.words[first] ?? node.words[first.lowercased()] {
            let count = parameters.count
            if let route = find(method, rest, child, &parameters) { return route }
            parameters.removeSubrange(count...)
        }
        guard let child = node.parameter?.node, !first.isEmpty else { return nil }
        parameters.append(first)
        return find(method, rest, child, &parameters)
    }

    /// The methods that a path has routes for.
    func methods(_ segments: ArraySlice<String>) -> [String] {
        ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"].filter { name in
            HTTPRequest.Method(name).flatMap { route($0, segments) } != nil
        }
    }
}
