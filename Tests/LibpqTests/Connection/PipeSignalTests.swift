// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import Libpq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A peer that hangs up while it is written to doesn't end the process.
@Suite struct PipeSignalTests {
    private var isBlocked: Bool {
        var mask = sigset_t()
        sigemptyset(&mask)
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        return sigismember(&mask, SIGPIPE) == 1
    }

    private var isPending: Bool {
        var pending = sigset_t()
        sigemptyset(&pending)
        sigpending(&pending)
        return sigismember(&pending, SIGPIPE) == 1
    }

    @Test func writingToAPipeThatNobodyReadsIsAnErrorOnly() throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let wasBlocked = isBlocked
        var wasHeld = false
        let outcome = PipeSignal.held { () -> (Int, CInt) in
            wasHeld = isBlocked
            let count = write(ends[1], "x", 1)
            return (count, errno)
        }
        #expect(wasHeld)
        #expect(outcome.0 == -1)
        #expect(outcome.1 == EPIPE)
        #expect(isBlocked == wasBlocked)
        #expect(!isPending)
    }
}
