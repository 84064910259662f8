// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes

/// How often one client may ask: a hook, for what a client is, and where its requests are counted, is the program's matter.
///
/// ```swift
/// actor PerClient: RateLimiter {
///     private var asked: [String: (begun: ContinuousClock.Instant, count: Int)] = [:]
///
///     func wait(_ request: HTTPRequest, client: String?) -> Duration? {
///         let now = ContinuousClock.now
///         let name = client ?? ""
///         var window = asked[name] ?? (now, 0)
///         if now - window.begun > .seconds(1) { window = (now, 0) }
///         window.count += 1
///         // Clients that have gone are forgotten.
///         if asked.count > 10_000 { asked = asked.filter { now - $0.value.begun <= .seconds(1) } }
///         asked[name] = window
///         return window.count > 50 ? .seconds(1) : nil
///     }
/// }
/// ```
public protocol RateLimiter: Sendable {
    /// How long the client has to wait before it may ask again; nil where it may ask now. The answer is 429 otherwise.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - client: where it came from, as the server knows it.
    func wait(_ request: HTTPRequest, client: String?) async -> Duration?
}
