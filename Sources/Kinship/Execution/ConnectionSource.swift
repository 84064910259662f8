// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging

/// Where an operation's connections come from.
enum ConnectionSource: Sendable {
    /// The pool, for as long as each is needed.
    case pool(ConnectionPool)
    /// A transaction has one, which is of the pool.
    case transaction(HeldConnection, of: ConnectionPool)

    /// Runs a statement that is to find out about an error, in no transaction that has failed.
    ///
    /// Where that is another connection's than the transaction's it is not waited for.
    func probe(_ statement: Statement) async throws {
        switch self {
        case .pool(let pool): try await pool.execute(statement)
        case .transaction(_, let pool):
            guard pool.status.leased < pool.configuration.maximumConnections else { throw CancellationError() }
            try await pool.withConnection(timeout: .seconds(1)) { _ = try await $0.execute(statement) }
        }
    }
}

extension ConnectionPool {
    /// Says so where an operation waits for a connection that its own task holds, in the body of a transaction or of
    /// `withConnection`.
    func warnOfWaiting(_ logger: @autoclosure () -> Logger) {
        guard waitsForItself else { return }
        logger().warning(
            "An operation waits for a connection of its pool while its own task holds all of them: inside of a transaction's body use the transaction, not the database",
            metadata: ["pool": "\(configuration.name)"])
    }
}
