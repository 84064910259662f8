// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Callers waiting for a connection, first come, first served; who has to go again is first.
///
/// Identifiers ascend, so that one in the middle is found by binary search; a removed entry stays as a gap until the
/// front reaches it or gaps outnumber the living.
/// Complexity: append and popping the first O(1), removal O(log n), all amortised.
package struct WaiterQueue<Waiter> {
    package struct Entry {
        package var waiter: Waiter
        package var enqueuedAt: PoolInstant
        package var deadline: PoolInstant
        package var site: LeaseSite
        package var kind = PlaceKind.alone
    }

    private var identifiers: [UInt64] = []
    private var entries: [Entry?] = []
    private var head = 0
    // In the middle, for some come in at the front; 0 is nobody.
    private var nextIdentifier: UInt64 = 1 << 62
    private var lowestIdentifier: UInt64 = 1 << 62
    /// How many wait.
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ entry: Entry) -> UInt64 {
        let identifier = nextIdentifier
        nextIdentifier += 1
        identifiers.append(identifier)
        entries.append(entry)
        count += 1
        return identifier
    }

    /// Takes somebody in ahead of all others. O(1) where somebody has left the front before, else O(n).
    package mutating func prepend(_ entry: Entry) -> UInt64 {
        lowestIdentifier -= 1
        if head > 0 {
            head -= 1
            identifiers[head] = lowestIdentifier
            entries[head] = entry
        } else {
            identifiers.insert(lowestIdentifier, at: 0)
            entries.insert(entry, at: 0)
        }
        count += 1
        return lowestIdentifier
    }

    /// Who is first.
    package var first: Entry? { entries[head...].lazy.compactMap { $0 }.first }

    package mutating func popFirst() -> Entry? {
        while head < entries.count {
            let entry = entries[head]
            entries[head] = nil
            head += 1
            if let entry {
                count -= 1
                compactIfWorthwhile()
                return entry
            }
        }
        return nil
    }

    package mutating func remove(_ identifier: UInt64) -> Entry? {
        var (low, high) = (head, identifiers.count)
        while low < high {
            let middle = low + (high - low) / 2
            if identifiers[middle] < identifier { low = middle + 1 } else { high = middle }
        }
        guard low < identifiers.count, identifiers[low] == identifier, let entry = entries[low] else { return nil }
        entries[low] = nil
        count -= 1
        compactIfWorthwhile()
        return entry
    }

    /// Takes out everybody whose deadline has passed, in order. O(n).
    package mutating func removeExpired(at now: PoolInstant) -> [Entry] {
        var expired: [Entry] = []
        for index in head..<entries.count {
            guard let entry = entries[index], entry.deadline <= now else { continue }
            expired.append(entry)
            entries[index] = nil
            count -= 1
        }
        compactIfWorthwhile()
        return expired
    }

    package mutating func removeAll() -> [Entry] {
        let all = entries[head...].compactMap { $0 }
        identifiers.removeAll()
        entries.removeAll()
        head = 0
        count = 0
        return all
    }

    /// The earliest deadline. O(n).
    package var earliestDeadline: PoolInstant? {
        entries[head...].lazy.compactMap { $0?.deadline }.min()
    }

    private mutating func compactIfWorthwhile() {
        guard entries.count > 32, entries.count > 2 * count else { return }
        var kept = 0
        for index in head..<entries.count where entries[index] != nil {
            if kept != index {
                entries.swapAt(kept, index)
                identifiers[kept] = identifiers[index]
            }
            kept += 1
        }
        entries.removeLast(entries.count - kept)
        identifiers.removeLast(identifiers.count - kept)
        head = 0
    }
}
