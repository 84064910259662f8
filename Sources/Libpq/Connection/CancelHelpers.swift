// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The threads that send cancel requests: a few at a time, so that a server which doesn't answer can't eat all threads.
enum CancelHelpers {
    /// How many requests are under way at once.
    static let limit = 8

    private struct Job: Sendable {
        var request: CancelRequest
        var limit: UInt64
        /// Told what went wrong, nil when nothing did.
        var completion: @Sendable (String?) -> Void
    }

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    private static let state = Locked(State())

    /// Sends `request` soon; `completion` is always called, once.
    ///
    /// - Parameter limit: the instant after which the request is pointless.
    static func send(
        _ request: CancelRequest, limit: UInt64, completion: @escaping @Sendable (String?) -> Void
    ) {
        let job = Job(request: request, limit: limit, completion: completion)
        let starts = state.withLock { state in
            guard state.running < Self.limit else {
                state.waiting.append(job)
                return false
            }
            state.running += 1
            return true
        }
        if starts { BlockingWork.run("cancel") { work(job) } }
    }

    private static func work(_ first: Job) {
        var next: Job? = first
        while let job = next {
            // Its connection was given up meanwhile: a late cancel must not go out.
            let failure = Monotonic.now < job.limit ? job.request.send(limit: job.limit) : "it came too late to be sent"
            job.completion(failure)
            next = state.withLock { state in
                if state.waiting.isEmpty {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }
}
