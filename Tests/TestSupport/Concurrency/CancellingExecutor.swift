// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Libpq

/// Runs tasks, and cancels one of them as it goes on after its n-th suspension, or a moment into it.
public final class CancellingExecutor: TaskExecutor {
    private struct State {
        var resumptions = 0
        var cancel: (@Sendable () -> Void)?
    }

    private let queue = DispatchQueue(label: "kinship.tests.cancelling")
    private let place: Int
    private let moment: Moment
    private let state = Locked(State())

    /// When a task is cancelled.
    public enum Moment: CaseIterable, Sendable {
        /// As it goes on.
        case resuming
        /// While it waits: what it waits for is under way.
        case suspended
    }

    /// - Parameters:
    ///   - place: at which resumption to cancel, or in the suspension that follows it; 0 is the start.
    ///   - moment: which of the two.
    public init(at place: Int, _ moment: Moment) {
        self.place = place
        self.moment = moment
    }

    /// How often anything was resumed.
    public var resumptions: Int { state.withLock { $0.resumptions } }

    /// Runs a piece of the task on the queue, and cancels it when it is its turn.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            let cancel = state.withLock { state in
                defer { state.resumptions += 1 }
                return state.resumptions == place ? state.cancel : nil
            }
            if moment == .resuming { cancel?() }
            job.runSynchronously(on: asUnownedTaskExecutor())
            if moment == .suspended, let cancel {
                DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(300), execute: cancel)
            }
        }
    }

    /// Runs `body` in a task of its own to its end.
    ///
    /// - Returns: what it threw.
    public func run(_ body: @escaping @Sendable () async throws -> Void) async -> (any Error)? {
        let executor = self
        let task = Task {
            // Suspends until the handle is known.
            try? await Task.sleep(for: .milliseconds(1))
            await withTaskExecutorPreference(executor) { await Task.yield() }
            do {
                try await withTaskExecutorPreference(executor) { try await body() }
                return nil as (any Error)?
            } catch {
                return error
            }
        }
        state.withLock { $0.cancel = { task.cancel() } }
        return await task.value
    }
}
