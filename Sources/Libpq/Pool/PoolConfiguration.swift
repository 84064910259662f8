// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import CoreMetrics

/// How many connections a pool keeps, for how long, and how long callers wait for one.
///
/// ```swift
/// var configuration = PoolConfiguration(maximumConnections: 20)
/// configuration.acquireTimeout = .seconds(5)
/// let pool = ConnectionPool(configuration: configuration, connection: connection, logger: logger)
/// ```
///
/// Values that can't work are reported as ``PostgresError/Code/invalidConfiguration`` by ``ConnectionPool/start()`` and
/// by the first ``ConnectionPool/withConnection(timeout:isolation:fileID:line:_:)``.
public struct PoolConfiguration: Sendable {
    /// What ``ConnectionPool/start()`` does when the server can't be reached.
    public enum Startup: Sendable, Hashable {
        /// Throws the first error; the pool goes on as configured and may be started again.
        case failFast
        /// Waits for so long for a server that can't be reached or is still starting (SQLSTATE 57P03), trying again every
        /// second at least, and throws the last error then. A wrong password, user or database is thrown at once.
        case waiting(upTo: Duration)
        /// Returns at once and keeps trying, with backoff, in the background.
        case background
    }

    /// What a connection forgets when it is given back. A transaction left open is rolled back in either case.
    public enum ResetPolicy: Sendable {
        /// Nothing else: no round trip. Settings, advisory locks and `LISTEN`s of the session stay.
        case transaction
        /// `CLOSE ALL`, `UNLISTEN *`, `RESET ALL`, advisory locks and temporary tables: one more round trip for each use.
        case session
    }

    /// The pool's name in logs, metrics and spans. Default `"kinship"`.
    public var name: String = "kinship"
    /// The fewest connections kept open. Default 1: the first request after a quiet time finds a warm connection, and a
    /// process that does little takes little from the server's `max_connections`.
    public var minimumConnections: Int
    /// The most connections at any time, 1 to ``highestMaximum``. Default 10, a tenth of a stock server's
    /// `max_connections`; more than a few per core of the server seldom make it faster.
    public var maximumConnections: Int
    /// How long a caller waits for a connection. Default 30 s: longer than a connection attempt may take (10 s), so that
    /// the reason of a failure is known by then, and as long as most HTTP clients wait.
    public var acquireTimeout: Duration = .seconds(30)
    /// How long a connection above the minimum may lie unused. Default 10 min.
    public var idleTimeout: Duration = .seconds(600)
    /// How long a connection lives; checked when it is acquired, released, and while it is idle. Default 30 min: short
    /// enough to follow a failover or a rebalanced proxy, long enough that connecting costs nothing.
    public var lifetime: Duration = .seconds(1800)
    /// By how much of ``lifetime``, at most, a connection's own life is shorter; drawn once, when it is made. Default 0.1,
    /// so that connections made together don't end together.
    public var lifetimeJitter: Double = 0.1
    /// A connection unused for longer is pinged before it is handed out. Default 1 s: a busy pool never pings, and a
    /// connection that died during a pause is noticed before anybody uses it.
    public var checkAfterIdle: Duration = .seconds(1)
    /// How long such a ping may take. Default 1 s; then the connection is closed and another one is taken.
    public var pingTimeout: Duration = .seconds(1)
    /// How long rolling back or resetting a released connection may take. Default 5 s; then it is closed.
    public var resetTimeout: Duration = .seconds(5)
    /// What a connection forgets between two uses. Default ``ResetPolicy/transaction``.
    public var resetPolicy: ResetPolicy = .transaction
    /// How many callers' statements may be under way on one connection at the same time (multiplexing, in pipeline mode). Default
    /// 1: each caller has a connection for itself. 8 is a good depth where many callers wait for connections. Only statements that read,
    /// that are known to be quick and that need nothing of a session go behind others, when all connections are in use: see "Sharing
    /// connections" in the documentation's page on connections. Ignored with ``ResetPolicy/session``.
    public var pipelineDepth: Int = 1
    /// How long the first statement on a connection may have run when another one goes behind it, beside the round trip.
    package var pipelinePatience: Duration = .milliseconds(1)
    /// How long those behind it wait before they go elsewhere.
    package var pipelineOverdue: Duration = .milliseconds(3)
    /// How many connections are made at the same time. Default 4: a cold pool fills fast and the server's start of
    /// sessions is not stampeded. After a failure it is 1, doubling with each success.
    public var maximumConcurrentConnects: Int = 4
    /// The pause after the first failed attempt to connect, doubled after each further one, less a random half at most.
    /// Default 100 ms.
    public var initialBackoff: Duration = .milliseconds(100)
    /// How long callers wait for a server that can't be reached: once no connection is left and none could be made for so
    /// long, they get the error of the last attempt at once, until there is a connection again. Default 1 s: a server that
    /// restarts quickly is not noticed, and one that is down doesn't hold up every request for ``acquireTimeout``. Zero turns
    /// callers away with the first attempt that fails; as much as ``acquireTimeout`` never does.
    public var outagePatience: Duration = .seconds(1)
    /// The longest such pause. Default 5 s, so that the pool is back at most 5 s after the server is. When the server
    /// refuses the password, user or database, pauses start here and grow twelvefold, for accounts get locked.
    public var maximumBackoff: Duration = .seconds(5)
    /// A connection held for longer is reported in the log with the place that acquired it, once, and again when it comes
    /// back; it is not taken away. Default 60 s; `nil` never reports.
    public var leakThreshold: Duration? = .seconds(60)
    /// What ``ConnectionPool/start()`` does when the server can't be reached. Default ``Startup/failFast``.
    public var startup: Startup = .failFast
    /// How long callers may go on using their connections when the pool is a service (`KinshipLifecycle`) and shuts down.
    /// Default 10 s: less than the 30 s that container platforms commonly grant a process after SIGTERM.
    public var shutdownDeadline: Duration = .seconds(10)
    /// Where metrics go. Default `nil`: the factory `MetricsSystem` was bootstrapped with when the pool is made.
    public var metricsFactory: (any MetricsFactory)?

