// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A connection lent for as long as this is held, for what can't be the body of one call: a stream that is pulled.
///
/// Letting go of the last reference gives it back, so no way out can forget to. It may be in a transaction then; the pool
/// rolls that back before the next user.
package final class ConnectionLease: Sendable {
    private let pool: ConnectionPool
    private let lease: PoolLease<Connection>

    /// The connection; not to be used once the lease is gone.
    package var connection: Connection { lease.resource }

    init(_ lease: PoolLease<Connection>, of pool: ConnectionPool) {
        self.lease = lease
        self.pool = pool
    }

    deinit { pool.core.release(lease, mayBeInTransaction: true) }
}

extension ConnectionPool {
    /// Lends a connection for as long as the lease is held.
    ///
    /// - Parameters:
    ///   - isolation: leave it out.
    ///   - fileID: what the log names when the connection doesn't come back.
    ///   - line: likewise.
    /// - Throws: as ``withConnection(timeout:isolation:fileID:line:_:)``.
    package func lease(
        isolation: isolated (any Actor)? = #isolation, fileID: StaticString, line: UInt
    ) async throws -> ConnectionLease {
        ConnectionLease(try await lend(nil, LeaseSite(fileID: fileID, line: line), isolation), of: self)
    }
}
