// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Loads the includes whose scopes are functions of their parents, when these have come (D11).
///
/// Parents whose scopes come out equal are loaded together; the statements of all groups go out together, level by level.
struct DeferredIncludes {
    /// Functions that lead back to their own relation would never end.
    private static let deepest = 32
    /// So many statements go out in one round trip.
    private static let mostStatements = 500

    let planning: Planning
    let trees: TreeOptions

    /// The graph with everything that was deferred, its rows' types checked.
    ///
    /// - Throws: ``PlannerError`` `INVALID_SCOPE`, and what the functions throw; `RESULT_TOO_LARGE`;
    ///   `UNKNOWN_POLYMORPHIC_TYPE`.
    func complete(_ graph: Graph, on connection: Connection) async throws -> Graph {
        var size = TreeSize()
        for rowSet in graph.rowSets { if let rowSet { size.add(rowSet) } }
        var work = MemoryWork(trees.maximumSteps, timeout: planning.timeout)
        work.holdsConnection = true
        return try await complete(graph, on: connection, depth: 0, &size, &work)
    }

    /// - Parameter size: that of the whole tree as far as it has come, ``TreeOptions/maximumRows`` is about all of it.
    private func complete(
        _ graph: Graph, on connection: Connection, depth: Int, _ size: inout TreeSize, _ work: inout MemoryWork
    ) async throws -> Graph {
        try planning.checkTypes(of: graph, trees)
        guard graph.plan.hasDeferred else { return graph }
        var graph = graph
        var groups: [Group] = []
        for node in graph.plan.nodes {
            guard let include = node.deferred, let parents = Parents(of: node, in: graph, planning.schema) else {
                continue
            }
            guard depth < Self.deepest else { throw endless(node, parents) }
            groups += try self.groups(include, of: node, parents)
        }
        let graphs = try await run(groups.map(\.run), &size, &work, on: connection, into: &graph.statistics)
        var completed: [Graph] = []
        for loaded in graphs {
            let whole = try await complete(loaded, on: connection, depth: depth + 1, &size, &work)
            if loaded.plan.hasDeferred {
                graph.statistics.statements += whole.statistics.statements - loaded.statistics.statements
                graph.statistics.roundTrips += whole.statistics.roundTrips - loaded.statistics.roundTrips
                graph.statistics.duration += whole.statistics.duration - loaded.statistics.duration
            }
            completed.append(whole)
        }
        for node in graph.plan.nodes where node.deferred != nil {
            guard let rows = node.parent.flatMap({ graph.plan.nodes[$0].fetch }).flatMap({ graph.rowSets[$0] }) else {
                continue
            }
            var numbers = [Int32](repeating: -1, count: rows.count)
            var places = numbers
            var own: [Graph] = []
            for (group, loaded) in zip(groups, completed) where group.node == node.id {
                for (place, row) in group.rows.enumerated() {
                    numbers[row] = Int32(truncatingIfNeeded: own.count)
                    places[row] = Int32(truncatingIfNeeded: place)
                }
                own.append(loaded)
            }
            if !own.isEmpty { graph.grafts[node.id] = Graft(groups: numbers, rows: places, graphs: own) }
        }
        return graph
    }

    // MARK: Groups

    /// Parents whose scopes came out equal.
    private struct Group {
        let node: Node.ID
        let rows: [Int]
        let run: PlanRun
    }

    private func groups(_ include: Include, of node: Node, _ parents: Parents) throws -> [Group] {
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
            var run = PlanRun(
                plan, values: values, trees, timeout: planning.timeout,
                root: try parents.copy(members, as: plan.plan.fetches[0]), statements: 0,
                roundTrips: 0, duration: .zero)
            run.countsRoot = false
            try run.prepare()
            return Group(node: node.id, rows: members, run: run)
        }
    }

    private func endless(_ node: Node, _ parents: Parents) -> PlannerError {
        PlannerError(
            .invalidScope,
            "The scope function of \(parents.model.name).\(node.name) leads back to the relation, \(Self.deepest) levels deep: loading it would never end.",
            path: "relations.\(node.name).scope", model: parents.model.name, relation: node.name)
    }

    // MARK: Running

    /// Runs several plans side by side: the statements of each level in one round trip.
    ///
    /// - Parameters:
    ///   - size: that of the whole tree, before and after.
    ///   - work: what may still be done in memory for the whole tree.
    private func run(
        _ runs: [PlanRun], _ size: inout TreeSize, _ work: inout MemoryWork, on connection: Connection,
        into statistics: inout ExecutionStatistics
    ) async throws -> [Graph] {
        var runs = runs
        let clock = ContinuousClock()
        let start = clock.now
        for wave in 0..<(runs.map(\.plan.waves.count).max() ?? 0) {
            var first = 0
            while first < runs.count {
                var statements: [Statement] = []
                var sent: [(run: Int, ids: [Fetch.ID])] = []
                while first < runs.count, statements.count < Self.mostStatements {
                    if wave < runs[first].plan.waves.count {
                        let (ids, own) = try runs[first].statements(of: runs[first].plan.waves[wave])
                        sent.append((first, ids))
                        statements += own
                    }
                    first += 1
                }
                let begun = clock.now
                var results = try await trees.asking(
                    place: { index in
                        var rest = index
                        for (run, ids) in sent {
                            if rest < ids.count { return runs[run].plan.place(of: ids[rest]) }
                            rest -= ids.count
                        }
                        return nil
                    },
                    { try await connection.pipeline(statements, limits: trees.room(beside: size)) })[...]
                statistics.statements += statements.count
                if !statements.isEmpty { statistics.roundTrips += 1 }
                for (run, ids) in sent {
                    let wave = runs[run].plan.waves[wave]
                    let own = runs[run].size
                    runs[run].sizeBefore = size - own
                    runs[run].work = work
                    try await runs[run].take(
                        Array(results.prefix(ids.count)), of: ids, in: wave, duration: clock.now - begun
                    ) { try await connection.execute($0) }
                    work = runs[run].work
                    size = size + runs[run].size - own
                    results = results.dropFirst(ids.count)
                }
            }
        }
        statistics.duration += clock.now - start
        var graphs: [Graph] = []
        for index in runs.indices { graphs.append(try await runs[index].graph()) }
        return graphs
    }
}
