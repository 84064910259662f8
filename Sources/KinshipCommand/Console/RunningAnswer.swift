// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// The answer that is being made for somebody at a prompt: Ctrl-C stops it, and not the console.
final class RunningAnswer: Sendable {
    private enum State {
        case idle
        case running(Task<Void, any Error>)
        case stopping
    }

    private let state = Mutex(State.idle)

    /// Takes a Ctrl-C; false where one was taken already, and what it stopped hasn't come to its end.
    func stop() -> Bool {
        state.withLock { state in
            switch state {
            // Between two requests there is nothing to be stopped.
            case .idle: return true
            case .running(let task):
                state = .stopping
                task.cancel()
                return true
            case .stopping: return false
            }
        }
    }

    /// Runs it to its end; false where it was stopped.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        let task = state.withLock { state in
            let task = Task { try await body() }
            state = .running(task)
            return task
        }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        let isStopped = state.withLock { state in
            defer { state = .idle }
            if case .stopping = state { return true }
            return false
        }
        if isStopped, case .failure = result { return false }
        try result.get()
        return true
    }
}
