// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Quick reads of several callers on one connection, where none is idle and none can be made: each has a place, in the order in which
// the server answers. A connection is open for one more, or shut until all have been answered.
extension PoolState {
    /// A caller gets a connection that nobody has.
    ///
    /// - Returns: whether others may go behind it: it is known to be quick, and what it needs is prepared there.
    mutating func begin(_ index: Int, _ kind: PlaceKind, _ waiter: Waiter?, _ now: PoolInstant) -> Bool {
        guard limits.pipelineDepth > 1, case .quick(let texts) = kind, slots[index].knows(texts) else { return false }
        slots[index].isShut = false
        slots[index].outcome = .clean
        slots[index].headSince = now
        slots[index].places.append(SharedPlace(number: slots[index].leaseNumber, since: now, waiter: waiter))
        return true
    }

    /// Gives those who wait, as long as the first of them is quick, places behind others. Who a connection is being made or looked
    /// after for waits for that.
    package mutating func shareConnections(_ now: PoolInstant, into actions: inout [Action]) {
        guard limits.pipelineDepth > 1, case .running = phase else { return }
        while waiters.count > connecting + checking + resetting, case .quick(let texts)? = waiters.first?.kind,
            let index = leastOutstanding(texts, now), let resource = slots[index].resource,
            let entry = waiters.popFirst()
        {
            actions.append(.resume(entry.waiter, join(index, resource, entry.waiter, now)))
        }
    }

    /// The open connection with the fewest statements under way.
    private func leastOutstanding(_ texts: QuickTexts, _ now: PoolInstant) -> Int? {
        var best: Int?
        var fewest = Int.max
        for index in slots.indices
        where slots[index].places.count < fewest && slots[index].isOpen(limits, now) && slots[index].knows(texts) {
            best = index
            fewest = slots[index].places.count
            if fewest == 1 { break }
        }
        return best
    }

    private mutating func join(
        _ index: Int, _ resource: Resource, _ waiter: Waiter, _ now: PoolInstant
    ) -> PoolLease<Resource> {
        joined += 1
        slots[index].leaseNumber += 1
        let number = slots[index].leaseNumber
        slots[index].places.append(SharedPlace(number: number, since: now, waiter: waiter))
        wake(at: now.advanced(by: limits.overdue))
        return PoolLease(resource: resource, slot: identifier(index), number: number, isShared: true)
    }

    /// A caller has been answered.
    ///
    /// - Returns: the condition of the connection once nobody has a place on it; nil before.
    mutating func leave(
        _ lease: PoolLease<Resource>, _ outcome: ReleaseOutcome, _ now: PoolInstant, into actions: inout [Action]
    ) -> ReleaseOutcome? {
        let index = lease.slot.index
        guard let place = slots[index].places.firstIndex(where: { $0.number == lease.number }) else { return nil }
        slots[index].places.remove(at: place)
        slots[index].outcome = slots[index].outcome.worse(outcome)
        guard slots[index].places.isEmpty else {
            if place == 0 { noteHead(index, lease.resource, now, into: &actions) }
            if case .clean = slots[index].outcome {} else { slots[index].isShut = true }
            shareConnections(now, into: &actions)
            return nil
        }
        slots[index].isShut = false
        slots[index].seenHead = nil
        return slots[index].outcome
    }

    /// The next one is the first now.
    private mutating func noteHead(
        _ index: Int, _ resource: Resource, _ now: PoolInstant, into actions: inout [Action]
    ) {
        let slot = slots[index]
        if slot.leakReported {
            actions.append(.reportReturn(resource, slot.site, held: now.since(slot.leasedAt)))
            slots[index].leakReported = false
        }
        slots[index].headSince = now
        // A connection that is never idle isn't leaked.
        slots[index].leasedAt = now
    }

    /// Takes note of what a use has taught about a connection.
    mutating func note(_ news: ReleaseNews, _ index: Int) {
        switch news {
        case .nothing: break
        case .prepared(let texts, let roundTrip):
            slots[index].roundTrip = roundTrip
            guard !slots[index].knows(texts) else { return }
            // Numbers of texts that are forgotten are never used again.
            if slots[index].known.count >= 2 * StatementHistory.mostTexts { slots[index].known.removeAll() }
            slots[index].known.insert(texts.first)
            slots[index].known.formUnion(texts.others)
        case .refused(let texts):
            slots[index].known.remove(texts.first)
            slots[index].known.subtract(texts.others)
            if slots[index].places.count > 1 { slots[index].isShut = true }
        }
    }

    /// Tells those who are behind a statement that takes its time to go elsewhere. Which one that is the connection knows: it keeps
    /// the one that runs.
    ///
    /// A statement is late when it was the first one at two looks: where this process itself was held up, the first look is late, too.
    mutating func recallOverdue(_ now: PoolInstant, into actions: inout [Action]) {
        for index in slots.indices where slots[index].isToBeWatched {
            guard let resource = slots[index].resource, let head = slots[index].places.first?.number else { continue }
            guard let seen = slots[index].seenHead, seen.number == head else {
                slots[index].seenHead = (head, now)
                continue
            }
            guard now.since(seen.at) >= limits.overdue + slots[index].roundTrip else { continue }
            slots[index].isShut = true
            // The last one first, for each goes to the front of the queue.
            for place in slots[index].places.indices.reversed() {
                guard let waiter = slots[index].places[place].waiter else { continue }
                slots[index].places[place].waiter = nil
                let number = slots[index].places[place].number
                let lease = PoolLease(resource: resource, slot: identifier(index), number: number, isShared: true)
                actions.append(.recall(waiter, lease))
            }
        }
    }
}

extension PoolSlot {
    /// Whether somebody is behind a statement who could go elsewhere.
    var isToBeWatched: Bool {
        phase == .leased && places.count > 1 && places.contains { $0.waiter != nil }
    }
}
