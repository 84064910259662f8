// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Places of this checkout.
enum Fixture {
    /// The folder of Package.swift.
    static let repository = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
}
