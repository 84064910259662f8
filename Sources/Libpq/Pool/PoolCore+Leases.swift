// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import Synchronization

extension PoolCore {
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
                guard lease.resource.looksAlive else {
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
                try await withPoolContinuation(isolation: isolation) { continuation in
                    let waiter = Waiter.task(continuation)
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
                cancel(ticket)
            }
        } catch let failure as AcquireRefusal {
            throw describe(failure.failure)
        }
    }

    /// Asks for a connection without suspending: `receiver` hears of it, now or later.
    ///
    /// - Parameters:
    ///   - ticket: what ``cancel(_:)`` takes; one that is cancelled already gets no connection.
    ///   - asked: since when the receiver waits.
    ///   - deadline: until when.
    ///   - kind: what it wants a connection for.
    ///   - isFirst: whether it goes ahead of all others who wait.
    func acquire(
        for receiver: any LeaseReceiver<Member>, _ ticket: WaiterTicket, asked: PoolInstant,
        until deadline: PoolInstant, kind: PlaceKind, isFirst: Bool = false, site: LeaseSite
    ) {
        let waiter = Waiter.receiver(receiver)
        let now = now()
        handle(at: now) { state, actions in
            // Under the lock: a cancellation before this is seen here, a later one finds the identifier.
            if ticket.isCancelled.load(ordering: .sequentiallyConsistent) {
                actions.append(.fail(waiter, .cancelled))
                return
            }
            switch state.acquireAtOnce(now, site: site, kind: kind, for: waiter) {
            case .leased(let lease): actions.append(.resume(waiter, lease))
            case .closed: actions.append(.fail(waiter, .closed))
            case .mustWait:
                if let identifier = state.enqueue(
                    waiter, deadline: deadline, site: site, kind: kind, isFirst: isFirst, now: now, asked: asked,
                    into: &actions)
                {
                    ticket.identifier.store(identifier, ordering: .relaxed)
                }
            }
        }
    }

    /// Takes somebody out of the queue; who has been answered already keeps that answer.
    func cancel(_ ticket: WaiterTicket) {
        let now = now()
        handle(at: now) { state, actions in
            let identifier = ticket.identifier.load(ordering: .relaxed)
            if let waiter = state.cancel(identifier) { actions.append(.fail(waiter, .cancelled)) }
            state.shareConnections(now, into: &actions)
        }
    }

    /// Gives a connection back.
    ///
    /// - Parameters:
    ///   - news: what the use has taught about it.
    ///   - mayBeInTransaction: whether that is meant, so that the rollback needs no warning.
    package func release(_ lease: PoolLease<Member>, _ news: ReleaseNews = .nothing, mayBeInTransaction: Bool = false) {
        let now = now()
        let outcome = lease.isShared ? lease.resource.placeOutcome : lease.resource.releaseOutcome
        if outcome == .inTransaction, !mayBeInTransaction {
            logger.warning(
                "A connection was given back in a transaction; it is rolled back. End transactions before, or use withTransaction.",
                metadata: ["connection": "\(lease.resource.id)"])
        }
        let leasedAt = handle(at: now) { state, actions in
            let leasedAt = metrics == nil ? nil : state.leasedSince(lease)
            state.release(lease, outcome, news, now: now, into: &actions)
            return leasedAt
        }
        if let leasedAt { metrics?.used(now.since(leasedAt)) }
    }

    /// Runs on the task that failed to get a connection, where the task-local hint is.
    func describe(_ failure: PoolFailure) -> any Error {
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
}
