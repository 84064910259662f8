// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import Logging
import Synchronization

/// A pool's state behind a lock, and the hands that perform its actions.
///
/// Getting and giving back an idle connection happens on the caller's thread under the lock, without suspension.
/// Everything else runs in tasks of its own, and one Dispatch timer wakes the state when something is due.
package final class PoolCore<Member: PooledConnection>: Sendable {
    package typealias Waiter = PoolContinuation<PoolLease<Member>>
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
    let configuration: PoolConfiguration
    let logger: Logger
    let metrics: PoolMetrics?
    let connect: @Sendable () async throws -> Member
    private let problem: PostgresError?
    private let acquireTimeout: Int64
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
        guarded = Locked(Guarded(state: State(PoolLimits(configuration), seed: seed)))
        timer.activate { [weak self] in self?.timerFired() }
    }

    deinit { timer.cancel() }

    package var status: PoolStatus { guarded.withLock { $0.state.status } }

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
    private func settle() {
        #if DEBUG
        guarded.withLock { _ in }
        #endif
    }

    // MARK: Leases

    /// Acquires, runs `body` and gives back, however it ends.
    @discardableResult
    package func withMember<Result>(
        timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation, fileID: StaticString = #fileID,
        line: UInt = #line, _ body: (Member) async throws -> Result
    ) async throws -> Result {
        let site = LeaseSite(fileID: fileID, line: line)
        let lease = try await DatabaseTracing.acquiring(from: configuration.name, isolation: isolation) {
            try await acquire(timeout: timeout, site: site, isolation: isolation)
        }
        defer { release(lease) }
        let held = HeldLease(pool: ObjectIdentifier(self), outer: HeldLease.current)
        return try await HeldLease.$current.withValue(
            held, operation: { try await body(lease.resource) }, isolation: isolation)
    }

    package func acquire(
        timeout: Duration?, site: LeaseSite, isolation: isolated (any Actor)? = #isolation
    ) async throws -> PoolLease<Member> {
        if let problem { throw problem }
        try Task.checkCancellation()
        let asked = now()
        while true {
            switch handle(at: asked, { state, _ in state.acquireAtOnce(asked, site: site) }) {
            case .leased(let lease):
                // It may have broken a moment ago, so that the pool has not been told yet.
                guard lease.resource.releaseOutcome != .unusable else {
                    release(lease)
                    continue
                }
                metrics?.waited(0)
                return lease
            case .closed:
                throw PostgresError.poolClosed
            case .mustWait:
                let deadline = asked.advanced(by: timeout?.poolNanoseconds ?? acquireTimeout)
                let lease = try await wait(until: deadline, asked, site, isolation)
                if let metrics { metrics.waited(now().since(asked)) }
                return lease
            }
        }
    }

    private func wait(
        until deadline: PoolInstant, _ asked: PoolInstant, _ site: LeaseSite, _ isolation: isolated (any Actor)?
    ) async throws -> PoolLease<Member> {
        let ticket = WaiterTicket()
        defer { settle() }
        do {
            return try await withTaskCancellationHandler {
                try await withPoolContinuation(isolation: isolation) { waiter in
                    handle(at: asked) { state, actions in
                        // Under the lock: a cancellation before this is seen here, a later one finds the ticket.
                        if Task.isCancelled {
                            actions.append(.fail(waiter, .cancelled))
                        } else if let identifier = state.enqueue(
                            waiter, deadline: deadline, site: site, now: asked, into: &actions)
                        {
                            ticket.identifier.store(identifier, ordering: .relaxed)
                        }
                    }
                }
            } onCancel: {
                let now = now()
                handle(at: now) { state, actions in
                    let identifier = ticket.identifier.load(ordering: .relaxed)
                    if let waiter = state.cancel(identifier) { actions.append(.fail(waiter, .cancelled)) }
                }
            }
        } catch let failure as AcquireRefusal {
            throw describe(failure.failure)
        }
    }

    /// Gives a connection back.
    ///
    /// - Parameter mayBeInTransaction: whether that is meant, so that the rollback needs no warning.
    package func release(_ lease: PoolLease<Member>, mayBeInTransaction: Bool = false) {
        let now = now()
        let outcome = lease.resource.releaseOutcome
        if outcome == .inTransaction, !mayBeInTransaction {
            logger.warning(
                "A connection was given back in a transaction; it is rolled back. End transactions before, or use withTransaction.",
                metadata: ["connection": "\(lease.resource.id)"])
        }
        let leasedAt = handle(at: now) { state, actions in
            let leasedAt = metrics == nil ? nil : state.leasedSince(lease)
            state.release(lease, outcome, now: now, into: &actions)
            return leasedAt
        }
        if let leasedAt { metrics?.used(now.since(leasedAt)) }
    }

    /// Runs on the task that failed to get a connection, where the task-local hint is.
    private func describe(_ failure: PoolFailure) -> any Error {
        switch failure {
        case .cancelled: return CancellationError()
        case .closed: return PostgresError.poolClosed
        case .refused(let error): return error
        case .timeout(let waited, let status, let lastConnectError):
            metrics?.timedOut()
            return PostgresError.acquireTimeout(
                pool: configuration.name, waited: .nanoseconds(waited), status: status,
                lastConnectError: lastConnectError, heldByThisTask: HeldLease.count(of: ObjectIdentifier(self)))
        }
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
                handle(at: now) { $0.start(failFast: configuration.startup == .failFast, now: now, into: &$1) }
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

/// Carries a refusal through the continuation to the task that waited.
struct AcquireRefusal: Error {
    var failure: PoolFailure
}

/// Tells a cancellation which waiter is meant; 0 before it has joined the queue.
final class WaiterTicket: Sendable {
    let identifier = Atomic<UInt64>(0)
}
