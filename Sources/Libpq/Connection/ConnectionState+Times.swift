// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// How long the server takes for what it is asked: what a pool knows quick statements by.
extension ConnectionState {
    /// Notes how long the server took: since it was asked, or since the answer before.
    mutating func noteTime(of request: Request) {
        let now = Monotonic.now
        let time = Int64(clamping: now &- max(sentAt, heardAt))
        if sentAt >= heardAt {
            if case .flight = request.kind, request.statements.isEmpty {
                // Perhaps by way of something that the system knows nothing of.
                leastSignOfLife = min(leastSignOfLife, time)
                leastRoundTrip = max(leastRoundTrip, leastSignOfLife)
            } else {
                leastRoundTrip = min(leastRoundTrip, time)
            }
        }
        let server = serverTime(until: now)
        heardAt = now
        guard request.stop == nil, heals == 0 else { return }
        request.serverTime = (server, leastRoundTrip)
        request.areNamesKnown =
            !canHeal && request.failure == nil && steps.allSatisfy { $0.kind != .run || $0.name != nil }
    }

    /// How long the server has had the current request: since it was asked, less the way there and back, or since the answer before.
    func serverTime(until now: UInt64) -> Int64 {
        let time = Int64(clamping: now &- max(sentAt, heardAt))
        return sentAt >= heardAt ? max(0, time - leastRoundTrip) : time
    }

    /// Notes for how long a request has run whose end nobody waits for: else what always takes too long would never be known as slow.
    func noteStopped(_ request: Request) {
        guard request === current, !isAnswered, heals == 0 else { return }
        request.ranAtLeast = serverTime(until: Monotonic.now)
    }
}
