// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import Logging

/// A pool's state behind a lock, and the hands that perform its actions.
///
/// Getting and giving back an idle connection happens on the caller's thread under the lock, without suspension.
/// Everything else runs in tasks of its own, and one Dispatch timer wakes the state when something is due.
package final class PoolCore<Member: PooledConnection>: Sendable {
    package typealias Waiter = PoolWaiter<Member>
    package typealias State = PoolState<Member, Waiter>

    /// What the lock protects.
    struct Guarded {
        var state: State
        /// When the timer will fire.
        var armedFor: PoolInstant?
        var connects: [PoolSlotID: Task<Void, Never>] = [:]
        var starters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var lastStarter: UInt64 = 0
        var closers: [CheckedContinuation<Void, Never>] = []
        var levels = PoolMetrics.Levels()
    }

    let guarded: Locked<Guarded>
    /// What is known of statements.
    private let history = Locked(StatementHistory())
    /// Whether several callers' statements may be under way on one connection.
    let sharesConnections: Bool
    let configuration: PoolConfiguration
    let logger: Logger
    let metrics: PoolMetrics?
    let connect: @Sendable () async throws -> Member
    let problem: PostgresError?
    let acquireTimeout: Int64
    private let timer = WakeTimer()
    private let origin = ContinuousClock.now

    package init(
        configuration: PoolConfiguration, logger: Logger, seed: UInt64 = .random(in: .min ... .max),
        connect: @escaping @Sendable () async throws -> Member
    ) {
        var logger = logger
        logger[metadataKey: "pool"] = "\(configuration.name)"
        self.configuration = configuration
        self.logger = logger
        self.connect = connect
        problem = configuration.problem
        acquireTimeout = configuration.acquireTimeout.poolNanoseconds
        metrics = PoolMetrics(pool: configuration.name, factory: configuration.metricsFactory)
        let limits = PoolLimits(configuration)
        guarded = Locked(Guarded(state: State(limits, seed: seed)))
        sharesConnections = limits.pipelineDepth > 1
        timer.activate { [weak self] in self?.timerFired() }
    }

    deinit { timer.cancel() }

    package var status: PoolStatus { guarded.withLock { $0.state.status } }

    /// How many statements have gone out behind others.
    package var sharedCount: Int { guarded.withLock { $0.state.joined } }

    /// How statements may use a connection.
    func kind(of statements: [Statement]) -> PlaceKind {
        sharesConnections ? history.withLock { $0.kind(of: statements) } : .alone
    }

    /// Takes note of how long the server took for statements.
    func note(_ texts: QuickTexts, took nanoseconds: Int64) { history.withLock { $0.note(texts, took: nanoseconds) } }

    /// Takes note that statements took longer than that, for nobody waited for their end.
    func note(_ texts: QuickTexts, tookAtLeast nanoseconds: Int64) {
        history.withLock { $0.note(texts, tookAtLeast: nanoseconds) }
    }

    /// Monotonic, and it goes on while the machine sleeps, so that connections are pinged afterwards.
    func now() -> PoolInstant { PoolInstant(nanoseconds: (ContinuousClock.now - origin).poolNanoseconds) }

    /// Lets something happen to the state and performs what follows.
    @discardableResult
    func handle<Answer: Sendable>(
        at now: PoolInstant, _ event: (inout State, inout [State.Action]) -> Answer
    ) -> Answer {
        var (answer, actions, old, new) = guarded.withLock { guarded in
            var actions: [State.Action] = []
            let answer = event(&guarded.state, &actions)
            rearm(&guarded, now)
            let old = guarded.levels
            if metrics != nil { guarded.levels = PoolMetrics.Levels(guarded.state.status) }
            return (answer, actions, old, guarded.levels)
        }
        metrics?.move(from: old, to: new)
        if !actions.isEmpty { perform(&actions) }
        return answer
    }

    /// Sets the one timer to the state's next instant, under the lock: two threads must not set it in the wrong order.
    private func rearm(_ guarded: inout Guarded, _ now: PoolInstant) {
        guard let wakeAt = guarded.state.wakeAt else { return }
        if let armedFor = guarded.armedFor, armedFor <= wakeAt { return }
        guarded.armedFor = wakeAt
        // A millisecond more than needed: fired a little early, it would have to be set again for the rest.
        let delay = min(wakeAt.since(now), 86_400_000_000_000) + 1_000_000
        timer.fire(in: delay)
    }

    private func timerFired() {
        let now = now()
        guarded.withLock { $0.armedFor = nil }
        handle(at: now) { $0.tick(now, into: &$1) }
    }

    /// Orders what follows behind what resumed this task, for the thread sanitizer too: it sees locks, but no continuation
    /// that was resumed before it was awaited.
    func settle() {
        #if DEBUG
        guarded.withLock { _ in }
        #endif
    }

    // MARK: Start and shutdown

    package func start() async throws {
        if let problem { throw problem }
        let number = guarded.withLock { guarded in
            guarded.lastStarter += 1
            return guarded.lastStarter
        }
        defer { settle() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = guarded.withLock { guarded in
                    if Task.isCancelled { return true }
                    guarded.starters[number] = continuation
                    return false
                }
                if isCancelled { return continuation.resume(throwing: CancellationError()) }
                let now = now()
                let (failFast, deadline): (Bool, PoolInstant?) =
                    switch configuration.startup {
                    case .failFast: (true, nil)
                    case .waiting(let limit): (true, now.advanced(by: limit.poolNanoseconds))
                    case .background: (false, nil)
                    }
                handle(at: now) { $0.start(failFast: failFast, until: deadline, now: now, into: &$1) }
            }
        } onCancel: {
            guarded.withLock { $0.starters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    package func shutdown(deadline: Duration) async {
        defer { settle() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = now()
                let end = now.advanced(by: max(0, deadline.poolNanoseconds))
                guarded.withLock { $0.closers.append(continuation) }
                handle(at: now) { $0.shutdown(deadline: end, now: now, into: &$1) }
            }
        } onCancel: {
            shutdownNow()
        }
    }

    /// Closes everything at once, also what callers hold.
    package func shutdownNow() {
        let now = now()
        handle(at: now) { $0.shutdown(deadline: now, now: now, into: &$1) }
    }
}
