// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import Synchronization
import Tracing

/// Statements on their way through a pool: they wait for a connection, go out on it, and give it back when answered.
///
/// Each step happens on the thread that brings it about. So a connection that comes back goes on with the next caller's
/// statements at once: the thread that read the last answer sends them, and the connection doesn't lie idle until a task
/// has been resumed.
final class PooledRequest: LeaseReceiver, RequestOwner {
    private struct State {
        var request: Request
        var lease: PoolLease<Connection>?
        /// The place that was left, until what was sent there has been answered.
        var leftPlace: PoolLease<Connection>?
        var continuation: RequestContinuation?
        var refusal: PoolFailure?
        var observation: RequestObservation?
        var sentAt: UInt64 = 0
        var duration: Duration = .zero
    }

    private let core: PoolCore<Connection>
    private let statements: [Statement]
    private let timeout: Duration?
    private let limits: ResultLimits?
    private let site: LeaseSite
    private let asked: PoolInstant
    private let deadline: PoolInstant
    private let ticket = WaiterTicket()
    private let kind: PlaceKind
    private let recorder: RequestRecorder?
    private let acquiring: (any Span)?
    private let state: Locked<State>

    /// - Parameters:
    ///   - timeout: the statements' deadline, instead of the connection's.
    ///   - limits: the limits of their results, instead of the connection's.
    init(
        _ statements: [Statement], timeout: Duration?, limits: ResultLimits?, through core: PoolCore<Connection>,
        site: LeaseSite
    ) {
        self.core = core
        self.statements = statements
        self.timeout = timeout
        self.limits = limits
        self.site = site
        asked = core.now()
        deadline = asked.advanced(by: core.acquireTimeout)
        recorder = RequestRecorder(else: core.logger)
        acquiring = recorder?.tracer.map { DatabaseTracing.startAcquiring(from: core.configuration.name, by: $0) }
        kind = core.kind(of: statements)
        state = Locked(State(request: Request(statements, timeout: timeout)))
    }

    /// Runs to the end.
    ///
    /// - Returns: the request with its answers, and how long they took once they had a connection.
    /// - Throws: that there was no connection; `CancellationError`.
    func run() async throws -> (request: Request, duration: Duration) {
        if let problem = core.problem { throw problem }
        await withTaskCancellationHandler {
            await wait()
        } onCancel: {
            cancel()
        }
        let (request, refusal, duration, observation) = state.withLock {
            ($0.request, $0.refusal, $0.duration, recorder == nil ? nil : $0.observation)
        }
        if let refusal {
            let error = core.describe(refusal)
            acquiring?.recordError(error)
            acquiring?.end()
            throw error
        }
        observation?.write(request.report)
        if request.isCancelled { throw CancellationError() }
        return (request, duration)
    }

    private func wait() async {
        #if DEBUG
        await withCheckedContinuation { begin($0) }
        #else
        await withUnsafeContinuation { begin($0) }
        #endif
    }

    private func begin(_ continuation: RequestContinuation) {
        state.withLock { $0.continuation = continuation }
        core.acquire(for: self, ticket, asked: asked, until: deadline, kind: kind, site: site)
    }

    /// Asks for a connection once more, ahead of those who have waited for less: one that nobody else has.
    private func acquireAgain() {
        core.acquire(for: self, ticket, asked: asked, until: deadline, kind: .alone, isFirst: true, site: site)
    }

    private func cancel() {
        ticket.isCancelled.store(true, ordering: .sequentiallyConsistent)
        let (lease, request) = state.withLock { ($0.lease, $0.request) }
        if let lease { lease.resource.cancel(request) } else { core.cancel(ticket) }
    }

    // MARK: Steps

    func receive(_ lease: PoolLease<Connection>) {
        let connection = lease.resource
        let (request, isFirst): (Request?, Bool) = state.withLock { state in
            let isFirst = state.sentAt == 0
            // A cancellation before this is seen here, a later one finds the lease.
            if ticket.isCancelled.load(ordering: .sequentiallyConsistent) { return (nil, isFirst) }
            state.lease = lease
            if let recorder {
                state.observation = RequestObservation(
                    statements, connection.configuration, connection: connection.id, by: recorder)
            }
            state.sentAt = Monotonic.now
            return (state.request, isFirst)
        }
        guard let request else {
            core.release(lease)
            return refuse(.cancelled)
        }
        if isFirst {
            if let metrics = core.metrics { metrics.waited(core.now().since(asked)) }
            acquiring?.end()
        }
        if let timeout = timeout ?? connection.configuration.statementTimeout {
            request.deadline = Monotonic.after(timeout)
        }
        request.limits = limits ?? connection.configuration.resultLimits
        request.isShared = lease.isShared
        connection.submit(request, .owner(self))
    }

    func refuse(_ failure: PoolFailure) {
        let continuation = state.withLock { state in
            state.refusal = failure
            return state.continuation.take()
        }
        continuation?.resume()
    }

    func recall(_ lease: PoolLease<Connection>) {
        let request: Request? = state.withLock { state in
            guard let held = state.lease, held.isShared, held.slot == lease.slot, held.number == lease.number else {
                return nil
            }
            return state.request
        }
        guard let request, core.now() < deadline, lease.resource.withdraw(request) else { return }
        state.withLock { state in
            if recorder != nil { state.observation?.answered(request.report) }
            // Unless what stands in for it has been answered already.
            state.leftPlace = state.lease.take()
            state.request = Request(statements, timeout: timeout)
        }
        acquireAgain()
    }

    func requestEnded(_ request: Request) {
        if request.isStandIn { return standInEnded() }
        let isToTryAgain = (request.isUnsent || request.isToRepeat) && request.stop == nil && core.now() < deadline
        let (lease, continuation) = state.withLock { state in
            if recorder != nil { state.observation?.answered(request.report) }
            state.duration = .nanoseconds(Int64(clamping: Monotonic.now - state.sentAt))
            if isToTryAgain { state.request = Request(statements, timeout: timeout) }
            let continuation = isToTryAgain ? nil : state.continuation.take()
            let lease = state.lease.take()
            if request.hasStandIn { state.leftPlace = lease }
            return (request.hasStandIn ? nil : lease, continuation)
        }
        // Its place says nothing more when it is given back.
        if request.hasStandIn, let texts = kind.texts, let least = request.ranAtLeast {
            core.note(texts, tookAtLeast: least)
        }
        // First, so that who goes on finds the connection back in the pool.
        if let lease { core.release(lease, news(of: request, lease.resource)) }
        // The connection broke a moment before it was lent, and the pool had not been told yet; or it didn't take another statement.
        if isToTryAgain { return acquireAgain() }
        continuation?.resume()
    }

    /// What was left on a shared connection has been answered: to nobody, and the place is free.
    private func standInEnded() {
        // It may be that before this has heard that its place is left.
        let lease = state.withLock { $0.leftPlace.take() ?? $0.lease.take() }
        if let lease { core.release(lease) }
    }

    /// What the pool may learn of a request.
    private func news(of request: Request, _ connection: Connection) -> ReleaseNews {
        guard let texts = kind.texts else { return .nothing }
        if request.isRefused { return .refused(texts) }
        if let least = request.ranAtLeast { core.note(texts, tookAtLeast: least) }
        guard let time = request.serverTime else { return .nothing }
        core.note(texts, took: time.server)
        return request.areNamesKnown ? .prepared(texts, roundTrip: time.roundTrip) : .nothing
    }
}
