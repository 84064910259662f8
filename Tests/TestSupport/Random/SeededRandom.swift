// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A small generator, so that a seed means the same everywhere.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The generator of a seed.
    public init(_ seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// True once in `times`.
    public mutating func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

    /// A number of a range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of some things; `fallback` when there are none.
    public mutating func pick<T>(_ things: some Collection<T>, _ fallback: T) -> T {
        things.randomElement(using: &self) ?? fallback
    }

    /// One of some texts; "" when there are none.
    public mutating func pick(_ texts: [String]) -> String { pick(texts, "") }

    /// The bytes with one or two changes, as a careless or malicious sender makes them: a byte set, removed, swapped or
    /// put in, a piece replaced by a word.
    public mutating func mutated(_ text: [UInt8], words: [String]) -> [UInt8] {
        var bytes = text
        for _ in 0..<number(1...2) where !bytes.isEmpty {
            let place = number(0...(bytes.count - 1))
            switch number(0...4) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(pick(Array("{}[]\",:0159eE-.\\tnf ".utf8), 0), at: place)
            case 3:
                let end = min(bytes.count, place + number(1...12))
                bytes.replaceSubrange(place..<end, with: pick(words).utf8)
            default: bytes.swapAt(place, number(0...(bytes.count - 1)))
            }
        }
        return bytes
    }
}
