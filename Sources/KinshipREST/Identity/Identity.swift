// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// Who asks.
///
/// ```swift
/// let identity = Identity(user: "7", roles: ["editor"])
/// ```
public struct Identity: Sendable, Hashable {
    /// The key of the user, as text.
    public var user: String?
    /// The key of the application, as text.
    public var application: String?
    /// The roles that it is known to have, besides those that tables and resolvers say.
    public var roles: Set<String>
    /// What its token may be used for: a method that wants none of its own takes `DEFAULT`.
    public var scopes: Set<String>
    /// What else is known, the claims of a token for one.
    public var claims: JSONValue
    /// The token, where it is one that can be given up.
    public var token: String?
    /// When the token is over; nil where it isn't known to be one day. A stream of changes asks once more who listens at that moment.
    public var expiry: ContinuousClock.Instant?

    /// Somebody.
    public init(
        user: String? = nil, application: String? = nil, roles: Set<String> = [], scopes: Set<String> = ["DEFAULT"],
        claims: JSONValue = [:], token: String? = nil, expiry: ContinuousClock.Instant? = nil
    ) {
        self.user = user
        self.application = application
        self.roles = roles
        self.scopes = scopes
        self.claims = claims
        self.token = token
        self.expiry = expiry
    }

    /// When so many seconds are over; nil for more than no clock can tell.
    package static func expiry(inSeconds seconds: Double) -> ContinuousClock.Instant? {
        // Ten years: nobody's stream goes on for that long.
        guard seconds.isFinite, seconds < 315_360_000 else { return nil }
        return .now + .seconds(max(0, seconds))
    }
}
