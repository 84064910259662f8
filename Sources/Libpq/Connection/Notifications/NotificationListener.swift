// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Logging

/// Listens for what other sessions tell with NOTIFY, on a connection of its own.
///
/// ```swift
/// let listener = try NotificationListener(configuration, channels: ["orders"], logger: logger)
/// for try await event in listener {
///     switch event {
///     case .notification(let notification): print("changed:", notification.payload)
///     case .mayHaveMissed: print("read everything anew")
///     }
/// }
/// ```
///
/// A session hears only what is told while it listens, so a listener says when that may not have been everything:
/// ``Event/mayHaveMissed(_:)`` comes first, as soon as it listens, then each time it listens anew because the connection broke, and
/// where notifications found no room. Whoever reads what is kept of the database at each of them loses nothing.
///
/// The connection is made when the sequence is first asked for an event; each time it is gone through, one of its own. When it
/// breaks, or doesn't answer a ping, another one is made, after pauses that double from ``Options/initialBackoff`` to
/// ``Options/maximumBackoff``. The sequence ends when its task is cancelled and at ``close()``. It needs a session of its own:
/// a pooler that switches servers between transactions (PgBouncer's transaction mode) delivers nothing.
///
/// Costs one LISTEN for each channel in one round trip, and a ping without a statement every ``Options/pingInterval``.
/// NOTIFY is a statement like any other: `select pg_notify('orders', '17')`; it is delivered at the commit of its transaction.
public final class NotificationListener: AsyncSequence, Sendable {
    /// Something that happened.
    public enum Event: Sendable, Hashable {
        /// Somebody has notified a channel.
        case notification(PostgresNotification)
        /// What was notified before may not have come: read what you keep of the database anew.
        case mayHaveMissed(Reason)
    }

    /// Why notifications may be missing.
    public enum Reason: Sendable, Hashable {
        /// It has begun to listen.
        case started
        /// The connection had broken; it listens again.
        case reconnected
        /// They came faster than they were taken, and more than ``Options/bufferLimit`` are not kept.
        case overflow
    }

    /// How a listener behaves.
    public struct Options: Sendable {
        /// How many notifications are kept until they are taken; each has at most 8,000 bytes. Default 1,024.
        public var bufferLimit = 1_024
        /// The pause before the first attempt to connect again, doubled after each further one. Default 100 ms.
        public var initialBackoff = Duration.milliseconds(100)
        /// The longest such pause. Default 5 s.
        public var maximumBackoff = Duration.seconds(5)
        /// How often the server is asked for a sign of life. Default 30 s.
        public var pingInterval = Duration.seconds(30)
        /// How long it may take to give one. Default 5 s.
        public var pingTimeout = Duration.seconds(5)

        /// The documented defaults.
        public init() {}
    }

    let configuration: ConnectionConfiguration
    let channels: [String]
    let options: Options
    let logger: Logger
    private let state = Locked<(isClosed: Bool, open: [WeakListening])>((false, []))

    /// A listener; it connects when events are asked for.
    ///
    /// - Parameters:
    ///   - configuration: where and how to connect.
    ///   - channels: the names exactly as they are given to `pg_notify`. In `NOTIFY Orders`, without quotes, PostgreSQL makes small
    ///     letters of the name.
    ///   - options: room and pauses.
    ///   - logger: gets a warning when the connection breaks or can't be made.
    /// - Throws: ``PostgresError/Code/invalidParameter`` without a channel, for an empty name, and one that PostgreSQL would cut off
    ///   (63 bytes); ``PostgresError/Code/invalidConfiguration`` for options that can't work.
    public init(
        _ configuration: ConnectionConfiguration, channels: [String], options: Options = Options(), logger: Logger
    ) throws {
        if channels.isEmpty {
            throw PostgresError(.invalidParameter, "A listener needs at least one channel; name one.")
        }
        for channel in channels where channel.isEmpty || channel.utf8.count > 63 || channel.utf8.contains(0) {
            throw PostgresError(
                .invalidParameter,
                "The channel \"\(channel)\" is no name for one: it has to have 1 to 63 bytes, none of them zero.")
        }
        let times = [
            options.initialBackoff, options.maximumBackoff, options.pingInterval, options.pingTimeout,
        ]
        if options.bufferLimit < 1 || times.contains(where: { $0 <= .zero })
            || options.maximumBackoff < options.initialBackoff
        {
            throw PostgresError(
                .invalidConfiguration,
                "A listener's bufferLimit and times must be more than zero, and maximumBackoff not less than initialBackoff."
            )
        }
        self.configuration = configuration
        self.channels = channels
        self.options = options
        self.logger = logger
    }

    deinit { close() }

    /// Ends all sequences, and closes their connections; what has come is still handed out. It can't be opened again.
    public func close() {
        let open = state.withLock { state in
            defer { state = (true, []) }
            return state.open
        }
        for listening in open { listening.value?.close() }
    }

    /// Begins to listen when the first event is asked for.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(listener: self) }

    /// Hands out one event after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let listener: NotificationListener
        private var listening: Listening?

        init(listener: NotificationListener) { self.listener = listener }

        /// Waits for the next event.
        ///
        /// - Returns: nil when the task is cancelled or the listener closed.
        /// - Throws: ``PostgresError`` when the first connection is refused for good:
        ///   ``PostgresError/Code/authenticationFailed``, ``PostgresError/Code/invalidConfiguration``.
        public mutating func next() async throws -> Event? { try await next(isolation: nil) }

        /// Waits for the next event.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Event? {
            let listening = self.listening ?? listener.begin()
            self.listening = listening
            return try await listening.mailbox.next(isolation: actor)
        }
    }

    private func begin() -> Listening {
        let listening = Listening(self)
        let isClosed = state.withLock { state in
            state.open.removeAll { $0.value == nil }
            if !state.isClosed { state.open.append(WeakListening(value: listening)) }
            return state.isClosed
        }
        if isClosed { listening.close() }
        return listening
    }

    private struct WeakListening: Sendable {
        weak var value: Listening?
    }
}
