// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship
public import ServiceLifecycle

/// A database as a service of swift-service-lifecycle: its pool's.
///
/// ```swift
/// let group = ServiceGroup(services: [database, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// Put the database before the services that use it: a group shuts down in reverse order, so that they are done by then.
extension Database: Service {
    /// Waits for the group's graceful shutdown, and closes the database's pool as the pool's own `run()` does.
    public func run() async throws { try await pool.run() }
}
