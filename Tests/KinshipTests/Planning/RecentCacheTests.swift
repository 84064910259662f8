// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// The cache of what was made before.
@Suite(.timeLimit(.minutes(1))) struct RecentCacheTests {
    /// A key that uses its cache while it is hashed and compared.
    private struct Reentrant: Hashable, Sendable {
        let number: Int
        let cache: Holder

        final class Holder: Sendable {
            let cache = RecentCache<Int, Int>(limit: 4)
            let own = Locked<RecentCache<Reentrant, Int>?>(nil)
        }

        static func == (one: Reentrant, other: Reentrant) -> Bool {
            // Were a lock held, this would wait for itself.
            if one.number > 0, let own = one.cache.own.withLock({ $0 }) {
                _ = own.value(Reentrant(number: -one.number, cache: one.cache)) { 0 }
            }
            return one.number == other.number
        }

        func hash(into hasher: inout Hasher) {
            if number > 0, let own = cache.own.withLock({ $0 }) {
                _ = own.value(Reentrant(number: -number, cache: cache)) { 0 }
            }
            hasher.combine(number)
        }
    }

    @Test func `What is in use stays, however many others come once`() {
        let cache = RecentCache<Int, Int>(limit: 1024)
        let made = Locked(0)
        let others = 100_000
        for other in 0..<others {
            _ = cache.value(1_000_000 + other) { other }
            guard other % 20 == 0 else { continue }
            for hot in 0..<10 {
                _ = cache.value(hot) {
                    made.withLock { $0 += 1 }
                    return hot
                }
            }
        }
        #expect(made.withLock { $0 } == 10)
        #expect(cache.count <= 1024)
        // Making room looks at one entry, or at a few that are in use.
        #expect(cache.entriesLookedAt < others * 2)
    }

    @Test func `Where all are in use making room takes no longer on average`() {
        let cache = RecentCache<Int, Int>(limit: 1024)
        for round in 0..<20 {
            for key in 0..<2_000 {
                _ = cache.value(round * 1_000 + key) { key }
                _ = cache.value(round * 1_000 + key) { key }
            }
        }
        // Each look takes a use away, and there are no more of these than requests.
        #expect(cache.entriesLookedAt <= 2 * 2 * 20 * 2_000)
        #expect(cache.count <= 1024)
    }

    @Test func `Keys are hashed and compared outside of the locks`() {
        let holder = Reentrant.Holder()
        let cache = RecentCache<Reentrant, Int>(limit: 8)
        holder.own.withLock { $0 = cache }
        for number in 1...50 {
            let key = Reentrant(number: number, cache: holder)
            #expect(cache.value(key) { number } == number)
            #expect(cache.value(key) { 0 } == number)
        }
        holder.own.withLock { $0 = nil }
    }

    @Test func `Small ones hold what they are to hold`() {
        let cache = RecentCache<String, Int>(limit: 1)
        #expect(cache.value("a") { 1 } == 1)
        #expect(cache.value("a") { 2 } == 1)
        #expect(cache.value("b") { 3 } == 3)
        #expect(cache.count == 1)
        cache.keep(4, of: "b", hash: cache.hash("b"))
        #expect(cache.value("b") { 0 } == 4)
    }

    @Test func `Several tasks use it at once`() async {
        let cache = RecentCache<Int, Int>(limit: 300)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var random = SeededRandom(UInt64(task))
                    return (0..<5_000).allSatisfy { _ in
                        let key = Int.random(in: 0..<1_000, using: &random)
                        return cache.value(key) { key * 2 } == key * 2
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(cache.count <= 300)
    }
}
