// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Runs what must not take longer than it may.
enum Deadline {
    /// The result of the work; it is cancelled when its time is over. What has come of it by then counts all the same: what was
    /// committed is never told as late.
    ///
    /// The work is a task of its own, and nothing else is: what waits for its time is shared by all, so that a request that is
    /// answered at once leaves no timer behind.
    ///
    /// - Throws: what the work throws, or the error of the time.
    static func run<R: Sendable>(
        _ time: Duration, _ error: @autoclosure @Sendable () -> RESTError,
        _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let task = Task { try await work() }
        let number = PendingDeadlines.shared.add(after: time) { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        let isLate = !PendingDeadlines.shared.remove(number)
        switch result {
        case .success(let value): return value
        case .failure(let failure):
            // Nothing has come of it.
            if isLate, failure is CancellationError { throw error() }
            throw failure
        }
    }
}
