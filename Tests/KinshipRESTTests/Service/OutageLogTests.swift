// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Synchronization
import Testing

@testable import KinshipREST

/// What all requests meet alike is told now and then.
@Suite struct OutageLogTests {
    private static func report(_ code: String, _ status: Int, _ fault: ErrorReport.Fault) -> ErrorReport {
        ErrorReport(.init(code, status, fault), "It is gone.")
    }

    @Test func outagesAreToldOnceInAMinute() {
        let clock = Mutex(ContinuousClock.now)
        let log = OutageLog { clock.withLock { $0 } }
        let (keys, database) = (Self.report("KEYS", 503, .connection), Self.report("DATABASE", 503, .connection))
        #expect(log.untold(keys) == 0 && log.untold(database) == 0)
        for _ in 0..<10 { #expect(log.untold(keys) == nil) }
        clock.withLock { $0 += .seconds(59) }
        #expect(log.untold(keys) == nil)
        clock.withLock { $0 += .seconds(1) }
        #expect(log.untold(keys) == 11 && log.untold(database) == 0 && log.untold(keys) == nil)
        clock.withLock { $0 += .seconds(600) }
        #expect(log.untold(keys) == 1 && log.untold(database) == 0)
    }

    @Test func otherFaultsAreToldEachTime() {
        let log = OutageLog()
        for report in [
            Self.report("A", 500, .program), Self.report("A", 503, .contention), Self.report("A", 504, .time),
        ] {
            for _ in 0..<3 { #expect(log.untold(report) == 0) }
        }
    }

    @Test func codesWithoutEndAreForgotten() {
        let log = OutageLog()
        for number in 0..<1_000 { #expect(log.untold(Self.report("\(number)", 503, .connection)) == 0) }
    }
}
