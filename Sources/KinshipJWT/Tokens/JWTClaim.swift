// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where a claim stands in a token.
///
/// ```swift
/// let own: JWTClaim = "https://app.example/roles"  // a member by its name
/// let nested: JWTClaim = "/realm_access/roles"  // what begins with a slash leads into objects
/// ```
///
/// A way is a JSON Pointer (RFC 6901): a slash in a name is `~1`, a `~` is `~0`. What is none, such as one with an empty name, is a member's name.
public struct JWTClaim: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let path: ClaimPath

    /// A member's name, or the way to one, whose names follow slashes.
    public init(_ text: String) { path = ClaimPath(text) ?? ClaimPath(member: text) }

    /// The same.
    public init(stringLiteral text: String) { self.init(text) }

    /// As it is written.
    public var description: String { path.description }

    /// What a token claims there.
    func value(in claims: JSONValue) -> JSONValue? { path.value(in: claims) }
}
