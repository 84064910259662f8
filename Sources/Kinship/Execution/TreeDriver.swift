// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Runs plans, wave by wave, and then what is to be asked when parents have come: everything that is read goes through here.
///
/// Several plans run side by side, the statements of a wave of all of them in one round trip. Includes whose scopes are
/// functions of their parents (D11) are planned when these are there, as any other filter is, and run by the same loop.
struct TreeDriver {
    /// So many statements go out in one round trip.
    private static let mostStatements = 500

    let carrier: Carrier
    let planning: Planning
    let options: TreeOptions

    /// Runs a plan from the beginning.
    ///
    /// - Throws: ``PostgresError``; ``PlannerError`` `INVALID_SCOPE`, and what the functions of scopes throw; `RESULT_TOO_LARGE`;
    ///   `UNKNOWN_POLYMORPHIC_TYPE`; `TYPE_CHANGED`; `FILTER_TOO_COSTLY`.
    @inline(__always)
    func run(_ plan: PreparedPlan, _ values: [BoundValue]) async throws -> Graph {
        var run = try PlanRun(plan, values: values, options)
        return try await self.run(&run)
    }

    /// Runs a plan whose root rows are there, from elsewhere.
    ///
    /// - Parameters:
    ///   - rows: the root's rows.
    ///   - statements: how many statements it took to get them, in one round trip.
    ///   - duration: how long that took.
    func run(
        _ plan: PreparedPlan, _ values: [BoundValue], root rows: RowSet, statements: Int, duration: Duration
    ) async throws -> Graph {
        var run = try PlanRun(plan, values: values, options, root: rows, isPart: false)
        run.statistics.fetches[0].duration = duration
        var usage = usage()
        (usage.statements, usage.roundTrips, usage.duration) = (statements, 1, duration)
        usage.size.add(rows)
        try options.check(usage.size) { plan.plan.place(of: Fetch.root) }
        return try await self.run(&run, &usage)
    }

    /// Runs a plan, and leaves what was sent with it.
    @inline(__always)
    func run(_ run: inout PlanRun) async throws -> Graph {
        var usage = usage()
        return try await self.run(&run, &usage)
    }

    private func usage() -> TreeUsage {
        var work = MemoryWork(options.maximumSteps, timeout: planning.timeout)
        work.holdsConnection = carrier.holdsConnection
        return TreeUsage(work: work)
    }

    private func run(_ run: inout PlanRun, _ usage: inout TreeUsage) async throws -> Graph {
        try await drive(&run, &usage)
        var graph = try run.isLarge ? await run.graph() : run.graphAtOnce()
        if run.prepared.isPolymorphic { try planning.checkTypes(of: graph, options) }
        if run.prepared.hasDeferred {
            usage.work.goOn(timeout: planning.timeout)
            graph = try await complete([graph], depth: 0, &usage)[0]
        }
        graph.statistics.statements = usage.statements
        graph.statistics.roundTrips = usage.roundTrips
        graph.statistics.duration = usage.duration
        return graph
    }

    // MARK: Waves

    /// Runs one plan, as almost all requests have it.
    @inline(__always)
    private func drive(_ run: inout PlanRun, _ usage: inout TreeUsage) async throws {
        for (number, wave) in run.prepared.plan.waves.enumerated() {
            var (sent, statements) = try run.statements(of: wave)
            if carrier.keepsSettings, run.prepared.handsOver, let clearing = run.prepared.clearings[number] {
                statements.append(clearing)
            }
            let around = try run.around(wave)
            let (ahead, behind) = (around?.ahead.count ?? 0, around?.behind.count ?? 0)
            if let around { statements = around.ahead + statements.prefix(1) + around.behind + statements.dropFirst() }
            var (results, duration): ([RowSet], Duration)
            do {
                (results, duration) = try await carrier.pipeline(
                    statements, limits: run.room(usage), behind: planning.wall)
            } catch let error as PostgresError {
                throw options.told(error) { position in
                    let own = position <= ahead ? position - ahead : position - ahead - behind
                    return sent.indices.contains(own) ? run.plan.place(of: sent[own]) : nil
                }
            }
            if around != nil {
                results.removeSubrange(ahead + 1..<ahead + 1 + behind)
                results.removeFirst(ahead)
            }
            try run.take(results[...], of: sent, duration: duration, &usage)
            if run.prepared.makesLocalRows { try await makeLocalRows(of: &run, in: wave, &usage) }
            usage.add(ahead + behind + sent.count, duration)
        }
    }

