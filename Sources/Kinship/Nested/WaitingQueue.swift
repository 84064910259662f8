// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What waits until some numbers are there: each item is looked at again once for each number that it lacks, however many others wait.
package struct WaitingQueue<Item: Sendable>: Sendable {
    private struct Entry: Sendable {
        let item: Item
        /// What it needs, and how many of these are there already.
        let needs: [Int]
        var seen = 0
    }

    private var there: Set<Int> = []
    private var entries: [Int: Entry] = [:]
    private var next = 0
    /// The entries that wait for a number.
    private var watchers: [Int: [Int]] = [:]
    /// The entries that lack nothing.
    private var ready: [Int] = []
    /// How many looks at a number there have been.
    package private(set) var steps = 0

    package init() {}

    /// The first of all that wait; nil where nothing does.
    package var first: Item? { entries.keys.min().flatMap { entries[$0]?.item } }

    /// Lets an item wait until all of some numbers are there.
    package mutating func wait(_ item: Item, for needs: some Sequence<Int>) {
        entries[next] = Entry(item: item, needs: Array(needs))
        advance(next)
        next += 1
    }

    /// Says that a number is there.
    package mutating func note(_ number: Int) {
        guard there.insert(number).inserted, let waiting = watchers.removeValue(forKey: number) else { return }
        for entry in waiting { advance(entry) }
    }

    /// Takes what lacks nothing any more and meets a condition, in the order in which it came.
    package mutating func take(where isWanted: (Item) -> Bool) -> [Item] {
        var (taken, left): ([Int], [Int]) = ([], [])
        for number in ready {
            guard let entry = entries[number] else { continue }
            if isWanted(entry.item) { taken.append(number) } else { left.append(number) }
        }
        ready = left
        return taken.sorted().compactMap { entries.removeValue(forKey: $0)?.item }
    }

    private mutating func advance(_ number: Int) {
        guard var entry = entries[number] else { return }
        while entry.seen < entry.needs.count {
            steps += 1
            let need = entry.needs[entry.seen]
            guard there.contains(need) else {
                entries[number] = entry
                return watchers[need, default: []].append(number)
            }
            entry.seen += 1
        }
        entries[number] = entry
        ready.append(number)
    }
}
