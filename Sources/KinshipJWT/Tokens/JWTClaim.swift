// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where a claim stands in a token.
///
/// ```swift
/// let own: JWTClaim = "https://app.example/roles"  // a member by its name
/// let nested: JWTClaim = "/realm_access/roles"  // what begins with a slash leads into objects
/// ```
public struct JWTClaim: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let names: [String]

    /// A member's name, or the way to one, whose names follow slashes.
    public init(_ text: String) {
        guard text.hasPrefix("/") else {
            names = [text]
            return
        }
        names = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    /// The same.
    public init(stringLiteral text: String) { self.init(text) }

    /// As it is written.
    public var description: String { names.count == 1 ? names[0] : "/" + names.joined(separator: "/") }

    /// What a token claims there.
    func value(in claims: JSONValue) -> JSONValue? {
        var value: JSONValue? = claims
        for name in names { value = value?[name] }
        return value
    }
}
