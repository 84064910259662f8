// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Testing

/// Random orders of events against the pool's state; what must always hold is looked at after each one.
@Suite struct PoolStateFuzzTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func anyOrderOfEventsKeepsTheBooksAndAnswersEverybody(seed: UInt64) async {
        var fuzzer = PoolFuzzer(seed: seed)
        for number in 0..<25_000 where fuzzer.problems.isEmpty {
            fuzzer.step()
            // Other tests need the thread too.
            if number % 200 == 0 { await Task.yield() }
        }
        fuzzer.settle()
        #expect(fuzzer.problems.isEmpty, "\(fuzzer.problems.prefix(3))")
        #expect(fuzzer.resumed > 1_000)
        // Callers who are turned away early don't come to the end of their time.
        #expect(fuzzer.timedOut + fuzzer.turnedAway > 20)
        #expect(fuzzer.cancelled > 100)
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func aShutdownAtAnyMomentEnds(seed: UInt64) async {
        var fuzzer = PoolFuzzer(seed: seed &* 7_919)
        for _ in 0..<Int(seed) where fuzzer.problems.isEmpty { fuzzer.step() }
        fuzzer.shutdown(after: .seconds(5))
        for _ in 0..<200 where fuzzer.problems.isEmpty { fuzzer.step() }
        fuzzer.pass(.seconds(6))
        #expect(fuzzer.finished)
        #expect(fuzzer.pool.state.status.size == 0)
        #expect(fuzzer.open.isEmpty, "connections left open: \(fuzzer.open)")
        #expect(fuzzer.unanswered.isEmpty)
        #expect(fuzzer.problems.isEmpty, "\(fuzzer.problems.prefix(3))")
    }
}
