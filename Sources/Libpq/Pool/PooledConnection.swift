// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the pool needs of a connection; `Connection` is one, tests have another.
package protocol PooledConnection: AnyObject, Sendable {
    var id: Int { get }
    /// In which condition the connection is, asked when it is given back.
    var releaseOutcome: ReleaseOutcome { get }
    /// The same while statements of others may be under way on it.
    var placeOutcome: ReleaseOutcome { get }
    /// Whether nothing is known against lending it, also of what has come and wasn't looked at yet; no round trip.
    var looksAlive: Bool { get }
    /// One round trip; throws when there is no answer in time.
    func ping(timeout: Duration) async throws
    /// Rolls back an open transaction. False: not to be used again.
    func recycle(timeout: Duration) async -> Bool
    /// Forgets the session's settings, cursors, listens, locks and temporary tables. False: not to be used again.
    func resetSession(timeout: Duration) async -> Bool
    /// Calls `handler` once when the connection breaks, also while it lies idle; at once if it has broken already.
    func onTermination(_ handler: @escaping @Sendable (PostgresError?) -> Void)
    /// Cancels what is running, if possible, and closes; returns at once.
    func abort()
    /// Closes; returns at once, and may be called again.
    func close()
}

extension PooledConnection {
    package var looksAlive: Bool { releaseOutcome != .unusable }
    package var placeOutcome: ReleaseOutcome { releaseOutcome }
}
