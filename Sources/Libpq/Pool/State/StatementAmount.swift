// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How much a statement is asked for, as far as its values tell: one text may read ten rows in a moment, and a hundred thousand for a
/// second.
enum StatementAmount: Int, CaseIterable {
    case little, some, much, most

    static let count = allCases.count

    /// - Parameter limits: the places of those parameters that say how many rows are asked for.
    init(of parameters: Parameters, limits: [Int]) {
        // Lists of keys, mostly.
        var amount: Self =
            switch parameters.bytes.count {
            case ...1_024: .little
            case ...4_096: .some
            case ...16_384: .much
            default: .most
            }
        for limit in limits {
            let rows = Self.integer(at: limit, of: parameters) ?? .max
            let asked: Self =
                switch rows {
                case ...100: .little
                case ...1_000: .some
                case ...10_000: .much
                default: .most
                }
            if asked.rawValue > amount.rawValue { amount = asked }
        }
        self = amount
    }

    /// The value of a parameter that is an integer; nil when it is none, or NULL.
    private static func integer(at place: Int, of parameters: Parameters) -> Int64? {
        guard parameters.slots.indices.contains(place) else { return nil }
        let slot = parameters.slots[place]
        guard [.int2, .int4, .int8].contains(slot.type), slot.length > 0 else { return nil }
        let bytes = parameters.bytes[slot.offset..<slot.offset + slot.length]
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: bytes[slot.offset]))) { $0 << 8 | Int64($1) }
    }

    /// The places of the parameters that stand behind LIMIT and OFFSET in a text.
    static func limits(in text: String) -> [Int] {
        // The planner writes `LIMIT nullif($1, …) + 1` where it asks for one row more.
        let words = text.lowercased().split { " \t\r\n(),;".contains($0) }.filter { $0 != "nullif" }
        return zip(words, words.dropFirst()).compactMap { word, next in
            guard word == "limit" || word == "offset", next.first == "$" else { return nil }
            return Int(next.dropFirst().prefix { ("0"..."9").contains($0) }).flatMap { $0 > 0 ? $0 - 1 : nil }
        }
    }
}
