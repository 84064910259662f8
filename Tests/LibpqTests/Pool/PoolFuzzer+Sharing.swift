// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

@testable import Libpq

// Callers who share connections.
extension PoolFuzzer {
    /// A connection, or a place on one, that a caller has.
    struct Held {
        var lease: PoolLease<Int>
        /// Nil once the caller has gone elsewhere, and what was sent is answered to nobody.
        var waiter: Int?
    }

    mutating func kind() -> PlaceKind {
        let texts = QuickTexts(Int(random.next() % 3), chance(0.1) ? [3] : [])
        return chance(0.5) ? .quick(texts) : chance(0.5) ? .learning(texts) : .alone
    }

    /// What the connection has learnt of a caller's statements.
    mutating func news(of held: Held) -> ReleaseNews {
        guard let texts = held.waiter.flatMap({ kinds[$0]?.texts }) else { return .nothing }
        return chance(0.05) ? .refused(texts) : .prepared(texts, roundTrip: Int64(random.next() % 1_000_000))
    }

    /// A connection that somebody has already was handed to somebody else.
    mutating func checkSharing(_ lease: PoolLease<Int>, of waiter: Int, with others: [Held]) {
        shared += 1
        if !lease.isShared || others.contains(where: { !$0.lease.isShared }) {
            problems.append("connection \(lease.resource) was handed out twice")
        }
        guard case .quick? = kinds[waiter] else {
            return problems.append("\(waiter) isn't quick, and went behind others")
        }
        if others.count >= pool.state.limits.pipelineDepth { problems.append("too many share \(lease.resource)") }
    }

    mutating func recall(_ waiter: Int, _ lease: PoolLease<Int>, _ event: String) {
        recalled += 1
        let place = leases.firstIndex { $0.lease.resource == lease.resource && $0.lease.number == lease.number }
        guard let place, leases[place].waiter == waiter, lease.isShared else {
            return problems.append("\(event): \(waiter) was told to leave a place that it hasn't got")
        }
        // The one that the server is at stays, and so may others: they were answered a moment ago.
        guard chance(0.7) else { return }
        leases[place].waiter = nil
        kinds[waiter] = .alone
        let deadline = pool.now.advanced(by: Duration.seconds(5).poolNanoseconds)
        unanswered[waiter] = (nil, deadline)
        let identifier = pool.state.enqueue(
            waiter, deadline: deadline, site: PoolStateHarness.here, isFirst: true, now: pool.now, into: &pool.actions)
        unanswered[waiter]?.identifier = identifier
    }
}

extension PoolState {
    /// What is wrong with how connections are shared; empty when nothing is.
    func sharingViolations(at now: PoolInstant) -> [String] {
        var problems: [String] = []
        for slot in slots {
            if slot.phase != .leased, !slot.places.isEmpty { problems.append("a connection nobody has is shared") }
            if slot.places.count > max(1, limits.pipelineDepth - (limits.pipelineDepth == 1 ? 1 : 0)) {
                problems.append("too many share a connection")
            }
            if Set(slot.places.map(\.number)).count != slot.places.count { problems.append("a place was given twice") }
            if slot.isToBeWatched, case .running = phase {
                if let wakeAt, wakeAt <= now.advanced(by: limits.overdue) { continue }
                problems.append("somebody is behind a statement that nobody watches")
            }
        }
        if case .running = phase, case .quick(let texts)? = waiters.first?.kind, limits.pipelineDepth > 1,
            waiters.count > connecting + checking + resetting,
            slots.contains(where: { $0.isOpen(limits, now) && $0.knows(texts) })
        {
            problems.append("a quick one waits and a connection is open")
        }
        return problems
    }
}
