// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes arrays in PostgreSQL's binary format (`array_send` in utils/adt/arrayfuncs.c).
@usableFromInline
enum ArrayWriter {
    /// Appends an array with a dimension for each level of nesting.
    @usableFromInline
    static func write<Element: PostgresEncodable>(_ values: [Element], into bytes: inout [UInt8]) throws {
        var shape = [values.count]
        if Element._parameterDepth > 0 { values.first?._appendShape(to: &shape) }
        guard shape.count <= 6, Element._parameterDepth <= 0 || values.allSatisfy({ $0._hasShape(shape.dropFirst()) })
        else {
            throw PostgresError(
                .invalidParameter,
                "The nested arrays of an array parameter differ in length or are nested deeper than 6 levels; "
                    + "PostgreSQL's arrays are rectangular.")
        }
        // An empty array has no dimensions at all.
        let dimensions = shape.contains(0) ? [] : shape.map { ($0, Int32(1)) }
        let flags = bytes.count + 4
        try appendHeader(dimensions, elementType: Element._elementType, hasNull: false, into: &bytes)
        guard !dimensions.isEmpty else { return }
        for value in values {
            // The flag is the server's business to recompute, but the format has it.
            if Element._parameterDepth <= 0, value.isPostgresNull { bytes[flags + 3] = 1 }
            try value._appendElements(to: &bytes)
        }
    }

    static func appendHeader(
        _ dimensions: [(count: Int, lowerBound: Int32)], elementType: TypeID, hasNull: Bool, into bytes: inout [UInt8]
    ) throws {
        bytes.append(bigEndian: Int32(truncatingIfNeeded: dimensions.count))
        bytes.append(bigEndian: Int32(hasNull ? 1 : 0))
        bytes.append(bigEndian: elementType.rawValue)
        for (count, lowerBound) in dimensions {
            guard let count = Int32(exactly: count) else { throw PostgresError.tooLarge(count) }
            bytes.append(bigEndian: count)
            bytes.append(bigEndian: lowerBound)
        }
    }
}

extension [UInt8] {
    /// Appends the header of a binary array of one dimension, counted from 1; of none when it is empty. The elements follow, each with
    /// its length.
    package mutating func appendArrayHeader(count: Int, of element: TypeID, hasNull: Bool) {
        let dimensions = count == 0 ? [] : [Int32(truncatingIfNeeded: count), 1]
        append(bigEndian: Int32(dimensions.count / 2))
        append(bigEndian: Int32(hasNull ? 1 : 0))
        append(bigEndian: element.rawValue)
        for number in dimensions { append(bigEndian: number) }
    }

    /// Overwrites the four bytes of a length that was appended before it was known.
    @usableFromInline
    mutating func setLength(_ length: Int32, at offset: Int) {
        withUnsafeMutableBytes { buffer in
            guard offset >= 0, offset + 4 <= buffer.count else { return }
            buffer.storeBytes(of: length.bigEndian, toByteOffset: offset, as: Int32.self)
        }
    }
}

extension PostgresError {
    @usableFromInline
    static func tooLarge(_ count: Int) -> PostgresError {
        PostgresError(
            .invalidParameter,
            "A parameter has \(count) bytes or elements; PostgreSQL takes at most 1 GiB less 8 KiB per value: send it in parts."
        )
    }
}
