// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Some of a model's columns, by their places: a bit for each, without memory of its own where there are at most 64.
struct ColumnBits: Hashable {
    private var low: UInt64 = 0
    private var high: [UInt64] = []

    mutating func insert(_ place: Int) {
        guard place >= 64 else {
            low |= 1 << UInt64(place)
            return
        }
        let word = place / 64 - 1
        while high.count <= word { high.append(0) }
        high[word] |= 1 << UInt64(place % 64)
    }

    func contains(_ place: Int) -> Bool {
        guard place >= 64 else { return low >> UInt64(place) & 1 == 1 }
        let word = place / 64 - 1
        return word < high.count && high[word] >> UInt64(place % 64) & 1 == 1
    }

    /// How many there are.
    var count: Int { high.reduce(low.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    /// The places, in order.
    func places(of count: Int) -> [Int] { (0..<count).filter(contains) }
}

/// Which columns a record has.
struct ColumnSet: Hashable {
    /// Those that are written.
    var written = ColumnBits()
    /// Those that a record that is there is changed in; empty where none is changed.
    var given = ColumnBits()
}
