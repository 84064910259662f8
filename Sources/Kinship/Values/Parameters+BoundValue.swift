// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension Parameters {
    /// Binds a checked value in the binary format of the type it is sent in.
    mutating func append(_ value: BoundValue) throws {
        let wireType = value.type.wireType
        let type = TypeID(rawValue: wireType.oid)
        if value.contents == .null { return appendNull(type) }
        try append(type) { bytes in try Self.write(value.contents, as: wireType, to: &bytes) }
    }

    /// Appends a value's binary form.
    static func write(
        _ contents: BoundValue.Contents, as type: ColumnType, to bytes: inout [UInt8]
    ) throws {
        switch contents {
        case .null, .slot:
            // NULLs have no bytes, and slots are exchanged for their values before anything is bound.
            throw mismatch(type)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .integer(let value): try write(value, as: type, to: &bytes)
        case .double(let value):
            if type.category == .float4 {
                bytes.append(bigEndian: Float(value).bitPattern)
            } else {
                bytes.append(bigEndian: value.bitPattern)
            }
        case .numeric(let text):
            guard let number = PostgresNumeric(text) else { throw mismatch(type) }
            number.encode(into: &bytes)
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .uuid(let high, let low):
            bytes.append(bigEndian: high)
            bytes.append(bigEndian: low)
        case .date(let days): bytes.append(bigEndian: days)
        case .timestamp(let microseconds), .time(let microseconds): bytes.append(bigEndian: microseconds)
        case .json(let text):
            // The version byte of jsonb's binary form.
            if type.category == .jsonb { bytes.append(1) }
            bytes.append(contentsOf: text.utf8)
        case .point(let x, let y):
            bytes.append(bigEndian: x.bitPattern)
            bytes.append(bigEndian: y.bitPattern)
        case .array(let elements): try write(elements, as: type, to: &bytes)
        }
    }

    private static func write(_ value: Int64, as type: ColumnType, to bytes: inout [UInt8]) throws {
        switch type.category {
        case .int2:
            guard let value = Int16(exactly: value) else { throw mismatch(type) }
            bytes.append(bigEndian: value)
        case .int4:
            guard let value = Int32(exactly: value) else { throw mismatch(type) }
            bytes.append(bigEndian: value)
        default: bytes.append(bigEndian: value)
        }
    }

    private static func write(_ elements: [BoundValue.Contents], as type: ColumnType, to bytes: inout [UInt8]) throws {
        guard case .array(let element) = type.category else { throw mismatch(type) }
        bytes.appendArrayHeader(
            count: elements.count, of: TypeID(rawValue: element.oid), hasNull: elements.contains(.null))
        for contents in elements {
            let start = bytes.count
            bytes.append(bigEndian: Int32(-1))
            if contents == .null { continue }
            try write(contents, as: element, to: &bytes)
            let length = Int32(truncatingIfNeeded: bytes.count - start - 4).bigEndian
            withUnsafeBytes(of: length) { bytes.replaceSubrange(start..<start + 4, with: $0) }
        }
    }

    private static func mismatch(_ type: ColumnType) -> PostgresError {
        PostgresError(.invalidParameter, "A value of the filter does not fit its parameter of type \(type.name).")
    }
}
