// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization

/// What was made before, by key; beyond a limit one that wasn't used lately makes room for each new one.
///
/// Keys are hashed and compared outside of the locks, of which there are several: whoever asks for the largest of keys keeps
/// nobody waiting. Making room looks at one entry after another, from where it stopped last, and gives those that were used since
/// another chance (the second chance, or clock, algorithm): what is in use stays, however many others come once.
package final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Entry: Sendable {
        let hash: Int
        let key: Key
        let value: Value
        /// Whether it was used since the hand came by.
        let isUsed = Atomic(false)

        init(_ hash: Int, _ key: Key, _ value: Value) {
            self.hash = hash
            self.key = key
            self.value = value
        }
    }

    /// A part of the entries, by their hashes.
    private final class Shard: Sendable {
        struct State {
            /// The place of each hash. Of keys with the same one, the later one's entry stays.
            var places: [Int: Int] = [:]
            var entries: [Entry] = []
            /// Where making room goes on.
            var hand = 0
        }

        let state = Locked(State())
    }

    private let shards: [Shard]
    private let shardLimit: Int
    private let metrics: PlanCacheMetrics?
    private let total = Atomic(0)
    private let looks = Atomic(0)

    package convenience init(limit: Int) { self.init(limit: limit, metrics: nil) }

    init(limit: Int, metrics: PlanCacheMetrics?) {
        // Few entries are kept better in one.
        let count = limit >= 256 ? 16 : 1
        shards = (0..<count).map { _ in Shard() }
        shardLimit = max(1, limit / count)
        self.metrics = metrics
        metrics?.emptied()
    }

    /// How many there are.
    package var count: Int { total.load(ordering: .relaxed) }

    /// How many entries were looked at to make room, since the beginning.
    package var entriesLookedAt: Int { looks.load(ordering: .relaxed) }

    /// A key's hash, for ``value(_:hash:)`` and ``keep(_:of:hash:)``.
    ///
    /// - Complexity: that of hashing the key.
    package func hash(_ key: Key) -> Int {
        var hasher = Hasher()
        key.hash(into: &hasher)
        return hasher.finalize()
    }

    private func shard(_ hash: Int) -> Shard { shards[(hash >> 8) & (shards.count - 1)] }

    /// What is kept under a key.
    ///
    /// - Complexity: that of comparing the key.
    package func value(_ key: Key, hash: Int) -> Value? {
        let entry = shard(hash).state.withLock { state in state.places[hash].map { state.entries[$0] } }
        guard let entry, entry.key == key else { return nil }
        if !entry.isUsed.load(ordering: .relaxed) { entry.isUsed.store(true, ordering: .relaxed) }
        return entry.value
    }

    /// Keeps a value under a key, in place of another one if need be.
    ///
    /// - Complexity: O(1) on average: what it looks at beyond one entry was used since it was last looked at.
    package func keep(_ value: Value, of key: Key, hash: Int) {
        let entry = Entry(hash, key, value)
        let (added, looked, dropped) = shard(hash).state.withLock { state -> (Int, Int, Entry?) in
            if let place = state.places[hash] {
                let old = state.entries[place]
                entry.isUsed.store(old.isUsed.load(ordering: .relaxed), ordering: .relaxed)
                state.entries[place] = entry
                return (0, 0, old)
            }
            guard state.entries.count >= shardLimit else {
                state.places[hash] = state.entries.count
                state.entries.append(entry)
                return (1, 0, nil)
            }
            var looked = 1
            while looked <= state.entries.count, state.entries[state.hand].isUsed.exchange(false, ordering: .relaxed) {
                state.hand = (state.hand + 1) % state.entries.count
                looked += 1
            }
            let old = state.entries[state.hand]
            state.places[old.hash] = nil
            state.places[hash] = state.hand
            state.entries[state.hand] = entry
            state.hand = (state.hand + 1) % state.entries.count
            return (0, looked, old)
        }
        // Let go of outside of the lock.
        _ = dropped
        if added > 0 { total.add(added, ordering: .relaxed) }
        if looked > 0 { looks.add(looked, ordering: .relaxed) }
        metrics?.missed(keeping: count)
    }

    /// Counts a value that was found, for those who measure.
    func noteHit() { metrics?.hit() }

    /// The value of a key, made by `make` at first use. Two tasks may make the same; the later one's stays.
    ///
    /// - Complexity: that of hashing and comparing the key.
    package func value(_ key: Key, make: () throws -> Value) rethrows -> Value {
        let hash = hash(key)
        if let known = value(key, hash: hash) {
            noteHit()
            return known
        }
        let value = try make()
        keep(value, of: key, hash: hash)
        return value
    }
}
