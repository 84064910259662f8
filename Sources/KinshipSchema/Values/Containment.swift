// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Containment operators.
public enum Containment: String, Sendable, Hashable, CaseIterable {
    case contains = "@>"
    case containedBy = "<@"
    case overlaps = "&&"
}