    /// Runs several plans side by side: the statements of each wave in one round trip, or a few.
    private func drive(_ runs: inout [PlanRun], _ usage: inout TreeUsage) async throws {
        for wave in 0..<(runs.map(\.plan.waves.count).max() ?? 0) {
            var next = 0
            while next < runs.count {
                var statements: [Statement] = []
                var asked: [(run: Int, sent: [Fetch.ID])] = []
                while next < runs.count, statements.count < Self.mostStatements {
                    if wave < runs[next].plan.waves.count {
                        let (sent, own) = try runs[next].statements(of: runs[next].plan.waves[wave])
                        asked.append((next, sent))
                        statements += own
                    }
                    next += 1
                }
                let (results, duration) = try await options.asking(
                    place: { Self.place(ofStatement: $0, asked, runs) },
                    {
                        try await carrier.pipeline(
                            statements, limits: options.room(beside: usage.size), behind: planning.wall)
                    })
                usage.add(statements.count, duration)
                var rest = results[...]
                for (run, sent) in asked {
                    let own = rest.prefix(sent.count)
                    rest = rest.dropFirst(sent.count)
                    try runs[run].take(own, of: sent, duration: duration, &usage)
                    guard runs[run].prepared.makesLocalRows else { continue }
                    try await makeLocalRows(of: &runs[run], in: runs[run].plan.waves[wave], &usage)
                }
            }
        }
    }

    private func makeLocalRows(
        of run: inout PlanRun, in wave: [Fetch.ID], _ usage: inout TreeUsage
    ) async throws {
        let (statements, roundTrips) = (run.statistics.statements, run.statistics.roundTrips)
        try await run.makeLocalRows(of: wave, &usage, asking: carrier)
        usage.statements += run.statistics.statements - statements
        usage.roundTrips += run.statistics.roundTrips - roundTrips
    }

    /// The relation that a statement of several plans' asks for.
    private static func place(
        ofStatement index: Int, _ asked: [(run: Int, sent: [Fetch.ID])], _ runs: [PlanRun]
    ) -> String? {
        var rest = index
        for (run, sent) in asked {
            if rest < sent.count { return runs[run].plan.place(of: sent[rest]) }
            rest -= sent.count
        }
        return nil
    }

    // MARK: What is asked when parents have come

    /// The graphs with everything that was deferred: that of all of them together, level by level.
    private func complete(_ graphs: [Graph], depth: Int, _ usage: inout TreeUsage) async throws -> [Graph] {
        let deferred = DeferredIncludes(planning: planning, options: options)
        var groups: [DeferredIncludes.Group] = []
        for (index, graph) in graphs.enumerated() where graph.plan.hasDeferred {
            groups += try deferred.groups(of: graph, index, depth: depth)
        }
        guard !groups.isEmpty else { return graphs }
        var runs = groups.map(\.run)
        try await drive(&runs, &usage)
        var loaded: [Graph] = []
        loaded.reserveCapacity(runs.count)
        for index in runs.indices {
            let graph = try runs[index].isLarge ? await runs[index].graph() : runs[index].graphAtOnce()
            if runs[index].prepared.isPolymorphic { try planning.checkTypes(of: graph, options) }
            loaded.append(graph)
        }
        return deferred.grafted(groups, try await complete(loaded, depth: depth + 1, &usage), onto: graphs)
    }
}

extension TreeUsage {
    /// Adds a round trip; none was made for no statements.
    fileprivate mutating func add(_ statements: Int, _ duration: Duration) {
        guard statements > 0 else { return }
        self.statements += statements
        roundTrips += 1
        self.duration += duration
    }
}
