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
/// However many requests ask at once there is one fetch, and a token with an unknown key, or that none of its keys has signed, begins none while
/// the last one began less than `minimumInterval` ago: nobody can have the issuer flooded. While keys can't be fetched those that are known
/// count, until they are older than `maximumAge`.
///
/// Secrets and private keys that a set shows count for nothing, nor does the public key of such a private one: they are told to the logger, and the
/// other keys of the set count. A set that has no others is refused as if it couldn't be fetched.
public actor FetchedKeys: JWTKeySource {
    /// Fetches the bytes of a JWK Set.
    public typealias Load = @Sendable () async throws -> [UInt8]

    private let refreshInterval: Duration
    private let minimumInterval: Duration
    private let maximumAge: Duration
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let source: TimedLoad

    private var known: (keys: JWTKeySet, at: ContinuousClock.Instant)?
    private var lastFetch: ContinuousClock.Instant?
    private var running: Task<JWTKeySet, any Error>?
    /// How many fetches there were that brought keys.
    private var fetches = 0
    /// Whether the last fetch failed.
    private var hasFailed = false
    /// When that was told last.
    private var told: ContinuousClock.Instant?
    /// What was told of keys that nobody may see.
    private var exposed: [String] = []
    /// How many requests wait for keys that aren't known.
    private var waiting = 0

    /// How many of them may: tokens with made-up keys are no reason to hold the places of all others while an issuer takes its time.
    private static let mostWaiting = 16
    /// How often it is told that keys can't be fetched.
    private static let pause = Duration.seconds(60)

    /// Keys that are fetched when they are first asked for.
    ///
    /// - Parameters:
    ///   - refreshInterval: how old they may be until they are fetched anew, behind the request that finds them so; at twice that age, where nobody
    ///     has asked for so long, ahead of it.
    ///   - minimumInterval: how long nothing is fetched after a fetch began, be it a failed one.
    ///   - maximumAge: how old they may be at all.
    ///   - timeLimit: how long a fetch may take; its task is cancelled then, and nobody waits for it any longer.
    ///   - logger: hears of fetches that failed, once in a minute, and of keys that nobody may see.
    ///   - load: fetches the bytes. It should listen to cancellation, as clients of HTTP do: while one goes on beyond its time no other begins.
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
        self.logger = logger
        self.now = now
        source = TimedLoad(timeLimit, load)
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
        return await another()
    }

    /// Keys that were fetched later than those; nil where these were fetched only just now, or none can be.
    public func currentKeys(insteadOf keys: JWTKeySet) async throws -> JWTKeySet? {
        if let known, known.keys.fetch != keys.fetch { return known.keys }
        return await another()
    }

    /// What anybody's token may begin.
    private func another() async -> JWTKeySet? {
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
        guard !source.isRunning else {
            tell(
                "The keys that tokens are held against can't be fetched, for an earlier fetch hasn't come to its end.",
                now)
            return nil
        }
        lastFetch = now
        // Nobody's own: who waits for it may go away.
        let task = Task { try await fetch(now) }
        running = task
        return task
    }

    private func fetch(_ now: ContinuousClock.Instant) async throws -> JWTKeySet {
        defer { running = nil }
        do {
            var keys = try JWTKeySet(shown: try await source.bytes())
            fetches += 1
            keys.fetch = fetches
            known = (keys, now)
            if hasFailed { logger.notice("The keys that tokens are held against can be fetched again.") }
            (hasFailed, told) = (false, nil)
            warn(keys.exposed)
            return keys
        } catch {
            tell("The keys that tokens are held against can't be fetched: \(ErrorReport(error))", now)
            hasFailed = true
            throw Self.unavailable
        }
    }

    // MARK: The log

    /// Tells it when it begins, and once in a while as long as it lasts.
    private func tell(_ text: String, _ now: ContinuousClock.Instant) {
        if let told, told.duration(to: now) < Self.pause { return }
        told = now
        logger.warning("\(text)")
    }

    /// Tells of keys that nobody may see, once as long as they are the same.
    private func warn(_ exposed: [String]) {
        guard exposed != self.exposed else { return }
        self.exposed = exposed
        for text in exposed {
            logger.warning(
                "The issuer shows a key that nobody may see; it is left out, and has to be made anew. \(text)")
        }
    }
}