    /// The largest ``maximumConnections``: each connection is a process on the server and a socket here, and PostgreSQL's
    /// own advice is to put a pooler in between long before.
    public static let highestMaximum = 2_000

    /// The largest ``pipelineDepth``: what waits on one connection can't use another one that gets free.
    public static let greatestDepth = 64

    /// A configuration with the documented defaults for everything else.
    public init(minimumConnections: Int = 1, maximumConnections: Int = 10) {
        self.minimumConnections = minimumConnections
        self.maximumConnections = maximumConnections
    }

    /// The first value that can't work, or nil.
    package var problem: PostgresError? {
        func refused(_ message: String) -> PostgresError {
            PostgresError(.invalidConfiguration, "Pool \"\(name)\": \(message)")
        }
        if maximumConnections < 1 || maximumConnections > Self.highestMaximum {
            return refused(
                "maximumConnections is \(maximumConnections); it must be from 1 to \(Self.highestMaximum).")
        }
        if minimumConnections < 0 || minimumConnections > maximumConnections {
            return refused(
                "minimumConnections is \(minimumConnections); it must be from 0 to maximumConnections "
                    + "(\(maximumConnections)).")
        }
        if pipelineDepth < 1 || pipelineDepth > Self.greatestDepth {
            return refused("pipelineDepth is \(pipelineDepth); it must be from 1 to \(Self.greatestDepth).")
        }
        if maximumConcurrentConnects < 1 {
            return refused("maximumConcurrentConnects is \(maximumConcurrentConnects); it must be at least 1.")
        }
        if !(lifetimeJitter >= 0 && lifetimeJitter < 1) {
            return refused("lifetimeJitter is \(lifetimeJitter); it must be from 0 to less than 1.")
        }
        let durations: [(String, Duration)] = [
            ("acquireTimeout", acquireTimeout), ("idleTimeout", idleTimeout), ("lifetime", lifetime),
            ("pingTimeout", pingTimeout), ("resetTimeout", resetTimeout), ("initialBackoff", initialBackoff),
            ("maximumBackoff", maximumBackoff), ("leakThreshold", leakThreshold ?? .seconds(1)),
        ]
        for (name, duration) in durations where duration <= .zero {
            return refused("\(name) is \(duration); it must be more than zero.")
        }
        if outagePatience < .zero { return refused("outagePatience is \(outagePatience); it must not be negative.") }
        if case .waiting(let limit) = startup, limit <= .zero {
            return refused("startup waits for \(limit); it must be more than zero.")
        }
        if checkAfterIdle < .zero { return refused("checkAfterIdle is \(checkAfterIdle); it must not be negative.") }
        if maximumBackoff < initialBackoff {
            return refused("maximumBackoff (\(maximumBackoff)) is less than initialBackoff (\(initialBackoff)).")
        }
        return nil
    }
}
