// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics

/// The threads on which libpq connects: so many for each server and altogether, and few of them may hang.
///
/// libpq can't be interrupted while it computes or waits inside a call: the iterations of SCRAM, of which a server may ask for
/// billions, a Kerberos server that doesn't answer. An attempt whose caller was answered meanwhile goes on there. Such a thread gets
/// only the time nobody else wants; and when a few of one server hang, nobody else is sent into the same trap.
final class ConnectThreads: Sendable {
    struct Limits: Sendable {
        /// Attempts at one server under way at a time; more wait for their turn.
        var perServer = 16
        /// Attempts under way at a time.
        var total = 64
        /// How many abandoned attempts at one server may hang; then further ones fail at once.
        var stuckPerServer = 4
        /// How many may hang altogether.
        var stuck = 32
        /// How long a call takes that hangs.
        var stuckAfter: UInt64 = 100_000_000
    }

    struct Job: Sendable {
        let id: ObjectIdentifier
        let server: String
        let work: @Sendable () -> Void
        /// Told instead of `work` when no thread could be had.
        let refused: @Sendable () -> Void
    }

    enum Start {
        case begins, waits
        /// So many attempts hang.
        case refused(stuck: Int)
    }

    private struct State {
        var running: [String: Int] = [:]
        var total = 0
        var line: [Job] = []
        /// Abandoned attempts inside a call of libpq, and since when they are in it.
        var abandoned: [ObjectIdentifier: (server: String, since: UInt64)] = [:]

        func stuck(_ server: String?, _ limits: Limits) -> Int {
            let now = Monotonic.now
            return abandoned.values.count { entry in
                (server == nil || entry.server == server) && now - min(now, entry.since) >= limits.stuckAfter
            }
        }

        mutating func take(_ server: String) {
            running[server, default: 0] += 1
            total += 1
        }

        mutating func give(_ server: String) {
            total -= 1
            let rest = (running[server] ?? 1) - 1
            running[server] = rest > 0 ? rest : nil
        }
    }

    static let shared = ConnectThreads()

    /// `db.client.connection.abandoned`: of the process, for the threads are.
    private static let meter = Meter(label: "db.client.connection.abandoned")

    let limits: Limits
    private let report: @Sendable (Int) -> Void
    private let state = Locked(State())

    /// - Parameter report: told how many abandoned attempts there are, whenever that changes.
    init(_ limits: Limits = Limits(), report: @escaping @Sendable (Int) -> Void = { ConnectThreads.meter.set($0) }) {
        self.limits = limits
        self.report = report
    }

    /// How many attempts are under way, in line, and abandoned inside a call of libpq.
    var counts: (running: Int, waiting: Int, abandoned: Int) {
        state.withLock { ($0.total, $0.line.count, $0.abandoned.count) }
    }

    /// Runs a job, at once or when it is its turn.
    func start(_ job: Job) -> Start {
        let start = state.withLock { state in
            let here = state.stuck(job.server, limits)
            if here >= limits.stuckPerServer { return Start.refused(stuck: here) }
            let everywhere = state.stuck(nil, limits)
            if everywhere >= limits.stuck { return .refused(stuck: everywhere) }
            guard state.total < limits.total, (state.running[job.server] ?? 0) < limits.perServer else {
                state.line.append(job)
                return .waits
            }
            state.take(job.server)
            return .begins
        }
        if case .begins = start { run(job) }
        return start
    }

    /// Takes a job out of the line, for nobody waits for it any more.
    func drop(_ id: ObjectIdentifier) { state.withLock { $0.line.removeAll { $0.id == id } } }

    private func run(_ first: Job) {
        var next: Job? = first
        while let job = next {
            let isRunning = OwnThread.run("kinship-connect") {
                job.work()
                if let next = self.next(after: job) { self.run(next) }
            }
            guard !isRunning else { return }
            job.refused()
            next = self.next(after: job)
        }
    }

    /// Ends a job; the next one in line has its place.
    private func next(after job: Job) -> Job? {
        state.withLock { state -> Job? in
            state.give(job.server)
            guard state.total < limits.total,
                let index = state.line.firstIndex(where: { (state.running[$0.server] ?? 0) < limits.perServer })
            else { return nil }
            let next = state.line.remove(at: index)
            state.take(next.server)
            return next
        }
    }

    // MARK: Abandoned

    /// Nobody waits for an attempt any more that is inside a call of libpq since the instant. ``reportAbandoned()`` is to follow.
    func abandon(_ id: ObjectIdentifier, server: String, since: UInt64) {
        state.withLock { $0.abandoned[id] = (server, since) }
    }

    /// It has come out of it. ``reportAbandoned()`` is to follow.
    func returned(_ id: ObjectIdentifier) {
        state.withLock { _ = $0.abandoned.removeValue(forKey: id) }
    }

    /// Tells how many there are: not to be called under a lock, for whoever is told is the program's own.
    func reportAbandoned() { report(state.withLock { $0.abandoned.count }) }
}
