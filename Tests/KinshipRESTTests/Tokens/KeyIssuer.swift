// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipREST
import Logging
import Synchronization
import TestSupport

@testable import KinshipJWT

/// An issuer whose keys, faults and clock a test sets.
final class KeyIssuer: Sendable {
    struct State {
        var keys: [JSONValue] = []
        var fetches = 0
        var isDown = false
        var now = ContinuousClock.now
        /// Whether a fetch goes on until it is let go, whoever cancels it.
        var hangs = false
        var hanging: [CheckedContinuation<Void, Never>] = []
    }

    private struct Down: Error {}

    private let state = Mutex(State())
    /// What its readers have told.
    let log = RecordingLog()

    var fetches: Int { state.withLock { $0.fetches } }
    func pass(_ seconds: Int) { state.withLock { $0.now += .seconds(seconds) } }
    func show(_ keys: [JSONValue], isDown: Bool = false, hangs: Bool = false) {
        state.withLock { ($0.keys, $0.isDown, $0.hangs) = (keys, isDown, hangs) }
    }

    /// Lets go what hangs.
    func letGo() {
        let hanging = state.withLock { state in
            defer { state.hanging = [] }
            return state.hanging
        }
        for continuation in hanging { continuation.resume() }
    }

    func keys(_ wait: Duration = .zero, timeLimit: Duration = .seconds(10)) -> FetchedKeys {
        FetchedKeys(timeLimit: timeLimit, logger: log.logger, now: { self.state.withLock { $0.now } }) {
            let (keys, isDown, hangs) = self.state.withLock { state in
                state.fetches += 1
                return (state.keys, state.isDown, state.hangs)
            }
            if hangs {
                await withCheckedContinuation { continuation in
                    self.state.withLock { $0.hanging.append(continuation) }
                }
            }
            try await Task.sleep(for: wait)
            if isDown { throw Down() }
            return Array(JSONValue.object([.init("keys", .array(keys))]).description.utf8)
        }
    }

    /// Whose a token is that names a key; nil for one that names none.
    static func outcome(
        _ id: String?, _ algorithm: JWTAlgorithm, _ keys: FetchedKeys, by signer: TokenSigner? = nil
    ) async throws -> String {
        let name = id.map { #","kid":"\#($0)""# } ?? ""
        return try await TokenMaker.outcome(
            TokenMaker.token(
                #"{"sub":"7","exp":1800000060}"#, algorithm, header: #"{"alg":"\#(algorithm.rawValue)"\#(name)}"#,
                by: signer), TokenMaker.authenticator(keys))
    }
}
