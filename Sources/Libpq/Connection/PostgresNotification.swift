// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// What a session was told with NOTIFY.
///
/// ```swift
/// print(notification.channel, notification.payload)  // orders 17
/// ```
public struct PostgresNotification: Sendable, Hashable {
    /// The channel, as it was named in LISTEN.
    public var channel: String
    /// The text that came with it; empty when there was none.
    public var payload: String
    /// The server process that sent it, as in `pg_stat_activity.pid`.
    public var processID: Int

    /// A notification, for tests.
    public init(channel: String, payload: String = "", processID: Int = 0) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
    }

    init(_ notification: PGnotify) {
        func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        self.init(
            channel: text(notification.relname), payload: text(notification.extra), processID: Int(notification.be_pid))
    }
}

/// Takes a connection's notifications.
protocol NotificationSink: AnyObject, Sendable {
    /// Called under the lock of the connection: nothing may wait here.
    ///
    /// - Returns: who waits for it, to be resumed when the lock is free.
    func take(_ notification: PostgresNotification) -> RequestContinuation?
}
