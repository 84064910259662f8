// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization

/// What was made before, by key; beyond a limit, of how many there are or of what they weigh, those that weren't used lately make room
/// for each new one.
///
/// Keys are hashed and compared outside of the locks, of which there are several: whoever asks for the largest of keys keeps
/// nobody waiting. Making room looks at one entry after another, from where it stopped last, and gives those that were used since
/// another chance (the second chance, or clock, algorithm): what is in use stays, however many others come once.
package final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Entry: Sendable {
        let hash: Int
        let key: Key
        let value: Value
        let weight: Int
        /// Whether it was used since the hand came by.
        let isUsed = Atomic(false)

        init(_ hash: Int, _ key: Key, _ value: Value, _ weight: Int) {
            self.hash = hash
            self.key = key
            self.value = value
            self.weight = weight
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
            /// What they weigh.
            var weight = 0

            /// Drops the first entry from the hand on that wasn't used since it last came by.
            ///
            /// - Returns: the entry, and how many were looked at; the hand stands where it was.
            mutating func drop() -> (Entry, looked: Int) {
                var looked = 1
                while looked <= entries.count, entries[hand].isUsed.exchange(false, ordering: .relaxed) {
                    hand = (hand + 1) % entries.count
                    looked += 1
                }
                let old = entries[hand]
                places[old.hash] = nil
                weight -= old.weight
                // The last one takes its place, to be looked at next but for what is put there.
                let last = entries.removeLast()
                if hand < entries.count {
                    entries[hand] = last
                    places[last.hash] = hand
                }
                if hand >= entries.count { hand = 0 }
                return (old, looked)
            }
        }

        let state = Locked(State())
    }

    private let shards: [Shard]
    private let shardLimit: Int
    private let shardWeight: Int
    private let largestWeight: Int
    private let metrics: PlanCacheMetrics?
    private let total = Atomic(0)
    private let looks = Atomic(0)

    package convenience init(limit: Int, mostWeight: Int = .max) {
        self.init(limit: limit, mostWeight: mostWeight, metrics: nil)
    }

    /// - Parameter mostWeight: what all values together may weigh. One that is more than a sixteenth of it is not kept.
    init(limit: Int, mostWeight: Int = .max, metrics: PlanCacheMetrics?) {
        // Few entries are kept better in one.
        let count = limit >= 256 ? 16 : 1
        shards = (0..<count).map { _ in Shard() }
        shardLimit = max(1, limit / count)
        shardWeight = mostWeight / count
        largestWeight = mostWeight / 16
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

    /// Keeps a value under a key, in place of another one if need be; not one that weighs too much by itself.
    ///
    /// - Parameter weight: what it weighs.
    /// - Complexity: O(1) on average: what it looks at beyond one entry was used since it was last looked at, or is dropped.
    package func keep(_ value: Value, of key: Key, hash: Int, weight: Int = 0) {
        let entry = Entry(hash, key, value, weight)
        let (added, looked, dropped) = shard(hash).state.withLock { state -> (Int, Int, [Entry]) in
            var dropped: [Entry] = []
            var looked = 0
            if let place = state.places[hash] {
                let old = state.entries[place]
                if weight <= largestWeight, state.weight - old.weight <= shardWeight - weight {
                    entry.isUsed.store(old.isUsed.load(ordering: .relaxed), ordering: .relaxed)
                    state.entries[place] = entry
                    state.weight += weight - old.weight
                    return (0, 0, [old])
                }
            }
            guard weight <= largestWeight, state.places[hash] == nil else { return (0, 0, []) }
            while !state.entries.isEmpty,
                state.entries.count >= shardLimit || state.weight > shardWeight - weight
            {
                let (old, looks) = state.drop()
                dropped.append(old)
                looked += looks
            }
            state.places[hash] = state.entries.count
            state.entries.append(entry)
            state.weight += weight
            return (1 - dropped.count, looked, dropped)
        }
        // Let go of outside of the lock.
        _ = dropped
        if added != 0 { total.add(added, ordering: .relaxed) }
        if looked > 0 { looks.add(looked, ordering: .relaxed) }
        metrics?.missed(keeping: count)
    }

    /// Counts a value that was found, for those who measure.
    func noteHit() { metrics?.hit() }

    /// The value of a key, made by `make` at first use. Two tasks may make the same; the later one's stays.
    ///
    /// - Parameter weight: what a value weighs.
    /// - Complexity: that of hashing and comparing the key.
    package func value(
        _ key: Key, weight: (Value) -> Int = { _ in 0 }, make: () throws -> Value
    ) rethrows -> Value {
        let hash = hash(key)
        if let known = value(key, hash: hash) {
            noteHit()
            return known
        }
        let value = try make()
        keep(value, of: key, hash: hash, weight: weight(value))
        return value
    }
}
