// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What was made before, by key; the least recently used is dropped beyond a limit.
final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var entries: [Key: (value: Value, lastUse: UInt64)] = [:]
        var uses: UInt64 = 0
    }

    private let limit: Int
    private let metrics: PlanCacheMetrics?
    private let state = Locked(State())

    init(limit: Int, metrics: PlanCacheMetrics? = nil) {
        self.limit = max(limit, 1)
        self.metrics = metrics
        metrics?.emptied()
    }

    /// The value of a key, made by `make` at first use.
    ///
    /// - Complexity: O(1) for a known key; linear in the limit when a value is dropped.
    func value(_ key: Key, make: () throws -> Value) rethrows -> Value {
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
        let count = state.withLock { state in
            if state.entries.count >= limit, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries.removeValue(forKey: oldest.key)
            }
            state.entries[key] = (value, state.uses)
            return state.entries.count
        }
        metrics?.missed(keeping: count)
        return value
    }
}
