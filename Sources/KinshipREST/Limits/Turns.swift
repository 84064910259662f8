// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Lets so many do something at a time; the others wait, first come, first served.
///
/// What is done is to be bounded in time: who is cancelled while waiting has its turn all the same, and is to do nothing with it.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

    /// Does something when its turn has come.
    func run<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        await withCheckedContinuation { turn in
            let isNow = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(turn)
                    return false
                }
                state.free -= 1
                return true
            }
            if isNow { turn.resume() }
        }
        defer { end() }
        try Task.checkCancellation()
        return try await body()
    }

    private func end() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return CheckedContinuation<Void, Never>?.none
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
