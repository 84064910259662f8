// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a route does with records, as access rules tell it apart.
public enum AccessType: String, Sendable, Hashable, CaseIterable {
    /// It shows some.
    case read = "READ"
    /// It makes, changes or deletes some.
    case write = "WRITE"
    /// It runs a method of the program's own.
    case execute = "EXECUTE"
    /// It brings records of two databases together.
    case replicate = "REPLICATE"
}
