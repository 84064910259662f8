// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a filter comes to: the statements to send and how their rows hang together.
///
/// A plan is a value; it can be printed, compared and tested without a database. Its statement texts depend on the
/// filter's shape only, never on values, limits or the number of parents, so each is prepared once per connection.
///
/// ```swift
/// let plan = try planner.plan(shape, for: customer.id)
/// print(try plan.explained(in: schema).text())
/// ```
public struct Plan: Sendable, Hashable {
    /// How the statements follow each other.
    public let strategy: Strategy
    /// The statements, each after the one that gives it its keys.
    public let fetches: [Fetch]
    /// The tree of the answer in preorder; the first is the root.
    public let nodes: [Node]
    /// The fetch that counts the root's rows without limits (`page`), nil when that was not asked.
    public let total: Fetch.ID?
    /// How the cursors of the root's page are made, nil when they were not asked for.
    public let paging: Paging?
    /// The statements by round trip: those of one wave need nothing but what came with earlier waves.
    public let waves: [[Fetch.ID]]

    init(_ strategy: Strategy, fetches: [Fetch], nodes: [Node], total: Fetch.ID? = nil, paging: Paging? = nil) {
        self.strategy = strategy
        self.fetches = fetches
        self.nodes = nodes
        self.total = total
        self.paging = paging
        var waves: [[Fetch.ID]] = []
        for fetch in fetches {
            while waves.count <= fetch.wave { waves.append([]) }
            waves[fetch.wave].append(fetch.id)
        }
        self.waves = waves
    }

    /// The fetch with an id, nil for one of another plan that this one has no fetch for.
    ///
    /// ```swift
    /// let statements = explanation.serverPlans.keys.sorted().compactMap { explanation.plan.fetch($0)?.text }
    /// ```
    public func fetch(_ id: Fetch.ID) -> Fetch? { fetches.element(id) }

    /// The node with an id, nil for one of another plan that this one has no node for.
    public func node(_ id: Node.ID) -> Node? { nodes.element(id) }

    /// How many statements there are at most, with what goes out ahead of a change and behind it.
    public var statementCount: Int {
        fetches.reduce(0) { $0 + $1.ahead.count + $1.behind.count + ($1.local == nil ? 1 : 0) }
    }

    /// Whether some of the tree is planned only when its parents have come.
    package var hasDeferred: Bool { nodes.contains { $0.deferred != nil } }

    /// The relations that lead from the root to the rows of a fetch: `orders.items`; nil for the root's own.
    package func place(of fetch: Fetch.ID) -> String? {
        var names: [String] = []
        var node = nodes.first { node in
            if case .twoHop(_, _, let targets, _)? = node.link, targets.fetch == fetch { return true }
            return node.fetch == fetch || node.summary?.fetch == fetch
        }
        while let current = node {
            if !current.name.isEmpty { names.append(current.name) }
            node = current.parent.map { nodes[$0] }
        }
        return names.isEmpty ? nil : names.reversed().joined(separator: ".")
    }
}
