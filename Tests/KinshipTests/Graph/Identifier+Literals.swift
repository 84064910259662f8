// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import KinshipSchema

/// Tests write ids as they count them; programs can't.
extension Identifier: ExpressibleByIntegerLiteral {
    /// The id of what stands at a place.
    public init(integerLiteral position: Int) { self.init(position) }
}
