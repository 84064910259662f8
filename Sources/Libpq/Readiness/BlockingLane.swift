// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

/// Work of one kind that may block, on a bounded number of threads: first come, first served.
///
/// When all threads block for a while, more are taken, one at a time, up to a bound: what hangs doesn't stop the others for long.
/// When the system has no thread left, work waits until there is one; whoever brought it doesn't.
package final class BlockingLane: Sendable {
    /// What is known of the lane's threads.
    package struct Usage: Sendable {
        package var running = 0
        package var waiting = 0
        /// The most that ever ran at once.
        package var mostRunning = 0
    }

    private struct State {
        var usage = Usage()
        var waiting: [@Sendable () -> Void] = []
        /// Where the first one waits; what lies before it is done.
        var first = 0
        /// How many pieces of work have ended.
        var ended = 0
        var isWatched = false
    }

    /// Serial, so that it gets a thread also while others block.
    private static let watching = DispatchQueue(label: "kinship.lanes")

    private let label: String
    private let width: Int
    let most: Int
    private let patience: DispatchTimeInterval
    private let startThread: @Sendable (String, @escaping @Sendable () -> Void) -> Bool
    private let state = Locked(State())

    /// - Parameters:
    ///   - width: how many pieces of work run at once.
    ///   - most: how many when those block.
    ///   - patience: how long nothing ends until one thread more is taken, in milliseconds.
    package convenience init(_ label: String, width: Int, most: Int, patience: Int = 100) {
        self.init(label, width: width, most: most, patience: patience) { OwnThread.run($0, $1) }
    }

    /// - Parameter startThread: runs something on a thread with a name; false when there is none.
    init(
        _ label: String, width: Int, most: Int, patience: Int,
        startThread: @escaping @Sendable (String, @escaping @Sendable () -> Void) -> Bool
    ) {
        self.label = label
        self.width = width
        self.most = most
        self.patience = .milliseconds(patience)
        self.startThread = startThread
    }

    package var usage: Usage { state.withLock { $0.usage } }

    /// Runs `work` as soon as a thread is free.
    package func run(_ work: @escaping @Sendable () -> Void) {
        let (starts, watches, ended) = state.withLock { state in
            if state.usage.running < width {
                Self.begin(&state)
                return (true, false, 0)
            }
            state.waiting.append(work)
            state.usage.waiting += 1
            guard width < most, !state.isWatched else { return (false, false, 0) }
            state.isWatched = true
            return (false, true, state.ended)
        }
        if starts { start(work) }
        if watches { watch(ended) }
    }

    private static func begin(_ state: inout State) {
        state.usage.running += 1
        state.usage.mostRunning = max(state.usage.mostRunning, state.usage.running)
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        // Not Dispatch's: when it can't make a thread, it keeps whoever asked for one until it can.
        let isStarted = startThread("kinship-\(label)") { [self] in
            var next: (@Sendable () -> Void)? = work
            while let work = next {
                work()
                next = state.withLock { state in
                    state.ended += 1
                    // Threads beyond the width go when those they stood in for are back.
                    let next = state.usage.running <= width ? Self.takeFirst(&state) : nil
                    if next == nil { state.usage.running -= 1 }
                    return next
                }
            }
        }
        if !isStarted { putBack(work) }
    }

    /// Lets work wait for a thread that ends, or that the system has again.
    private func putBack(_ work: @escaping @Sendable () -> Void) {
        let (watches, ended) = state.withLock { state in
            state.usage.running -= 1
            state.usage.waiting += 1
            if state.first > 0 {
                state.first -= 1
                state.waiting[state.first] = work
            } else {
                state.waiting.insert(work, at: 0)
            }
            defer { state.isWatched = true }
            return (!state.isWatched, state.ended)
        }
        if watches { watch(ended) }
    }

    private static func takeFirst(_ state: inout State) -> (@Sendable () -> Void)? {
        guard state.first < state.waiting.count else { return nil }
        let work = state.waiting[state.first]
        state.waiting[state.first] = {}
        state.first += 1
        state.usage.waiting -= 1
        if state.first == state.waiting.count {
            state.waiting.removeAll(keepingCapacity: state.first < 1_000)
            state.first = 0
        }
        return work
    }

    /// Looks after a while whether anything has ended since.
    private func watch(_ endedBefore: Int) {
        Self.watching.asyncAfter(deadline: .now() + patience) { [self] in
            let (work, ended) = state.withLock { state -> ((@Sendable () -> Void)?, Int?) in
                guard state.usage.waiting > 0 else {
                    state.isWatched = false
                    return (nil, nil)
                }
                let isStuck = state.ended == endedBefore && state.usage.running < most
                let work = isStuck ? Self.takeFirst(&state) : nil
                if work != nil { Self.begin(&state) }
                return (work, state.ended)
            }
            if let work { start(work) }
            if let ended { watch(ended) }
        }
    }
}
