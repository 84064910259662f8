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
        let hasNull = elements.contains { if case .null = $0 { true } else { false } }
        bytes.appendArrayHeader(count: elements.count, of: TypeID(rawValue: element.oid), hasNull: hasNull)
        var buffer = ByteBuffer(capacity: elements.count * 16)
        let category = element.category
        for contents in elements where !write(plain: contents, category, to: &buffer) {
            var own: [UInt8] = []
            try write(contents, as: element, to: &own)
            buffer.append(bigEndian: Int32(truncatingIfNeeded: own.count))
            buffer.append(own)
        }
        guard buffer.failure == nil else {
            throw PostgresError(
                .invalidParameter, "There is no memory for a list of \(elements.count) values; send fewer.")
        }
        buffer.append(to: &bytes)
    }

    /// Appends an element with its length, where that is done without a detour.
    @inline(__always)
    private static func write(
        plain contents: BoundValue.Contents, _ category: ColumnType.Category, to buffer: inout ByteBuffer
    ) -> Bool {
        switch contents {
        case .null: buffer.append(bigEndian: Int32(-1))
        case .bool(let flag):
            buffer.append(bigEndian: Int32(1))
            buffer.append(flag ? 1 : 0)
        case .integer(let value):
            switch category {
            case .int2: return false
            case .int4:
                guard let value = Int32(exactly: value) else { return false }
                buffer.append(bigEndian: Int32(4))
                buffer.append(bigEndian: value)
            default:
                buffer.append(bigEndian: Int32(8))
                buffer.append(bigEndian: value)
            }
        case .double(let value):
            if case .float4 = category { return false }
            buffer.append(bigEndian: Int32(8))
            buffer.append(bigEndian: value.bitPattern)
        case .timestamp(let value), .time(let value):
            buffer.append(bigEndian: Int32(8))
            buffer.append(bigEndian: value)
        case .text(let text):
            let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
                buffer.append(bigEndian: Int32(truncatingIfNeeded: bytes.count))
                buffer.append(UnsafeRawBufferPointer(bytes))
            }
            return isWritten != nil
        case .numeric(let text):
            let number = text.read { PlainText.integerDigits(ofPlain: $0) == nil ? nil : PlainText.decimal($0) }
            guard let number else { return false }
            buffer.append(number)
        default: return false
        }
        return true
    }

    private static func mismatch(_ type: ColumnType) -> PostgresError {
        PostgresError(.invalidParameter, "A value of the filter does not fit its parameter of type \(type.name).")
    }
}
