// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What was made before, by key; the least recently used is dropped beyond a limit, of how many there are or of what they weigh.
final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var entries: [Key: (value: Value, weight: Int, lastUse: UInt64)] = [:]
        var uses: UInt64 = 0
        var weight = 0
    }

    private let limit: Int
    private let mostWeight: Int
    private let metrics: PlanCacheMetrics?
    private let state = Locked(State())

    /// - Parameter mostWeight: what all values together may weigh. One that is more than a sixteenth of it is not kept.
    init(limit: Int, mostWeight: Int = .max, metrics: PlanCacheMetrics? = nil) {
        self.limit = max(limit, 1)
        self.mostWeight = mostWeight
        self.metrics = metrics
        metrics?.emptied()
    }

    /// The value of a key, made by `make` at first use.
    ///
    /// - Parameter weight: what a value weighs.
    /// - Complexity: O(1) for a known key; linear in the limit for each value that is dropped.
    func value(_ key: Key, weight: (Value) -> Int = { _ in 0 }, make: () throws -> Value) rethrows -> Value {
        let known = state.withLock { state -> Value? in
            state.uses += 1
            guard let index = state.entries.index(forKey: key) else { return nil }
            state.entries.values[index].lastUse = state.uses
            return state.entries.values[index].value
        }
        if let known {
            metrics?.hit()
            return known
        }
        // Made outside the lock; two tasks may make the same, and the later one's stays.
        let value = try make()
        let weight = weight(value)
        let count = state.withLock { state in
            guard weight <= mostWeight / 16 else { return state.entries.count }
            while state.entries.count >= limit || state.weight > mostWeight - weight,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries.removeValue(forKey: oldest.key)
                state.weight -= oldest.value.weight
            }
            state.weight += weight - (state.entries[key]?.weight ?? 0)
            state.entries[key] = (value, weight, state.uses)
            return state.entries.count
        }
        metrics?.missed(keeping: count)
        return value
    }
}
