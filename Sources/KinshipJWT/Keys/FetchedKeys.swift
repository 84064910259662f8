// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Logging

/// Keys that are fetched from where their issuer shows them (a JWKS), kept, and fetched anew from time to time.
///
/// How they are fetched is the program's own: an HTTP client with its time-outs, and an address that begins with `https:`.
///
/// ```swift
/// let keys = FetchedKeys { try await client.get("https://login.example/.well-known/jwks.json") }
/// let authenticator = JWTAuthenticator(keys, issuer: "https://login.example", audience: "shop")
/// ```
///
/// However many requests ask at once there is one fetch, and a token with an unknown key begins none while the last one began less than
/// `minimumInterval` ago: nobody can have the issuer flooded. While keys can't be fetched those that are known count, until they are older
/// than `maximumAge`. Secrets are never taken from a set.
public actor FetchedKeys: JWTKeySource {
    /// Fetches the bytes of a JWK Set.
    public typealias Load = @Sendable () async throws -> [UInt8]

    private let refreshInterval: Duration
    private let minimumInterval: Duration
    private let maximumAge: Duration
    private let timeLimit: Duration
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let load: Load

    private var known: (keys: JWTKeySet, at: ContinuousClock.Instant)?
    private var lastFetch: ContinuousClock.Instant?
    private var running: Task<JWTKeySet, any Error>?
    /// Whether the last fetch failed.
    private var hasFailed = false
    /// How many requests wait for keys that aren't known.
    private var waiting = 0

    /// How many of them may: tokens with made-up keys are no reason to hold the places of all others while an issuer takes its time.
    private static let mostWaiting = 16

    /// Keys that are fetched when they are first asked for.
    ///
    /// - Parameters:
    ///   - refreshInterval: how old they may be until they are fetched anew, behind the request that finds them so; at twice that age, where nobody
    ///     has asked for so long, ahead of it.
    ///   - minimumInterval: how long nothing is fetched after a fetch began, be it a failed one.
    ///   - maximumAge: how old they may be at all.
    ///   - timeLimit: how long a fetch may take; its task is cancelled then.
    ///   - logger: hears of fetches that failed.
    ///   - load: fetches the bytes; it has to listen to cancellation, as clients of HTTP do.
    public init(
        refreshInterval: Duration = .seconds(600), minimumInterval: Duration = .seconds(30),
        maximumAge: Duration = .seconds(86_400), timeLimit: Duration = .seconds(10),
        logger: Logger = Logger(label: "kinship.jwt"), load: @escaping Load
    ) {
        self.init(
            refreshInterval: refreshInterval, minimumInterval: minimumInterval, maximumAge: maximumAge,
            timeLimit: timeLimit, logger: logger, now: { .now }, load: load)
    }

    init(
        refreshInterval: Duration = .seconds(600), minimumInterval: Duration = .seconds(30),
        maximumAge: Duration = .seconds(86_400), timeLimit: Duration = .seconds(10),
        logger: Logger = Logger(label: "kinship.jwt"), now: @escaping @Sendable () -> ContinuousClock.Instant,
        load: @escaping Load
    ) {
        self.refreshInterval = refreshInterval
        self.minimumInterval = minimumInterval
        self.maximumAge = maximumAge
        self.timeLimit = timeLimit
        self.logger = logger
        self.now = now
        self.load = load
    }

    /// The keys that are known, or else those that are fetched.
    ///
    /// - Throws: ``JWTError`` `JWT_KEYS_UNAVAILABLE` where there are none, and none can be fetched now.
    public func currentKeys() async throws -> JWTKeySet {
        let now = now()
        if let known, known.at.duration(to: now) < maximumAge {
            let age = known.at.duration(to: now)
            guard age >= refreshInterval, let task = fetching(now) else { return known.keys }
            // What the issuer took back while nobody asked doesn't count; an issuer that is down is waited for once.
            guard age >= refreshInterval * 2, !hasFailed else { return known.keys }
            return (try? await task.value) ?? known.keys
        }
        guard let task = fetching(now) else { throw Self.unavailable }
        return try await task.value
    }

    /// Keys among which that one may be; nil where they were fetched only just now, or can't be.
    public func currentKeys(lacking id: String) async throws -> JWTKeySet? {
        // Others may have asked meanwhile.
        if let known, known.keys.knows(id) { return known.keys }
        guard waiting < Self.mostWaiting else { return nil }
        waiting += 1
        defer { waiting -= 1 }
        return try? await fetching(now())?.value
    }

    private static let unavailable = JWTError(
        .keysUnavailable, "The keys that tokens are held against can't be had now; try again in a while.")

    /// The fetch that is under way, or begins now; nil where it is too early for another.
    private func fetching(_ now: ContinuousClock.Instant) -> Task<JWTKeySet, any Error>? {
        if let running { return running }
        if let lastFetch, lastFetch.duration(to: now) < minimumInterval { return nil }
        lastFetch = now
        // Nobody's own: who waits for it may go away.
        let task = Task { try await fetch(now) }
        running = task
        return task
    }

    private func fetch(_ now: ContinuousClock.Instant) async throws -> JWTKeySet {
        defer { running = nil }
        do {
            let keys = try JWTKeySet(parsing: try await bytes())
            known = (keys, now)
            hasFailed = false
            return keys
        } catch {
            hasFailed = true
            logger.warning("The keys that tokens are held against can't be fetched: \(ErrorReport(error))")
            throw Self.unavailable
        }
    }

    private func bytes() async throws -> [UInt8] {
        let (load, timeLimit) = (load, timeLimit)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            defer { group.cancelAll() }
            group.addTask { try await load() }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                throw JWTError(.keysUnavailable, "Fetching them took longer than it may.")
            }
            return try await group.next() ?? []
        }
    }
}
