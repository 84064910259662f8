// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A tree comes in parts when scopes are functions: one for all parents of an include whose scopes come out equal (D11).
struct TreeParts {
    private struct Part {
        /// What it hangs from.
        var parent: Int
        var statements: Int
        var rankings: Int
        /// How many round trips it takes by itself.
        var trips: Int

        init(parent: Int, _ resolver: TreeResolver, trips: Int) {
            self.parent = parent
            self.trips = trips
            (statements, rankings) = (resolver.mostStatements, resolver.mostRankings)
        }
    }

    private var parts: [Part] = []
    private var includes: [String: TreeAsk.Included] = [:]
    private var lastID = 0
    /// Why a part can't be loaded: known only once there is a parent that asks for it.
    private(set) var refusal: TreeRefusal?

    init() {}

    /// - Parameter resolver: what has resolved the tree.
    init(root resolver: TreeResolver) {
        parts = [Part(parent: 0, resolver, trips: 1 + resolver.depth)]
        lastID = resolver.lastID
    }

    /// The include as it is for the parents with a scope; nil when it is refused.
    mutating func include(_ include: TreeAsk.Included, scope: JSONValue, in world: TreeWorld) -> TreeAsk.Included? {
        let name = "\(include.id) \(scope)"
        if let known = includes[name] { return known }
        var resolver = TreeResolver(world, part: parts.count, after: lastID)
        do throws(TreeRefusal) {
            let resolved = try resolver.resolve(include, scope: scope)
            includes[name] = resolved
            parts.append(Part(parent: include.part, resolver, trips: resolver.depth))
            lastID = resolver.lastID
            return resolved
        } catch {
            refusal = refusal ?? error
            return nil
        }
    }

    var mostStatements: Int { parts.reduce(0) { $0 + $1.statements } }

    var mostRankings: Int { parts.reduce(0) { $0 + $1.rankings } }

    /// Parts that hang from one tree are loaded side by side.
    var mostTrips: Int {
        parts.isEmpty ? 0 : parts[0].trips + tripsBelow(0)
    }

    private func tripsBelow(_ parent: Int) -> Int {
        let below = parts.indices.filter { $0 > 0 && parts[$0].parent == parent }
        return (below.map { parts[$0].trips }.max() ?? 0) + below.reduce(0) { $0 + tripsBelow($1) }
    }
}
