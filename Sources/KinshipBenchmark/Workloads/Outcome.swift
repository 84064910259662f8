// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What one run gave, on either side.
struct Outcome: Sendable {
    /// Lengths and first bytes of all cells visited, added up: equal when the same cells were visited.
    var checksum: UInt64 = 0
    var rows = 0
    var statements = 0
    var roundTrips = 0
    /// The JSON, when it was asked to be kept.
    var json: [UInt8] = []
}

extension Outcome {
    mutating func add(_ other: Outcome) {
        checksum &+= other.checksum
        rows += other.rows
        statements += other.statements
        roundTrips += other.roundTrips
        if !other.json.isEmpty { json = other.json }
    }
}
