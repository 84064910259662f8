// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One SQL statement with its bound values.
///
/// ```swift
/// let statement = Statement("select name from customer where id = $1", parameters)
/// ```
public struct Statement: Sendable {
    /// Whether a statement is prepared under a name and kept on the connection.
    public enum Preparation: Sendable {
        /// Prepared at first use and kept in the connection's cache, unless the connection's mode forbids it.
        case cached
        /// Sent through the unnamed statement: parsed at each use.
        case unnamed
    }

    /// The SQL text with `$1` … `$n`.
    public var text: String
    /// The values of `$1` … `$n`.
    public var parameters: Parameters
    /// Whether the connection keeps it prepared.
    public var preparation: Preparation
    /// Whether whoever made it knows that it only reads, and answers for the functions that it calls.
    package var isKnownRead = false

    /// A statement and its values.
    public init(_ text: String, _ parameters: Parameters = Parameters(), preparation: Preparation = .cached) {
        self.text = text
        self.parameters = parameters
        self.preparation = preparation
    }
}
