// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// How much random tests try, and from where on: `KINSHIP_FILTER_SEED` and `KINSHIP_FILTER_COUNT` say otherwise.
public enum Effort {
    /// The seed.
    public static let seed = UInt64(ProcessInfo.processInfo.environment["KINSHIP_FILTER_SEED"] ?? "") ?? 1

    /// How many inputs, `standard` when the environment doesn't say.
    public static func count(_ standard: Int) -> Int {
        Int(ProcessInfo.processInfo.environment["KINSHIP_FILTER_COUNT"] ?? "") ?? standard
    }
}
