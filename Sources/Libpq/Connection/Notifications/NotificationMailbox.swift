// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a listener has heard and nobody has taken: bounded, and it says where something is missing.
final class NotificationMailbox: NotificationSink {
    typealias Event = NotificationListener.Event

    private struct State {
        var events: [Event] = []
        /// Where the first one is; what lies before it was taken.
        var first = 0
        var waiting: RequestContinuation?
        var isClosed = false
        var failure: PostgresError?

        mutating func takeFirst() -> Event? {
            guard first < events.count else { return nil }
            defer {
                first += 1
                if first == events.count || first > 1_000 {
                    events.removeFirst(first)
                    first = 0
                }
            }
            return events[first]
        }
    }

    private let limit: Int
    private let state = Locked(State())

    init(limit: Int) { self.limit = limit }

    func take(_ notification: PostgresNotification) -> RequestContinuation? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            if state.events.count - state.first < limit {
                state.events.append(.notification(notification))
            } else {
                if case .mayHaveMissed? = state.events.last { return nil }
                state.events.append(.mayHaveMissed(.overflow))
            }
            return state.waiting.take()
        }
    }

    /// Says that something may be missing from here on back.
    func noteMissed(_ reason: NotificationListener.Reason) {
        let waiting = state.withLock { state in
            // One is enough, and there is no bound for connections that break.
            if case .mayHaveMissed? = state.events.last, state.first < state.events.count {
                state.events[state.events.count - 1] = .mayHaveMissed(reason)
            } else {
                state.events.append(.mayHaveMissed(reason))
            }
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// Nothing more will come.
    func close(_ failure: PostgresError?) {
        let waiting = state.withLock { state in
            if !state.isClosed {
                state.isClosed = true
                state.failure = failure
            }
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// The next event, nil at the end and when the task is cancelled.
    func next(isolation: isolated (any Actor)?) async throws -> Event? {
        while !Task.isCancelled {
            let (event, isClosed, failure) = state.withLock { state in
                let event = state.takeFirst()
                let failure = event == nil ? state.failure.take() : nil
                return (event, state.isClosed, failure)
            }
            if let event { return event }
            if let failure { throw failure }
            if isClosed { return nil }
            await withTaskCancellationHandler(
                operation: { await wait() }, onCancel: { state.withLock { $0.waiting.take() }?.resume() },
                isolation: isolation)
        }
        return nil
    }

    private func wait() async {
        #if DEBUG
        await withCheckedContinuation { wait($0) }
        state.withLock { _ in }
        #else
        await withUnsafeContinuation { wait($0) }
        #endif
    }

    private func wait(_ continuation: RequestContinuation) {
        // Under the lock: a cancellation before this is seen here, a later one finds the continuation.
        let others = state.withLock { state -> [RequestContinuation] in
            let hasNews = state.first < state.events.count || state.isClosed || Task.isCancelled
            let other = state.waiting.take()
            if !hasNews { state.waiting = continuation }
            return (hasNews ? [continuation] : []) + (other.map { [$0] } ?? [])
        }
        for other in others { other.resume() }
    }
}
