// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// The streams of changes that are open: no more than there may be, and none once the service ends.
final class ChangeStreams: Sendable {
    /// One of them; it is over when nothing holds it any more.
    final class Place: Sendable {
        private let streams: ChangeStreams
        private let number: Int
        private let place: InFlight.Place

        fileprivate init(_ streams: ChangeStreams, _ number: Int, _ place: InFlight.Place) {
            (self.streams, self.number, self.place) = (streams, number, place)
        }

        /// What to do when the service ends: at once, where it has.
        func onEnd(_ end: @escaping @Sendable () -> Void) {
            let isEnding = streams.state.withLock { state in
                if !state.isEnding { state.ends[number] = end }
                return state.isEnding
            }
            if isEnding { end() }
        }

        deinit { streams.state.withLock { $0.ends[number] = nil } }
    }

    private struct State {
        var isEnding = false
        var next = 0
        var ends: [Int: @Sendable () -> Void] = [:]
    }

    /// Reading what has changed.
    let reads: Turns
    private let places: InFlight
    private let state = Mutex(State())

    init(_ limits: RESTLimits) {
        places = InFlight(limits.changeStreams, perClient: limits.changeStreamsPerClient)
        reads = Turns(limits.changeReads)
    }

    /// How many there are.
    var current: Int { places.current }

    /// A place for another one.
    ///
    /// - Throws: ``RESTError`` `OVERLOADED` where there are as many as there may be, and where the service ends.
    func enter(_ client: String?) throws(RESTError) -> Place {
        let place = try places.enter(client)
        let number: Int? = state.withLock { state in
            state.next += 1
            return state.isEnding ? nil : state.next
        }
        guard let number else {
            throw RESTError(.overloaded, "The service is about to end; ask again in a moment.", retryAfter: .seconds(1))
        }
        return Place(self, number, place)
    }

    /// Ends all of them, and takes no more.
    func end() {
        let ends = state.withLock { state in
            state.isEnding = true
            defer { state.ends = [:] }
            return Array(state.ends.values)
        }
        for end in ends { end() }
    }
}
