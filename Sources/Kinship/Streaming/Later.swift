// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Does something once, when it is first asked for, in a task that began where it was made: task-local values, which a program's hooks may
/// go by, are those of who made it, whoever asks.
final class Later<Value: Sendable>: Sendable {
    private let start: AsyncStream<Void>.Continuation
    private let task: Task<Value, any Error>

    init(_ body: @escaping @Sendable () async throws -> Value) {
        let (asked, start) = AsyncStream.makeStream(of: Void.self)
        self.start = start
        task = Task {
            for await _ in asked { return try await body() }
            throw CancellationError()
        }
    }

    deinit {
        start.finish()
        task.cancel()
    }

    /// What came of it.
    ///
    /// - Throws: what it threw; `CancellationError` when whoever asks is cancelled. It goes on then for others that ask, until it is let
    ///   go.
    var value: Value {
        get async throws {
            start.yield()
            let (task, (answers, answer)) = (task, AsyncStream.makeStream(of: Result<Value, any Error>.self))
            // Whoever waits for another task waits for its end, cancelled or not; not so who waits for a stream.
            Task {
                answer.yield(await task.result)
                answer.finish()
            }
            for await result in answers { return try result.get() }
            throw CancellationError()
        }
    }
}
