// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Logging

extension Connection {
    /// Connects to a server.
    ///
    /// ```swift
    /// let configuration = try ConnectionConfiguration(url: "postgres://postgres@localhost/shop")
    /// let connection = try await Connection.connect(configuration, logger: Logger(label: "shop"))
    /// ```
    ///
    /// Name look-up, TLS and authentication run on threads of their own. Several hosts are tried in order, and so are the addresses
    /// of each. What is left of ``ConnectionConfiguration/connectTimeout`` is shared evenly among the hosts that are left, and a
    /// host's part among its addresses that are left: one that is silent leaves time for the next. A server that answers and
    /// refuses user, password or database has the last word; one that is starting up or of the wrong kind
    /// (``ConnectionConfiguration/targetSessionAttributes``) has not.
    ///
    /// The session speaks UTF8, its time zone is UTC, and dates, intervals, numbers and bytes are written as PostgreSQL does by
    /// default, unless the configuration's `options` say otherwise (with
    /// ``ConnectionConfiguration/StatementCache/unnamed`` that is the server's affair: poolers refuse `options`). Setting
    /// this up costs no round trip.
    ///
    /// - Parameters:
    ///   - configuration: where and how.
    ///   - logger: gets the server's notices, and a warning when an attempt that was given up hangs.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/connectFailed``, ``PostgresError/Code/authenticationFailed``,
    ///   ``PostgresError/Code/connectTimeout`` after ``ConnectionConfiguration/connectTimeout``,
    ///   ``PostgresError/Code/connectsStuck`` when several attempts that were given up hang, or
    ///   ``PostgresError/Code/invalidConfiguration``; `CancellationError` when the task is cancelled.
    public static func connect(_ configuration: ConnectionConfiguration, logger: Logger) async throws -> Connection {
        try await connect(configuration, logger: logger, source: Readiness.source)
    }

    /// Connects, and waits for answers with `source`.
    package static func connect(
        _ configuration: ConnectionConfiguration, logger: Logger, source: any ReadinessSource
    ) async throws -> Connection {
        try Task.checkCancellation()
        let route = try ConnectRoute(configuration)
        let deadline = Monotonic.after(configuration.connectTimeout)
        var failures: [ConnectFailure] = []
        for (number, attributes) in route.rounds.enumerated() {
            // The last round has met all servers again.
            failures = []
            for (index, stop) in route.stops.enumerated() {
                let left = (route.rounds.count - number) * route.stops.count - index
                let end = Monotonic.share(until: deadline, among: left)
                do {
                    var addresses: [String?] = [nil]
                    if stop.isLookedUp {
                        let resolver = configuration.resolver ?? NameResolver.system
                        addresses = try await resolver.addresses(of: stop.name, until: end)
                        if route.isShuffled { addresses.shuffle() }
                    }
                    for (index, address) in addresses.enumerated() {
                        let attempt = ConnectAttempt(
                            configuration, logger, source,
                            target: ConnectAttempt.Target(
                                keywords: route.keywords(stop, address: address, attributes: attributes),
                                description: stop.description(address), key: stop.key(address)),
                            deadline: Monotonic.share(until: end, among: addresses.count - index))
                        do {
                            return try await attempt.connection()
                        } catch let failure as ConnectFailure where !failure.isFinal {
                            failures.append(failure)
                        }
                    }
                } catch let failure as ConnectFailure {
                    failures.append(failure)
                    if failure.isFinal { throw error() }
                }
            }
        }
        throw error()

        func error() -> PostgresError {
            ConnectFailure.error(
                failures, place: ConnectError.place(configuration), timeout: configuration.connectTimeout)
        }
    }
}

extension Monotonic {
    /// When the first of so many has used up its even share of what is left until `end`.
    static func share(until end: UInt64, among count: Int) -> UInt64 {
        guard count > 1, end != never else { return end }
        let now = now
        return end > now ? now + (end - now) / UInt64(count) : end
    }
}
