// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Lets so many do something at a time; the others wait, first come, first served, unless they are cancelled.
///
/// What is done is to be bounded in time.
final class Turns: Sendable {
    private struct Waiting {
        let number: Int
        let turn: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var free: Int
        var next = 0
        var waiting: [Waiting] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

    /// Does something when its turn has come.
    ///
    /// - Throws: what it throws; `CancellationError` where the task is cancelled before.
    func run<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await turn()
        defer { end() }
        try Task.checkCancellation()
        return try await body()
    }

    private func turn() async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: CheckedContinuation<Void, any Error>) in
                let isNow: Bool? = state.withLock { state in
                    // Who was cancelled by now isn't looked for any more.
                    guard !Task.isCancelled else { return nil }
                    guard state.free > 0 else {
                        state.waiting.append(Waiting(number: number, turn: turn))
                        return false
                    }
                    state.free -= 1
                    return true
                }
                switch isNow {
                case true?: turn.resume()
                case false?: break
                case nil: turn.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let turn: CheckedContinuation<Void, any Error>? = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
                return state.waiting.remove(at: index).turn
            }
            turn?.resume(throwing: CancellationError())
        }
    }

    private func end() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return CheckedContinuation<Void, any Error>?.none
            }
            return state.waiting.removeFirst().turn
        }
        next?.resume()
    }
}
