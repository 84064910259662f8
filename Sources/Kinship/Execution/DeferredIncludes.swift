// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Includes whose scopes are functions of their parents, planned when these have come (D11).
///
/// Parents whose scopes come out equal are loaded together.
struct DeferredIncludes {
    /// Parents whose scopes came out equal.
    struct Group {
        /// Which of the graphs they are in.
        let graph: Int
        let node: Node.ID
        let rows: [Int]
        /// What loads the relation for them.
        let run: PlanRun
    }

    /// Functions that lead back to their own relation would never end.
    private static let deepest = 32

    let planning: Planning
    let options: TreeOptions

    /// What there is to load below the rows of a graph.
    ///
    /// - Parameters:
    ///   - index: the graph's position among those that are completed together.
    ///   - depth: how many levels of such includes are above it.
    /// - Throws: ``PlannerError`` `INVALID_SCOPE`, and what the functions throw.
    func groups(of graph: Graph, _ index: Int, depth: Int) throws -> [Group] {
        var groups: [Group] = []
        for node in graph.plan.nodes {
            guard let include = node.deferred, let parents = Parents(of: node, in: graph, planning.schema) else {
                continue
            }
            guard depth < Self.deepest else { throw endless(node, parents) }
            groups += try self.groups(include, of: node, parents, index)
        }
        return groups
    }

    private func groups(_ include: Include, of node: Node, _ parents: Parents, _ index: Int) throws -> [Group] {
        var isUnscoped = false
        if case .byRecord(let unscoped)? = include.deferral { isUnscoped = unscoped }
        var order: [Include] = []
        var rows: [Include: [Int]] = [:]
        for (position, row) in try parents.present.enumerated() {
            // The function of a scope is the program's own, and may take its time.
            if position & 0xFF == 0xFF { try Task.checkCancellation() }
            let resolved = try planning.scoped.resolved(
                accessor: include, of: parents.model.id, for: parents.record(row), unscoped: isUnscoped)
            if rows[resolved] == nil { order.append(resolved) }
            rows[resolved, default: []].append(row)
        }
        return try order.map { resolved in
            var tree = Filter()
            tree.fields = []
            tree.include = [resolved]
            let (plan, values) = try planning.prepare(tree, for: parents.model, isRootGiven: true)
            let members = rows[resolved] ?? []
            return Group(
                graph: index, node: node.id, rows: members,
                run: try PlanRun(
                    plan, values: values, options, root: try parents.copy(members, as: plan.plan.fetches[0]),
                    isPart: true))
        }
    }

    /// Hangs what was loaded for groups below their parents.
    ///
    /// - Parameters:
    ///   - groups: in the order of their graphs and nodes.
    ///   - loaded: one graph for each group.
    func grafted(_ groups: [Group], _ loaded: [Graph], onto graphs: [Graph]) -> [Graph] {
        var graphs = graphs
        var first = 0
        while first < groups.count {
            let (index, node) = (groups[first].graph, groups[first].node)
            var end = first
            while end < groups.count, groups[end].graph == index, groups[end].node == node { end += 1 }
            defer { first = end }
            let graph = graphs[index]
            guard let fetch = graph.plan.nodes[node].parent.flatMap({ graph.plan.nodes[$0].fetch }),
                let rows = graph.rowSets[fetch.index]
            else { continue }
            var numbers = [Int32](repeating: -1, count: rows.count)
            var places = numbers
            for (number, group) in groups[first..<end].enumerated() {
                for (place, row) in group.rows.enumerated() {
                    numbers[row] = Int32(truncatingIfNeeded: number)
                    places[row] = Int32(truncatingIfNeeded: place)
                }
            }
            graphs[index].grafts[node] = Graft(groups: numbers, rows: places, graphs: Array(loaded[first..<end]))
        }
        return graphs
    }

    private func endless(_ node: Node, _ parents: Parents) -> PlannerError {
        PlannerError(
            .invalidScope,
            "The scope function of \(parents.model.name).\(node.name) leads back to the relation, \(Self.deepest) levels deep: loading it would never end.",
            path: "relations.\(node.name).scope", model: parents.model.name, relation: node.name)
    }
}
