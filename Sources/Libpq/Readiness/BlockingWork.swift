// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Threads for calls of libpq that may block for a little while: cancelling, closing. Connecting has `ConnectThreads`.
///
/// Each kind has a few of its own, so that no number of connections takes all threads of the process, and none of the kinds
/// waits for another.
package enum BlockingWork {
    /// How many requests to cancel are under way at a time.
    static let mostCancels = 32

    /// The kinds, with how many of each run at once.
    static let lanes = [
        // As many as there may be requests to cancel: that is bounded for each server, so that none waits here for another one.
        "cancel": BlockingLane("cancel", width: mostCancels, most: mostCancels),
        "close": BlockingLane("close", width: 4, most: 16),
    ]

    /// How each kind's threads are used.
    package static var usage: [String: BlockingLane.Usage] { lanes.mapValues(\.usage) }

    /// The most threads that one kind takes.
    package static func most(_ label: String) -> Int { lanes[label]?.most ?? 0 }

    private static let other = BlockingLane("other", width: 4, most: 16)

    /// Runs `work` on a thread that no Swift task and no timer waits for, when one of its kind is free.
    static func run(_ label: String, _ work: @escaping @Sendable () -> Void) {
        (lanes[label] ?? other).run(work)
    }
}
