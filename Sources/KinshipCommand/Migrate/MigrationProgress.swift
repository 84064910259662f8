// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator

/// Tells what a migration does while it does it: a line for each step. At a terminal it has the number of the step, and below it is how far the
/// index is that is being built.
struct MigrationProgress {
    private let migrator: Migrator
    private let count: Int
    private let progress = Progress()
    private let isShown = Terminal.Stream.standardError.isTerminal

    /// - Parameter count: how many steps there are.
    init(of migrator: Migrator, steps count: Int) {
        self.migrator = migrator
        self.count = count
    }

    /// Runs `body`, which calls what it is given ahead of each step.
    func following<R: Sendable>(
        _ body: @escaping @Sendable (_ tell: @escaping @Sendable (String) -> Void) async throws -> R
    ) async throws -> R {
        let (texts, news) = AsyncStream.makeStream(of: String.self)
        async let done = Self.closing(news) { try await body { news.yield($0) } }
        let watch = isShown ? Task { await watchBuilds() } : nil
        var number = 0
        for await text in texts {
            number += 1
            await progress.say(isShown ? "\(number) of \(max(count, number)): \(text)" : text)
        }
        watch?.cancel()
        await watch?.value
        await progress.clear()
        return try await done
    }

    /// What is told is told while it is done.
    private static func closing<R: Sendable>(
        _ news: AsyncStream<String>.Continuation, _ body: @Sendable () async throws -> R
    ) async throws -> R {
        defer { news.finish() }
        return try await body()
    }

    /// Each phase has a time of its own: of those behind it nothing is known yet.
    private func watchBuilds() async {
        var (phase, time) = ("", TimeLeft())
        // A server that has no connection to spare builds the index all the same.
        try? await migrator.watchBuilds { build in
            guard let build, !build.phase.isEmpty else { return await progress.clear() }
            if build.phase != phase { (phase, time) = (build.phase, TimeLeft()) }
            await progress.show(phase + time.text(at: build.fraction), fraction: build.fraction)
        }
    }
}
