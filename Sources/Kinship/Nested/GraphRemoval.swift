// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What becomes of related records that were in the graph as it was read, and are not in it any more.
public enum GraphRemoval: Sendable, Hashable {
    /// Nothing: they stay what they are.
    case keep
    /// They are linked no more, and stay.
    case unlink
    /// They are deleted; what a belongsTo referred to is only referred to no more (K6).
    case delete
}
