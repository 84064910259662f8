// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport

/// One run: workers and faults for a while, then quiet, then the verdict.
struct ChaosRun {
    let options: ChaosOptions

    func callAsFunction() async throws -> ChaosReport {
        let (server, certificate) = try await World.startServer()
        // What the process keeps for good is made before anything is counted.
        for source in [Readiness.source, DispatchReadiness()] {
            let connection = try await Connection.connect(
                try ConnectionConfiguration(url: server.url, environment: [:]), logger: World.logger, source: source)
            try await connection.execute("select 1")
            connection.close()
        }
        try await Task.sleep(for: .milliseconds(200))
        let before = ProcessUsage.now
        var report = try await run(server, certificate)
        if let before {
            var after = before
            let hasReturned = await eventually {
                guard let now = ProcessUsage.now else { return false }
                after = now
                return isBack(now, to: before)
            }
            report.usage = "before: \(before); after: \(after)"
            if !hasReturned { report.findings.append(Finding(.kept, report.usage)) }
        }
        await server.stop()
        return report
    }

    /// Threads of Dispatch's and the cooperative pool's stay for a while. Code and tables that are made at first use, and what
    /// the allocator can't give back, take some 20 MiB; sanitizers keep what was freed.
    private func isBack(_ now: ProcessUsage, to before: ProcessUsage) -> Bool {
        now.descriptors <= before.descriptors && now.threads <= before.threads + 16
            && (now.memory <= before.memory + 64 << 20 || options.patience > 1)
    }

    private func run(_ server: EmbeddedServer, _ certificate: TestCertificate) async throws -> ChaosReport {
        let world = try await World(options, server, certificate)
        let (history, faults) = (History(), FaultLog())
        let (workers, nemeses, watchers) = (Crew(), Crew(), Crew())
        let watch = PoolWatch(world: world, history: history)
        watchers.add { await watch.run(until: $0) }
        let shared = [Sharer.Shared(Readiness.source), Sharer.Shared(DispatchReadiness())]
        hire(workers, world, history, faults, nemeses.stop, shared)
        loose(nemeses, world, history, faults)

        try await Task.sleep(for: options.duration)
        if await !nemeses.finish(within: options.limit(statements: 3)) {
            history.found(Finding(.late, "the faults have no end: \(faults.events.filter { $0.ended == nil })"))
        }
        let recovery = await recovered(history, since: .now)
        // What begins after the faults can't be felt any more has to succeed.
        try await Task.sleep(for: options.aftermath + .milliseconds(1_500))

        if await !workers.finish(within: .seconds(60) * options.patience) {
            for running in history.running {
                history.found(
                    Finding(.late, "\(running.operation) on \(running.lane) has no end, after \(.now - running.began)"))
            }
        }
        for shared in shared { shared.close() }
        try await watch.rest()
        _ = await watchers.finish(within: .seconds(10))
        await world.closePools()
        try await watch.end()
        world.closeProxies()
        return try await verdict(world, history, faults, recovery)
    }

    private func hire(
        _ crew: Crew, _ world: World, _ history: History, _ faults: FaultLog, _ quiet: StopSign,
        _ shared: [Sharer.Shared]
    ) {
        var workers: [any Worker] = []
        for lane in [Lane.plain, .dispatch, .tls] {
            let client = Client(world: world, history: history, lane: lane)
            for _ in 0..<3 { workers.append(Questioner(client: client)) }
            for _ in 0..<2 { workers.append(Writer(client: client)) }
            for _ in 0..<2 { workers.append(Banker(client: client)) }
            workers.append(CatalogUser(client: client))
            // More than there are connections.
            for _ in 0..<8 { workers.append(Neighbour(client: client)) }
            workers.append(NoticeTaker(client: client))
        }
        let secure = Client(world: world, history: history, lane: .tls)
        for _ in 0..<3 { workers.append(TreeReader(client: secure)) }
        for _ in 0..<2 { workers.append(Streamer(client: secure)) }
        let commits = Client(world: world, history: history, lane: .commit)
        for _ in 0..<2 { workers.append(CommitCutter(client: commits, faults: faults, quiet: quiet)) }
        let plain = Client(world: world, history: history, lane: .plain)
        for shared in shared {
            for _ in 0..<3 { workers.append(Sharer(client: plain, shared: shared)) }
        }
        for (number, worker) in workers.enumerated() {
            let seed = options.seed &* 1_000 &+ UInt64(number)
            crew.add { await worker.run(seed: seed, until: $0) }
        }
    }

    private func loose(_ crew: Crew, _ world: World, _ history: History, _ faults: FaultLog) {
        var nemeses: [any Nemesis] = [
            ServerNemesis(world, faults), NetworkNemesis(world.plainProxy, [.plain, .dispatch], faults),
            NetworkNemesis(world.secureProxy, [.tls], faults), DefinitionNemesis(world: world, faults: faults),
        ]
        for lane in [Lane.plain, .dispatch, .tls] {
            let client = Client(world: world, history: history, lane: lane)
            nemeses.append(ExhaustingNemesis(client: client, faults: faults))
        }
        for (number, nemesis) in nemeses.enumerated() {
            let seed = options.seed &* 1_000 &+ 500 &+ UInt64(number)
            crew.add { await nemesis.run(seed: seed, until: $0) }
        }
    }

    /// Waits until something was answered on every lane.
    private func recovered(_ history: History, since end: ContinuousClock.Instant) async -> Duration {
        for lane in Lane.allCases {
            while history.lastAnswer(on: lane).map({ $0 <= end }) ?? true {
                guard .now - end < options.recovery else {
                    history.found(
                        Finding(.down, "nothing on \(lane) was answered \(options.recovery) after the last fault"))
                    break
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
        return .now - end
    }

    private func verdict(
        _ world: World, _ history: History, _ faults: FaultLog, _ recovery: Duration
    ) async throws -> ChaosReport {
        let ledger = try await rows(world, "SELECT token, part, account, amount FROM ledger") { cells in
            LedgerRow(token: cells[0], part: Int32(cells[1]), account: Int32(cells[2]), amount: cells[3])
        }
        func sums(_ sql: String) async throws -> [Int32: Int64] {
            Dictionary(uniqueKeysWithValues: try await rows(world, sql) { (Int32($0[0]), $0[1]) })
        }
        let writes = history.writes
        let complaints = history.complaints
        let findings =
            history.findings + Judge.findings(writes, ledger: ledger)
            + Judge.findings(
                balances: try await sums("SELECT id, balance FROM account"),
                entries: try await sums("SELECT account_id, sum(amount) FROM entry GROUP BY 1"), ledger: ledger)
            + Judge.findings(complaints, faults: faults.events, aftermath: options.aftermath)
        let present = Set(ledger.map(\.token))
        return ChaosReport(
            seed: options.seed, findings: findings, faults: faults.counts,
            writes: writes.values.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 },
            happened: writes.count { $1.outcome == .unknown && present.contains($0) },
            answers: history.answers, shared: Lane.allCases.map { world.pool($0).core.sharedCount }.reduce(0, +),
            tallies: history.tallies, longest: history.longest, recovery: recovery)
    }

    private func rows<Row>(_ world: World, _ sql: String, _ read: ([Int64]) -> Row) async throws -> [Row] {
        try await world.server.run(sql).map { read($0.map { $0.flatMap { Int64($0) } ?? .min }) }
    }
}
