// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import KinshipSchema

/// Tests write ids as they count them; programs can't.
extension Identifier: ExpressibleByIntegerLiteral {
    public init(integerLiteral position: Int) { self.init(position) }
}
