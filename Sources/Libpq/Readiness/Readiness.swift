// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The threads that wait for servers' answers.
///
/// There is one for up to four cores, one more for each further four, and no more than eight. Connections are spread
/// over them in turn.
public enum Readiness {
    private static let next = Atomic<Int>(0)

    private static let sources: [any ReadinessSource] = {
        #if os(Linux)
        let count = min(8, max(1, ProcessInfo.processInfo.activeProcessorCount / 4))
        let loops = (0..<count).compactMap { _ in EpollLoop() }
        if !loops.isEmpty { return loops }
        #endif
        return [DispatchReadiness()]
    }()

    /// The source the next connection is given.
    package static var source: any ReadinessSource {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return sources[Int(UInt(bitPattern: index) % UInt(sources.count))]
    }

    /// An executor on the thread that waits for the answers, for servers that want the last factor of speed.
    ///
    /// ```swift
    /// await withTaskExecutorPreference(Readiness.executor) {
    ///     try? await connection.execute("select 1")
    /// }
    /// ```
    ///
    /// A task that prefers it goes on where its answer arrived, without a hand-over between threads. What it runs must not
    /// block and should be short: every connection of that thread waits meanwhile. Nil where there is no loop of our own
    /// (outside Linux), which `withTaskExecutorPreference` takes for no preference.
    public static var executor: (any TaskExecutor)? { sources.first as? any TaskExecutor }
}
