// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// A request that goes on after the server has answered: bytes flow until one side ends it, as in COPY.
///
/// It has the link to itself meanwhile, outside of pipeline mode. ``ConnectionState`` sends the statement, takes the results and sees
/// to deadlines, cancellation and the end; the exchange moves the bytes between. Everything is called under the lock of the
/// connection, and what is mutable is touched there only, until the request is finished.
protocol Exchange: AnyObject, Sendable {
    /// The statement that begins it.
    var statement: Statement { get }
    /// What the server said at the end that it has done; nil before.
    var rows: Int? { get set }
    /// Whether the bytes go to the server. libpq doesn't look at its errors then.
    var isGiving: Bool { get }

    /// Whether this is what the server was asked to do, now that it has agreed to exchange bytes.
    func accepts(_ status: ExecStatusType) -> Bool

    /// Moves what can be moved without waiting.
    func move(_ link: Link) -> ExchangeMovement

    /// Has the exchange end soon: nothing more is wanted of it.
    func stop(_ link: Link) -> ExchangeMovement

    /// The connection has ended: what has come is all that will come.
    func takeAll()

    /// Whether there is something to do for whoever waits.
    ///
    /// - Parameter isRoom: whether bytes may be given to the link: they flow, and those before have been sent.
    func isReady(isRoom: Bool) -> Bool
}

/// What an exchange waits for.
enum ExchangeMovement {
    /// For the server.
    case server
    /// For whoever uses it: nothing is read from the socket until then.
    case user
    /// For the results that follow the bytes.
    case results
    /// What has come is more than was allowed.
    case tooMuch(PostgresError)
    /// For nothing: so much of what nobody wants is under way that the connection isn't worth it.
    case worthless
    /// For nothing: libpq has failed.
    case failed
}

/// How far the current exchange has come.
enum ExchangePhase {
    /// There is none, or what goes ahead of it is under way.
    case none
    /// Its statement has been sent.
    case asked
    /// Bytes flow.
    case moving
    /// The results that follow the bytes are awaited.
    case ending
}

/// What became of bytes that were to be given to the server.
enum Given {
    case taken
    /// There is no room yet.
    case mustWait
    /// The exchange is over.
    case over
}
