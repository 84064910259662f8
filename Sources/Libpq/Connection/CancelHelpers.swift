// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The threads that send cancel requests: a few at a time for each server, so that one which doesn't answer keeps neither all
/// threads nor those who cancel at another server.
enum CancelHelpers {
    /// How many requests to one server are under way at once.
    static let limit = 8
    /// How many are altogether.
    static let total = BlockingWork.mostCancels

    /// A request that waits for its turn, until the instant at which it becomes pointless.
    private final class Job: DeadlineHolder {
        let request: CancelRequest
        let limit: UInt64
        /// Told what went wrong, nil when nothing did.
        let completion: @Sendable (String?) -> Void

        init(_ request: CancelRequest, _ limit: UInt64, _ completion: @escaping @Sendable (String?) -> Void) {
            self.request = request
            self.limit = limit
            self.completion = completion
        }

        func deadlinesDue(_ now: UInt64) -> UInt64 {
            guard limit <= now else { return limit }
            if CancelHelpers.drop(self) {
                // What is done then may block, as freeing a connection does.
                BlockingWork.run("close") { self.completion(CancelHelpers.tooLate) }
            }
            return Monotonic.never
        }
    }

    private struct State {
        var running: [String: Int] = [:]
        var total = 0
        var waiting: [Job] = []

        func hasRoom(_ server: String) -> Bool {
            total < CancelHelpers.total && (running[server] ?? 0) < CancelHelpers.limit
        }

        mutating func take(_ server: String) {
            running[server, default: 0] += 1
            total += 1
        }

        mutating func give(_ server: String) {
            total -= 1
            let rest = (running[server] ?? 1) - 1
            running[server] = rest > 0 ? rest : nil
        }
    }

    private static let tooLate = "it came too late to be sent"
    private static let state = Locked(State())

    /// Sends `request` soon; `completion` is always called, once, and at `limit` at the latest when it wasn't sent by then.
    ///
    /// - Parameter limit: the instant after which the request is pointless.
    static func send(
        _ request: CancelRequest, limit: UInt64, completion: @escaping @Sendable (String?) -> Void
    ) {
        let job = Job(request, limit, completion)
        let begins = state.withLock { state in
            guard state.hasRoom(request.server) else {
                state.waiting.append(job)
                return false
            }
            state.take(request.server)
            return true
        }
        if begins {
            BlockingWork.run("cancel") { work(job) }
        } else {
            Deadlines.shared.add(job)
            Deadlines.shared.note(limit)
        }
    }

    /// Takes a job out of the line.
    ///
    /// - Returns: whether it was there, and so is the caller's to end.
    private static func drop(_ job: Job) -> Bool {
        state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0 === job }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
    }

    private static func work(_ first: Job) {
        var next: Job? = first
        while let job = next {
            Deadlines.shared.remove(ObjectIdentifier(job))
            // Its connection was given up meanwhile: a late cancel must not go out.
            job.completion(Monotonic.now < job.limit ? job.request.send(limit: job.limit) : tooLate)
            next = state.withLock { state in
                state.give(job.request.server)
                guard let index = state.waiting.firstIndex(where: { state.hasRoom($0.request.server) }) else {
                    return nil
                }
                let next = state.waiting.remove(at: index)
                state.take(next.request.server)
                return next
            }
        }
    }
}
