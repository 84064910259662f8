// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What one listener hasn't taken yet: bounded, and it says where something is missing.
package final class ChangeMailbox: Sendable {
    private struct State {
        var events: [ChangeEvent] = []
        var hasBegun = false
        var isRung = false
        var isClosed = false
        var failure: (any Error)?
    }

    private let limit: Int
    private let state = Locked(State())
    private let news: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init(limit: Int) {
        self.limit = max(1, limit)
        // Who comes late finds one ring, however many there were.
        (news, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Changes are told from now on; those after the first time are after a break.
    func begin(_ reason: ChangeEvent.Reason) {
        state.withLock { state in
            let isFirst = !state.hasBegun
            // Who has begun already was told so by somebody else.
            if reason == .started, !isFirst { return }
            state.hasBegun = true
            Self.put(.gap(isFirst ? .started : reason), in: &state, limit)
        }
        bell.yield()
    }

    /// Something was told; before it began nothing is.
    func put(_ event: ChangeEvent) {
        state.withLock { state in
            if state.hasBegun { Self.put(event, in: &state, limit) }
        }
        bell.yield()
    }

    private static func put(_ event: ChangeEvent, in state: inout State, _ limit: Int) {
        guard !state.isClosed else { return }
        // That it has begun is what is told first, whatever else has come before it was taken.
        let hasToSayBegun = state.events.first == .gap(.started)
        if case .gap = event {
            // Who reads anew at a gap has no use for what was ahead of it, and several at once are one.
            state.events = [hasToSayBegun ? .gap(.started) : event]
            return
        }
        if state.events.count >= limit { state.events = [.gap(hasToSayBegun ? .started : .overflow)] }
        state.events.append(event)
    }

    /// Rings without news: for signs of life.
    package func ring() {
        state.withLock { $0.isRung = true }
        bell.yield()
    }

    /// Has whoever waits for a ring look again.
    package func wake() { bell.yield() }

    /// Waits until it is rung, or for something else to look at: whether it was rung. What has come stays. nil when the task is cancelled.
    package func nextRing() async -> Bool? {
        if takeRing() { return true }
        guard !Task.isCancelled else { return nil }
        var rings = news.makeAsyncIterator()
        guard await rings.next(isolation: nil) != nil else { return nil }
        return takeRing()
    }

    private func takeRing() -> Bool {
        state.withLock { state in
            defer { state.isRung = false }
            return state.isRung
        }
    }

    /// Nothing more comes.
    package func close(_ failure: (any Error)? = nil) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            state.failure = failure
        }
        bell.yield()
    }

    /// What has come, at most so many; none where it was only rung. nil at the end, and when the task is cancelled.
    ///
    /// - Throws: what it was closed with.
    package func next(_ most: Int) async throws -> [ChangeEvent]? {
        while true {
            let (events, isRung, isClosed, failure) = state.withLock { state in
                let events = Array(state.events.prefix(most))
                state.events.removeFirst(events.count)
                defer { state.isRung = false }
                let failure = events.isEmpty ? state.failure.take() : nil
                return (events, state.isRung, state.isClosed, failure)
            }
            if let failure { throw failure }
            if !events.isEmpty || (isRung && !isClosed) { return events }
            guard !isClosed, !Task.isCancelled else { return nil }
            var rings = news.makeAsyncIterator()
            // A stream whose task was cancelled has ended, for whoever asks.
            guard await rings.next(isolation: nil) != nil else { return nil }
        }
    }
}
