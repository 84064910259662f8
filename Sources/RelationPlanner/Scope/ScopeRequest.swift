// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A named scope as a request uses it: its name, and parameters when it is a function.
///
/// ```swift
/// let graph = try await database.find("Order", scopes: ["open", .named("since", ["from": "2026-01-01"])])
/// ```
public struct ScopeRequest: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The scope's name.
    public var name: String
    /// What a scope that is a function is called with; other scopes take none.
    public var parameters: [String: JSONValue]

    /// A named scope and its parameters.
    public static func named(_ name: String, _ parameters: [String: JSONValue] = [:]) -> ScopeRequest {
        ScopeRequest(name: name, parameters: parameters)
    }

    private init(name: String, parameters: [String: JSONValue]) {
        self.name = name
        self.parameters = parameters
    }

    /// A named scope without parameters.
    public init(stringLiteral name: String) { self.init(name: name, parameters: [:]) }
}
