// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Writes binary cells as JSON values.
///
/// Every length is checked: bytes that are not a value of the column's type are an error, never a trap.
enum CellWriter {
    /// The cell is not what its type says.
    struct Malformed: Error {
        /// Whether it is a text that ought to hold JSON: stored by mistake, and no matter of types.
        var isText = false
    }

    @inline(__always)
    static func write(
        _ cell: UnsafeRawBufferPointer, _ format: CellFormat, to buffer: inout ByteBuffer
    ) throws(Malformed) {
        switch format {
        case .int4: buffer.append(decimal: Int64(try load(cell, as: Int32.self)))
        case .int8: buffer.append(bigint: try load(cell, as: Int64.self))
        case .int2: buffer.append(decimal: Int64(try load(cell, as: Int16.self)))
        case .text: buffer.append(quoting: cell)
        case .float8: buffer.append(shortest: Double(bitPattern: try load(cell, as: UInt64.self)))
        case .bool: buffer.append(try load(cell, as: UInt8.self) != 0 ? "true" : "false")
        case .timestamp: buffer.append(timestamp: try load(cell, as: Int64.self))
        default: try writeRare(cell, format, to: &buffer)
        }
    }

    private static func writeRare(
        _ cell: UnsafeRawBufferPointer, _ format: CellFormat, to buffer: inout ByteBuffer
    ) throws(Malformed) {
        switch format {
        case .float4: buffer.append(shortest: Float(bitPattern: try load(cell, as: UInt32.self)))
        case .numeric: try NumericCell.write(cell, to: &buffer)
        case .date: buffer.append(date: try load(cell, as: Int32.self))
        case .uuid: try writeUUID(cell, to: &buffer)
        case .json: buffer.append(cell)
        case .jsonb:
            guard cell.count > 1, cell[0] == 1 else { throw Malformed() }
            buffer.append(UnsafeRawBufferPointer(rebasing: cell[1...]))
        case .textHoldingJSON: writeText(cell, to: &buffer)
        case .concealing(let concealment, let inner): try write(cell, inner, without: concealment, to: &buffer)
        case .quoted(let inner): try writeQuoted(cell, inner, to: &buffer)
        case .array(let element): try ArrayCell.write(cell, element, to: &buffer)
        case .time: try writeTime(cell, zone: false, to: &buffer)
        case .timetz: try writeTime(cell, zone: true, to: &buffer)
        case .interval: try writeInterval(cell, to: &buffer)
        case .point: try writePoint(cell, to: &buffer)
        case .bytea: writeBase64(cell, to: &buffer)
        default: try write(cell, format, to: &buffer)
        }
    }

    /// A big-endian value that takes up the whole cell.
    @inline(__always)
    static func load<T: FixedWidthInteger>(_ cell: UnsafeRawBufferPointer, as type: T.Type) throws(Malformed) -> T {
        guard cell.count == MemoryLayout<T>.size else { throw Malformed() }
        return T(bigEndian: cell.loadUnaligned(as: T.self))
    }

