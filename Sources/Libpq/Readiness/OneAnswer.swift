// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a task waits for: answered once, by the work, at the deadline, or by the task's cancellation, whichever is first.
final class OneAnswer<Value: Sendable>: DeadlineHolder {
    private struct State {
        var continuation: CheckedContinuation<Value, any Error>?
        var result: Result<Value, any Error>?
    }

    let deadline: UInt64
    private let late: @Sendable () -> any Error
    private let givenUp: @Sendable () -> Void
    private let state = Locked(State())

    /// - Parameters:
    ///   - late: the error at the deadline.
    ///   - givenUp: told, once, that nobody waits any more for work that has not ended.
    init(
        deadline: UInt64, late: @escaping @Sendable () -> any Error, givenUp: @escaping @Sendable () -> Void = {}
    ) {
        self.deadline = deadline
        self.late = late
        self.givenUp = givenUp
    }

    /// Whether the answer has been given.
    var isOver: Bool { state.withLock { $0.result != nil } }

    /// Begins the work and waits for the answer.
    func value(_ begin: () -> Void) async throws -> Value {
        // Orders what follows behind the answer for the thread sanitizer too: it sees locks, but no continuation that was
        // resumed before it was awaited.
        defer { state.withLock { _ in } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state in
                    if state.result == nil { state.continuation = continuation }
                    return state.result
                }
                if let result { return continuation.resume(with: result) }
                Deadlines.shared.add(self)
                Deadlines.shared.note(deadline)
                begin()
            }
        } onCancel: {
            if finish(.failure(CancellationError())) { givenUp() }
        }
    }

    /// Gives the answer, unless there is one.
    ///
    /// - Returns: whether this was the answer.
    @discardableResult
    func finish(_ result: Result<Value, any Error>) -> Bool {
        let (continuation, isFirst) = state.withLock { state in
            guard state.result == nil else { return (nil as CheckedContinuation<Value, any Error>?, false) }
            state.result = result
            defer { state.continuation = nil }
            return (state.continuation, true)
        }
        guard isFirst else { return false }
        Deadlines.shared.remove(ObjectIdentifier(self))
        continuation?.resume(with: result)
        return true
    }

    func deadlinesDue(_ now: UInt64) -> UInt64 {
        if isOver { return Monotonic.never }
        guard deadline <= now else { return deadline }
        if finish(.failure(late())) { givenUp() }
        return Monotonic.never
    }
}
