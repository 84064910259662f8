// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import ServiceLifecycle

extension ConnectionPool: GracefulPool {
    package var shutdownDeadline: Duration { configuration.shutdownDeadline }
}

/// A pool as a service of swift-service-lifecycle.
///
/// ```swift
/// let pool = ConnectionPool(connection: connection, logger: logger)
/// let group = ServiceGroup(services: [pool, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// Put the pool before the services that use it: a group shuts down in reverse order, so that they are done by then.
extension ConnectionPool: Service {
    /// Calls ``Libpq/ConnectionPool/start()``, waits for the group's graceful shutdown, and calls
    /// ``Libpq/ConnectionPool/shutdown(deadline:)`` with ``Libpq/PoolConfiguration/shutdownDeadline``.
    ///
    /// When the task is cancelled instead, connections still in use are closed at once.
    ///
    /// - Throws: what ``Libpq/ConnectionPool/start()`` throws.
    public func run() async throws { try await runGracefully() }
}