    /// A big-endian value at an offset.
    static func load<T: FixedWidthInteger>(
        _ cell: UnsafeRawBufferPointer, at offset: Int, as type: T.Type
    ) throws(Malformed) -> T {
        guard offset >= 0, cell.count - offset >= MemoryLayout<T>.size else { throw Malformed() }
        return T(bigEndian: cell.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    private static func writeQuoted(
        _ cell: UnsafeRawBufferPointer, _ inner: CellFormat, to buffer: inout ByteBuffer
    ) throws(Malformed) {
        let start = buffer.count
        buffer.append(UInt8(ascii: "\""))
        let open = buffer.count
        try write(cell, inner, to: &buffer)
        // NaN and the infinities come with quotes of their own.
        if buffer.byte(at: open) == UInt8(ascii: "\"") {
            buffer.truncate(to: start)
            return try write(cell, inner, to: &buffer)
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// LoopBack keeps '' for nothing in text columns that hold JSON.
    private static func writeText(_ cell: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        if cell.isEmpty {
            buffer.append("null")
        } else if JSONScanner.isValue(cell) {
            buffer.append(cell)
        } else {
            buffer.append(quoting: cell)
        }
    }

    /// What can't be read can't be held back in part, so it is an error. LoopBack keeps '' for nothing in text columns.
    private static func write(
        _ cell: UnsafeRawBufferPointer, _ inner: CellFormat, without concealment: Concealment,
        to buffer: inout ByteBuffer
    ) throws(Malformed) {
        var json = cell
        switch inner {
        case .jsonb:
            guard cell.count > 1, cell[0] == 1 else { throw Malformed() }
            json = UnsafeRawBufferPointer(rebasing: cell[1...])
        case .textHoldingJSON where cell.isEmpty: return buffer.append("null")
        default: break
        }
        let start = buffer.count
        let isJSON = concealment.copyVisible(of: json) { buffer.append($0) }
        // A text that holds a string is one that holds no records.
        if case .textHoldingJSON = inner, buffer.byte(at: start) == UInt8(ascii: "\"") { throw Malformed(isText: true) }
        guard isJSON else { throw Malformed(isText: true) }
    }

    private static func writeUUID(_ cell: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) throws(Malformed) {
        guard cell.count == 16 else { throw Malformed() }
        buffer.write(atMost: 38) { target in
            target[0] = UInt8(ascii: "\"")
            var length = 1
            for position in 0..<16 {
                if position == 4 || position == 6 || position == 8 || position == 10 {
                    target[length] = UInt8(ascii: "-")
                    length += 1
                }
                target[length] = ByteBuffer.hexDigit(cell[position] >> 4)
                target[length + 1] = ByteBuffer.hexDigit(cell[position] & 15)
                length += 2
            }
            target[length] = UInt8(ascii: "\"")
            return length + 1
        }
    }

    private static func writeTime(
        _ cell: UnsafeRawBufferPointer, zone: Bool, to buffer: inout ByteBuffer
    ) throws(Malformed) {
        let time = try load(cell, at: 0, as: Int64.self)
        guard cell.count == (zone ? 12 : 8), time >= 0, time <= 86_400_000_000 else { throw Malformed() }
        buffer.append(UInt8(ascii: "\""))
        buffer.append(timeOfDay: time)
        if zone {
            // PostgreSQL counts seconds west of Greenwich.
            let seconds = try load(cell, at: 8, as: Int32.self)
            buffer.append(seconds <= 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
            buffer.append(UInt64(seconds.magnitude / 3600), width: 2)
            buffer.append(UInt8(ascii: ":"))
            buffer.append(UInt64(seconds.magnitude / 60 % 60), width: 2)
            if seconds % 60 != 0 {
                buffer.append(UInt8(ascii: ":"))
                buffer.append(UInt64(seconds.magnitude % 60), width: 2)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// ISO 8601: `"P1Y2M3DT4H5M6.5S"`, each part with its own sign, as PostgreSQL's `intervalstyle = iso_8601`.
    private static func writeInterval(_ cell: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) throws(Malformed) {
        guard cell.count == 16 else { throw Malformed() }
        let time = try load(cell, at: 0, as: Int64.self)
        let days = try load(cell, at: 8, as: Int32.self)
        let months = try load(cell, at: 12, as: Int32.self)
        buffer.append("\"P")
        let start = buffer.count
        for (value, unit) in [(months / 12, "Y"), (months % 12, "M"), (days, "D")] as [(Int32, StaticString)]
        where value != 0 {
            buffer.append(decimal: Int64(value))
            buffer.append(unit)
        }
        if time != 0 {
            buffer.append(UInt8(ascii: "T"))
            for (value, unit) in [(time / 3_600_000_000, "H"), (time / 60_000_000 % 60, "M")]
                as [(Int64, StaticString)] where value != 0
            {
                buffer.append(decimal: value)
                buffer.append(unit)
            }
            let rest = time % 60_000_000
            if rest != 0 {
                if rest < 0 { buffer.append(UInt8(ascii: "-")) }
                buffer.append(UInt64(rest.magnitude / 1_000_000), width: 1)
                var fraction = UInt64(rest.magnitude % 1_000_000)
                if fraction > 0 {
                    var width = 6
                    while fraction % 10 == 0 {
                        fraction /= 10
                        width -= 1
                    }
                    buffer.append(UInt8(ascii: "."))
                    buffer.append(fraction, width: width)
                }
                buffer.append(UInt8(ascii: "S"))
            }
        }
        buffer.append(buffer.count == start ? "T0S\"" : "\"")
    }

    /// LoopBack's GeoPoint: x is the longitude.
    private static func writePoint(_ cell: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) throws(Malformed) {
        guard cell.count == 16 else { throw Malformed() }
        buffer.append("{\"lng\":")
        buffer.append(shortest: Double(bitPattern: try load(cell, at: 0, as: UInt64.self)))
        buffer.append(",\"lat\":")
        buffer.append(shortest: Double(bitPattern: try load(cell, at: 8, as: UInt64.self)))
        buffer.append(UInt8(ascii: "}"))
    }

    private static func writeBase64(_ cell: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        buffer.append(UInt8(ascii: "\""))
        var position = 0
        while position < cell.count {
            let rest = cell.count - position
            let bits =
                UInt32(cell[position]) << 16
                | (rest > 1 ? UInt32(cell[position + 1]) << 8 : 0)
                | (rest > 2 ? UInt32(cell[position + 2]) : 0)
            buffer.append(base64Digit(bits >> 18))
            buffer.append(base64Digit(bits >> 12))
            buffer.append(rest > 1 ? base64Digit(bits >> 6) : UInt8(ascii: "="))
            buffer.append(rest > 2 ? base64Digit(bits) : UInt8(ascii: "="))
            position += 3
        }
        buffer.append(UInt8(ascii: "\""))
    }

    private static func base64Digit(_ bits: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: bits & 63) {
        case let digit where digit < 26: UInt8(ascii: "A") + digit
        case let digit where digit < 52: UInt8(ascii: "a") + digit - 26
        case let digit where digit < 62: UInt8(ascii: "0") + digit - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
