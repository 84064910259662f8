// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Libpq

/// Work that blocks, on a thread of Dispatch's.
enum BlockingCall {
    /// Runs `body` on the queue and waits for it without blocking a thread of the cooperative pool.
    ///
    /// The result goes through a lock: the thread sanitizer sees no order in a continuation that is resumed before it is
    /// awaited, as happens where a thread is held up at the wrong moment.
    static func run<R: Sendable>(
        on queue: DispatchQueue, _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        let answer = Answer<R>()
        await withCheckedContinuation { continuation in
            queue.async {
                answer.result.withLock { $0 = Result { try body() } }
                continuation.resume()
            }
        }
        guard let result = answer.result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    private final class Answer<R: Sendable>: Sendable {
        let result = Locked<Result<R, any Error>?>(nil)
    }
}
