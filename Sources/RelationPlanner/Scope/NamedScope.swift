// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A named scope of a model.
public struct NamedScope: Sendable {
    /// The name.
    public let name: String
    /// What the scope asks for.
    public let content: Content

    /// What a named scope is.
    public enum Content: Sendable {
        /// A filter, checked.
        case filter(Filter)
        /// A function of the request's parameters.
        case function(ScopeFunction<[String: JSONValue]>)
    }
}
