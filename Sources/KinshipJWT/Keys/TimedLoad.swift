// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Fetches bytes within a time that holds whatever the program's function does.
///
/// One that doesn't end is cancelled and left alone, and none begins beside it.
final class TimedLoad: Sendable {
    private let load: FetchedKeys.Load
    private let timeLimit: Duration
    private let isBusy = Atomic<Bool>(false)

    init(_ timeLimit: Duration, _ load: @escaping FetchedKeys.Load) {
        self.timeLimit = timeLimit
        self.load = load
    }

    /// Whether one hasn't come to its end, be it one that nobody waits for any longer.
    var isRunning: Bool { isBusy.load(ordering: .acquiring) }

    /// What comes of it.
    ///
    /// - Throws: what it throws; ``JWTError`` `JWT_KEYS_UNAVAILABLE` at the end of its time, and where one is still running.
    func bytes() async throws -> [UInt8] {
        guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            throw JWTError(.keysUnavailable, "An earlier fetch hasn't come to its end; have it listen to cancellation.")
        }
        let (outcome, end) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let work = Task {
            let result: Result<[UInt8], any Error>
            do {
                result = .success(try await self.load())
            } catch {
                result = .failure(error)
            }
            // Who hears of the end may begin another one.
            self.isBusy.store(false, ordering: .releasing)
            switch result {
            case .success(let bytes):
                end.yield(bytes)
                end.finish()
            case .failure(let error): end.finish(throwing: error)
            }
        }
        let limit = timeLimit
        let clock = Task {
            try await Task.sleep(for: limit)
            end.finish(throwing: JWTError(.keysUnavailable, "Fetching them took longer than it may."))
        }
        defer {
            work.cancel()
            clock.cancel()
        }
        var results = outcome.makeAsyncIterator()
        guard let bytes = try await results.next() else { throw CancellationError() }
        return bytes
    }
}
