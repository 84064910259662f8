// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes binary `numeric` values with every digit (D30).
enum NumericCell {
    static func write(_ cell: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) throws(CellWriter.Malformed) {
        let groups = Int(try CellWriter.load(cell, at: 0, as: Int16.self))
        let weight = Int(try CellWriter.load(cell, at: 2, as: Int16.self))
        let sign = try CellWriter.load(cell, at: 4, as: UInt16.self)
        let scale = Int(try CellWriter.load(cell, at: 6, as: Int16.self))
        switch sign {
        case 0xC000: return buffer.append("\"NaN\"")
        case 0xD000: return buffer.append("\"Infinity\"")
        case 0xF000: return buffer.append("\"-Infinity\"")
        case 0x0000, 0x4000: break
        default: throw CellWriter.Malformed()
        }
        guard groups >= 0, scale >= 0, cell.count == 8 + 2 * groups else { throw CellWriter.Malformed() }
        let isQuoted =
            buffer.options.bigIntegersAsStrings ? try isBeyondDoubles(cell, weight: weight, count: groups) : false
        if isQuoted { buffer.append(UInt8(ascii: "\"")) }
        try write(cell, isNegative: sign == 0x4000, groups: groups, weight: weight, scale: scale, to: &buffer)
        if isQuoted { buffer.append(UInt8(ascii: "\"")) }
    }

    /// Whether the whole part is more than doubles hold exactly.
    private static func isBeyondDoubles(
        _ cell: UnsafeRawBufferPointer, weight: Int, count: Int
    ) throws(CellWriter.Malformed) -> Bool {
        guard weight >= 3 else { return false }
        guard weight == 3 else { return true }
        var whole: UInt64 = 0
        for position in 0...3 { whole = whole * 10_000 + UInt64(try group(position, of: cell, count: count)) }
        return whole > ByteBuffer.greatestExactInteger
    }

    private static func write(
        _ cell: UnsafeRawBufferPointer, isNegative: Bool, groups: Int, weight: Int, scale: Int,
        to buffer: inout ByteBuffer
    ) throws(CellWriter.Malformed) {
        if isNegative { buffer.append(UInt8(ascii: "-")) }
        // Groups of four digits; the first stands for 10000^weight.
        if weight < 0 {
            buffer.append(UInt8(ascii: "0"))
        } else {
            // A server sends no zeros ahead, but what it sends is only bytes, and no JSON number begins with one.
            var first = 0
            while first < weight, try group(first, of: cell, count: groups) == 0 { first += 1 }
            for position in first...weight {
                let digits = try group(position, of: cell, count: groups)
                buffer.append(UInt64(digits), width: position == first ? 1 : 4)
            }
        }
        guard scale > 0 else { return }
        buffer.append(UInt8(ascii: "."))
        let end = buffer.count + scale
        var position = weight + 1
        // A buffer that is full stays as long as it is.
        while buffer.count < end, buffer.failure == nil {
            buffer.append(UInt64(try group(position, of: cell, count: groups)), width: 4)
            position += 1
        }
        buffer.truncate(to: end)
    }

    /// The four digits at a position, 0 outside the groups that were sent.
    private static func group(
        _ position: Int, of cell: UnsafeRawBufferPointer, count: Int
    ) throws(CellWriter.Malformed) -> UInt16 {
        guard position >= 0, position < count else { return 0 }
        let digits = try CellWriter.load(cell, at: 8 + 2 * position, as: UInt16.self)
        guard digits < 10_000 else { throw CellWriter.Malformed() }
        return digits
    }
}
