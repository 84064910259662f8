// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PostgresError {
    /// What everybody hears from a pool that is shutting down.
    static var poolClosed: PostgresError {
        PostgresError(
            .poolClosed, "The pool is closed or shutting down: ask for connections before shutdown() is called.")
    }

    /// No connection became free in time, with everything that helps to find out why.
    static func acquireTimeout(
        pool: String, waited: Duration, status: PoolStatus, lastConnectError: PostgresError?, heldByThisTask: Int
    ) -> PostgresError {
        var message = "Pool \"\(pool)\": no connection became free within \(waited.inSeconds) (\(status))."
        if let lastConnectError {
            message += " The last attempt to connect failed: \(lastConnectError.message)"
        } else if heldByThisTask > 0 {
            message +=
                " This task already holds \(heldByThisTask) of them: withConnection inside withConnection of the same "
                + "pool waits for itself when all are taken; pass the connection on instead, or raise "
                + "maximumConnections."
        } else if status.leased == status.maximum {
            message += " All are in use: give them back sooner, or raise maximumConnections or acquireTimeout."
        } else {
            message += " The server is slow to accept connections: look at its load, or raise acquireTimeout."
        }
        var error = PostgresError(.acquireTimeout, message, underlying: lastConnectError?.message)
        error.acquire = AcquireFailure(waited: waited, status: status, lastConnectError: lastConnectError)
        return error
    }
}

extension PostgresError {
    /// How the pool stood, for ``Code/acquireTimeout``.
    public var acquire: AcquireFailure? {
        get { particulars as? AcquireFailure }
        set { particulars = newValue }
    }

    /// How a pool stood when a caller gave up waiting for a connection.
    public struct AcquireFailure: Sendable {
        /// How long the caller waited.
        public var waited: Duration
        /// The pool's connections and waiters, this caller included.
        public var status: PoolStatus
        /// Why the last attempt to connect failed, if it did: a ``PostgresError``.
        public var lastConnectError: (any Error)?
    }
}

extension Duration {
    /// For people: `0.250 s`.
    var inSeconds: String {
        let milliseconds = poolNanoseconds / 1_000_000
        let fraction = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
    }
}
