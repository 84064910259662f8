// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Logging

/// Connections to one database, made when needed, kept, and lent to one task at a time.
///
/// ```swift
/// let pool = ConnectionPool(
///     configuration: PoolConfiguration(maximumConnections: 20),
///     connection: try ConnectionConfiguration(url: "postgres://shop@localhost/shop"),
///     logger: Logger(label: "shop"))
/// try await pool.start()
/// let names = try await pool.execute("select name from customer")
/// await pool.shutdown(deadline: .seconds(10))
/// ```
///
/// * Callers are served in the order they come; the connection used last is used next, so that unneeded ones get old.
/// * A connection that lay unused for more than a second is pinged before it is lent: one more round trip, seldom.
/// * While the server can't be reached there is one attempt to connect at a time, with growing pauses. Once no connection is
///   left for ``PoolConfiguration/outagePatience``, callers get the error of the last attempt at once; the first one after the
///   server is back is served. When the server refuses the password, user or database, callers hear that at once.
/// * What comes back in a transaction is rolled back before the next caller, with a warning; what is broken or busy is
///   closed.
///
/// With `KinshipLifecycle` a pool is a service of swift-service-lifecycle. Without ``shutdown(deadline:)``, letting go of
/// the last reference closes the connections. Values are documented at ``PoolConfiguration``, metrics there as well.
public final class ConnectionPool: Sendable {
    package let core: PoolCore<Connection>

    /// A pool without connections yet; ``start()`` opens them, or the first ``withConnection(timeout:isolation:fileID:line:_:)``.
    ///
    /// - Parameters:
    ///   - configuration: sizes and times.
    ///   - connection: where and how to connect.
    ///   - logger: gets warnings about leaks, failed connects and transactions left open, and the server's notices.
    public convenience init(
        configuration: PoolConfiguration = PoolConfiguration(), connection: ConnectionConfiguration, logger: Logger
    ) {
        self.init(configuration: configuration, connection: connection, logger: logger) { Readiness.source }
    }

    /// A pool whose connections wait for answers with `source`.
    package init(
        configuration: PoolConfiguration, connection: ConnectionConfiguration, logger: Logger,
        source: @escaping @Sendable () -> any ReadinessSource
    ) {
        core = PoolCore(configuration: configuration, logger: logger) {
            try await Connection.connect(connection, logger: logger, source: source())
        }
    }

    deinit { core.shutdownNow() }

    /// The sizes and times this pool was made with.
    public var configuration: PoolConfiguration { core.configuration }

    /// How the connections are used at this moment.
    public var status: PoolStatus { core.status }

    /// Opens ``PoolConfiguration/minimumConnections``, at least one, so that a wrong address or password shows now.
    ///
    /// With ``PoolConfiguration/Startup/background`` it returns at once. After a failure it may be called again.
    ///
    /// - Throws: the ``PostgresError`` of the first attempt that failed, or with ``PoolConfiguration/Startup/waiting(upTo:)`` of
    ///   the last one; ``PostgresError/Code/invalidConfiguration``;
    ///   ``PostgresError/Code/poolClosed`` after a shutdown.
    public func start() async throws { try await core.start() }

    /// Lends a connection to `body` and takes it back when that returns or throws.
    ///
    /// ```swift
    /// let count = try await pool.withConnection(timeout: .seconds(2)) { connection in
    ///     try await connection.execute(Statement("select count(*) from customer"))
    /// }
    /// ```
    ///
    /// For a statement that stands alone, ``execute(_:timeout:limits:fileID:line:)-(Statement,_,_,_,_)`` is cheaper. Costs no round trip
    /// while connections are in use every second. Don't ask for a second connection of the same pool
    /// within `body`: when all are taken, the two wait for each other.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for a connection, instead of ``PoolConfiguration/acquireTimeout``.
    ///   - isolation: leave it out; the body runs where the caller does.
    ///   - fileID: leave it out; the log names it when a connection doesn't come back.
    ///   - line: likewise.
    ///   - body: uses the connection, and doesn't keep it.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PostgresError/Code/acquireTimeout`` with ``PostgresError/acquire``;
    ///   ``PostgresError/Code/poolClosed``; ``PostgresError/Code/authenticationFailed``; `CancellationError` when the task
    ///   is cancelled while it waits.
    @discardableResult
    public func withConnection<Result>(
        timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation, fileID: StaticString = #fileID,
        line: UInt = #line, _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let lease = try await lend(timeout, LeaseSite(fileID: fileID, line: line), isolation)
        defer { takeBack(lease) }
        let held = HeldLease(pool: ObjectIdentifier(core), outer: HeldLease.current)
        return try await HeldLease.$current.withValue(
            held, operation: { try await body(lease.resource) }, isolation: isolation)
    }

    // Not generic, unlike their caller, so that the compiler makes the pool's code for connections alone: with the types
    // found at run time a point request cost a tenth more CPU.
    func lend(
        _ timeout: Duration?, _ site: LeaseSite, _ isolation: isolated (any Actor)?
    ) async throws -> PoolLease<Connection> {
        try await DatabaseTracing.acquiring(from: core.configuration.name, isolation: isolation) {
            try await core.acquire(timeout: timeout, site: site, isolation: isolation)
        }
    }

    /// Whether the current task holds all the connections there can be, so that waiting for one is waiting for itself.
    package var waitsForItself: Bool {
        let held = HeldLease.count(of: ObjectIdentifier(core))
        return held > 0 && held >= core.configuration.maximumConnections
    }

    private func takeBack(_ lease: PoolLease<Connection>) { core.release(lease) }

    /// Closes the pool: callers who wait fail with ``PostgresError/Code/poolClosed``, idle connections are closed, and those
    /// lent may be used until `deadline` has passed; then their statements are cancelled and they are closed too.
    ///
    /// It returns when no connection is left, at the deadline at the latest, even when the server hangs. Calling it again
    /// does no harm and can bring the deadline forward; so does cancelling the task that waits in it.
    public func shutdown(deadline: Duration = .seconds(30)) async { await core.shutdown(deadline: deadline) }
}
