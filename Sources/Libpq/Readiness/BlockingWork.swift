// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

/// Threads for calls of libpq that may block: name look-up, TLS, authentication, cancelling, closing.
enum BlockingWork {
    /// Runs `work` on a thread that no Swift task and no timer waits for.
    ///
    /// A serial queue of its own for each piece of work: Dispatch gives serial queues overcommitting threads at once, but
    /// starts the next piece of a concurrent queue only after up to a second when as many as there are cores block.
    static func run(_ label: String, _ work: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "kinship.\(label)").async(execute: work)
    }
}
