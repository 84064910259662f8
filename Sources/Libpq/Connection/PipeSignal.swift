// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps a peer that hangs up from ending the process: a write to it raises SIGPIPE.
///
/// libpq holds it back itself while it talks to a server (PostgreSQL documentation, "Behavior in Threaded Programs"), but before version 17 not
/// while it sends a cancel request.
enum PipeSignal {
    /// Runs a body that may write to a peer; a SIGPIPE that it raises in this thread is gone afterwards. Blocks as long as the body does.
    static func held<R>(_ body: () -> R) -> R {
        var pipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        let wasPending = isPending
        guard pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 else { return body() }
        let result = body()
        // One that was there before is somebody else's.
        if !wasPending, isPending {
            var signal: Int32 = 0
            sigwait(&pipe, &signal)
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return result
    }

    private static var isPending: Bool {
        var pending = sigset_t()
        sigemptyset(&pending)
        sigpending(&pending)
        return sigismember(&pending, SIGPIPE) == 1
    }
}
