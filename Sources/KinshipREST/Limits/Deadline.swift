// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Runs what must not take longer than it may.
enum Deadline {
    /// The result of the work; it is cancelled when its time is over. What has come of it by then counts all the same: what was
    /// committed is never told as late.
    ///
    /// - Throws: what the work throws, or the error of the time.
    static func run<R: Sendable>(
        _ time: Duration, _ error: @autoclosure @escaping @Sendable () -> RESTError,
        _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let result = first { return result }
            group.cancelAll()
            do {
                if let last = try await group.next(), let result = last { return result }
            } catch is CancellationError {
                // Nothing has come of it.
            }
            throw error()
        }
    }
}
