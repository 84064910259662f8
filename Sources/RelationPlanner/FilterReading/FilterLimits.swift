// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How large a filter may be. Filters come from outside: each limit bounds what one request can cost.
public struct FilterLimits: Sendable, Hashable {
    /// How deep conditions and includes may be nested; at most 128, so that no thread's stack is exhausted.
    public var depth: Int {
        didSet { depth = min(max(depth, 1), 128) }
    }
    /// How many conditions, includes, fields and order terms there may be.
    public var nodes: Int
    /// How many values a list (`inq`, `nin`) may have.
    public var listLength: Int
    /// How many bytes of JSON or query string.
    public var bytes: Int

    /// Limits for requests from outside.
    public init(depth: Int = 32, nodes: Int = 1_000, listLength: Int = 10_000, bytes: Int = 1 << 20) {
        self.depth = min(max(depth, 1), 128)
        self.nodes = nodes
        self.listLength = listLength
        self.bytes = bytes
    }

    /// What applies when nothing else is said.
    public static let standard = FilterLimits()

    /// For scopes, which the program's own definitions hold.
    package static let trusted = FilterLimits(depth: 128, nodes: .max, listLength: .max, bytes: .max)
}
