// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Functions over the rows of a relation.
public enum Aggregate: String, Sendable, Hashable, CaseIterable {
    case count
    case sum
    case avg
    case min
    case max
}
