// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the pool's state asks its surroundings to do; to be performed in order, outside of any lock.
package enum PoolAction<Resource, Waiter> {
    /// Make a connection and report with `connected` or `connectFailed`.
    case connect(PoolSlotID)
    /// Nobody wants this attempt any more; a late success is answered with `close`.
    case cancelConnect(PoolSlotID)
    /// Ping the connection and report with `checked`.
    case check(Resource, PoolSlotID)
    /// Roll back or reset the connection and report with `wasReset`.
    case reset(Resource, PoolSlotID, ReleaseOutcome)
    /// Close the connection; its place is free already.
    case close(Resource)
    /// Cancel what the connection is doing, then close it: the deadline of a shutdown has passed.
    case abort(Resource)
    /// Hand a connection to somebody who waited.
    case resume(Waiter, PoolLease<Resource>)
    /// Tell somebody whose statement waits behind one that takes its time to take it elsewhere.
    case recall(Waiter, PoolLease<Resource>)
    /// Tell somebody who waited that there is no connection.
    case fail(Waiter, PoolFailure)
    /// A connection has been held for longer than the leak threshold.
    case reportLeak(Resource, LeaseSite, held: Int64)
    /// A connection reported as leaked came back.
    case reportReturn(Resource, LeaseSite, held: Int64)
    /// What `start` waits for has happened.
    case started
    /// The first attempt to connect since `start` failed.
    case startFailed(PostgresError)
    /// The shutdown is complete.
    case finished
}

extension PoolAction: Sendable where Resource: Sendable, Waiter: Sendable {}

/// In which condition a connection comes back.
package enum ReleaseOutcome: Sendable {
    /// No transaction, nothing running.
    case clean
    /// A transaction is open, possibly a failed one.
    case inTransaction
    /// No transaction, but the server may no longer be what the connection was made for.
    case doubtful
    /// What was running is being stopped, and will have ended soon.
    case stopping
    /// A statement is still running, the connection is broken, or it holds more memory than it is worth.
    case unusable
}

extension ReleaseOutcome {
    /// The worse of two: what has to be done after both.
    func worse(_ other: ReleaseOutcome) -> ReleaseOutcome {
        func rank(_ outcome: ReleaseOutcome) -> Int {
            switch outcome {
            case .clean: 0
            case .doubtful: 1
            case .inTransaction: 2
            case .stopping: 3
            case .unusable: 4
            }
        }
        return rank(self) < rank(other) ? other : self
    }
}

/// What a use of a connection has taught about it.
package enum ReleaseNews: Sendable {
    case nothing
    /// The statements are prepared there now; an answer takes so many nanoseconds at least.
    case prepared(QuickTexts, roundTrip: Int64)
    /// The connection didn't take the statements behind others.
    case refused(QuickTexts)
}

/// Why somebody gets no connection.
package enum PoolFailure: Sendable {
    /// None became free in time.
    case timeout(waited: Int64, status: PoolStatus, lastConnectError: PostgresError?)
    /// The pool is shutting down or has shut down.
    case closed
    /// The server refuses this configuration (password, user, database): asking again at once can't help.
    case refused(PostgresError)
    /// The task was cancelled.
    case cancelled
}

/// What ``PoolState/acquireAtOnce(_:site:kind:for:)`` found.
package enum PoolAnswer<Resource> {
    case leased(PoolLease<Resource>)
    /// Nothing to hand out now: ``PoolState/enqueue(_:deadline:site:now:into:)``.
    case mustWait
    case closed
}

extension PoolAnswer: Sendable where Resource: Sendable {}
