// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes binary arrays as nested JSON arrays; lower bounds are not shown.
enum ArrayCell {
    static func write(
        _ cell: UnsafeRawBufferPointer, _ element: CellFormat, to buffer: inout ByteBuffer
    ) throws(CellWriter.Malformed) {
        let dimensions = Int(try CellWriter.load(cell, at: 0, as: Int32.self))
        guard dimensions >= 0, dimensions <= 6 else { throw CellWriter.Malformed() }
        guard dimensions > 0 else { return buffer.append("[]") }
        var sizes: [Int] = []
        for dimension in 0..<dimensions {
            let size = Int(try CellWriter.load(cell, at: 12 + 8 * dimension, as: Int32.self))
            // An empty array has no dimensions; a dimension of none would make a few bytes stand for billions of lists.
            guard size > 0 else { throw CellWriter.Malformed() }
            sizes.append(size)
        }
        var offset = 12 + 8 * dimensions
        try write(cell, element, sizes: sizes[...], offset: &offset, to: &buffer)
        guard offset == cell.count else { throw CellWriter.Malformed() }
    }

    private static func write(
        _ cell: UnsafeRawBufferPointer, _ element: CellFormat, sizes: ArraySlice<Int>, offset: inout Int,
        to buffer: inout ByteBuffer
    ) throws(CellWriter.Malformed) {
        guard let size = sizes.first else { return }
        buffer.append(UInt8(ascii: "["))
        for position in 0..<size {
            if position > 0 { buffer.append(UInt8(ascii: ",")) }
            if sizes.count > 1 {
                try write(cell, element, sizes: sizes.dropFirst(), offset: &offset, to: &buffer)
                continue
            }
            let length = Int(try CellWriter.load(cell, at: offset, as: Int32.self))
            offset += 4
            if length == -1 {
                buffer.append("null")
                continue
            }
            guard length >= 0, cell.count - offset >= length else { throw CellWriter.Malformed() }
            try CellWriter.write(
                UnsafeRawBufferPointer(rebasing: cell[offset..<offset + length]), element, to: &buffer)
            offset += length
        }
        buffer.append(UInt8(ascii: "]"))
    }
}
