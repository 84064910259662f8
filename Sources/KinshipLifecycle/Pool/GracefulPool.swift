// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ServiceLifecycle

/// Something that opens connections, lends them, and closes them in good order.
///
/// What is one becomes a service by one line: ``ServiceLifecycle/Service/run()`` has an implementation for it.
package protocol GracefulPool: Sendable {
    /// Opens what is needed at the beginning; throws when there is no use in going on.
    func start() async throws
    /// Turns callers away, lets those inside finish until `deadline` has passed, then closes everything.
    func shutdown(deadline: Duration) async
    /// How long those inside may take; from the configuration.
    var shutdownDeadline: Duration { get }
}

extension GracefulPool {
    /// Starts, waits until the group shuts down or the task is cancelled, and shuts down.
    package func runGracefully() async throws {
        do {
            try await start()
        } catch {
            await shutdown(deadline: .zero)
            throw error
        }
        try? await gracefulShutdown()
        // A cancelled task has no time left: the shutdown sees that too and ends at once.
        await shutdown(deadline: shutdownDeadline)
    }
}
