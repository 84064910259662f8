// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Testing

@Suite struct WaitingQueueTests {
    /// Each waits for the one ahead of it, and one comes after the other.
    @Test(arguments: [10, 1_000, 5_000])
    func `A chain is looked at as often as it is long`(count: Int) {
        var queue = WaitingQueue<Int>()
        for number in (1..<count).reversed() { queue.wait(number, for: [number - 1]) }
        #expect(queue.first == count - 1)
        #expect(queue.take { _ in true } == [])
        queue.note(0)
        var order: [Int] = []
        while true {
            let ready = queue.take { _ in true }
            guard !ready.isEmpty else { break }
            order += ready
            for number in ready { queue.note(number) }
        }
        #expect(order == Array(1..<count))
        #expect(queue.first == nil)
        #expect(queue.steps < 3 * count)
    }

    @Test func `What waits for several waits for all, and comes in its order`() {
        var queue = WaitingQueue<String>()
        queue.wait("both", for: [1, 2])
        queue.wait("none", for: [])
        queue.wait("one", for: [2])
        #expect(queue.take { $0 != "none" } == [])
        #expect(queue.take { _ in true } == ["none"])
        queue.note(2)
        queue.note(2)
        #expect(queue.take { _ in true } == ["one"])
        #expect(queue.first == "both")
        queue.note(1)
        queue.wait("late", for: [1])
        #expect(queue.take { _ in true } == ["both", "late"])
    }
}
