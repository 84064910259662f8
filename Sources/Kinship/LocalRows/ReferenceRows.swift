// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The keys that a referencesMany keeps in its list, as rows, so that they are asked for and joined as keys of a column.
///
/// The columns are the key in the type of the target's key, then two `int4`: the position in the list and the parent's row,
/// both from 0. The rows come parent by parent in stored order, duplicates kept (D21).
///
/// What is no list holds no keys, and what is no key of the target's type is passed over, as where the server reads the list
/// for a condition: NULL, an empty text, an element of another type. In json and text a list is one of scalars and of lists and
/// objects of scalars.
struct ReferenceRows {
    /// The column of the key.
    static let key = 0
    /// The column of the position in the list.
    static let position = 1
    /// The column of the parent's row.
    static let parent = 2

    /// The rows.
    let rows: RowSet

    /// - Parameters:
    ///   - column: the column of the parents that holds the list.
    ///   - type: the list's type as it is read: an array, json, jsonb or text.
    ///   - key: the type of the target's key.
    /// - Throws: ``PostgresError`` `DECODING_FAILED` for bytes that are no array, `OUT_OF_MEMORY`; what the budget throws.
    /// - Complexity: linear in the bytes of the column. No statements.
    init(
        of parents: RowSet, column: Int, type: ColumnType, key: ColumnType, budget: inout StepBudget
    ) throws {
        let key = key.category == .other ? .text : key
        var builder = try RowSetBuilder(columns: [
            .init("key", TypeID(rawValue: key.oid)), .init("position", .int4), .init("parent", .int4),
        ])
        for parent in 0..<parents.count {
            guard let cell = parents.bytes(row: parent, column: column) else { continue }
            try budget.pass(1 + cell.count / 16)
            if let element = type.element {
                try Self.add(
                    Cell(bytes: cell, type: parents.typeID(column: column), format: .binary), element, key, parent,
                    to: &builder)
            } else {
                for (position, json) in try Self.list(cell, isJSONB: type.category == .jsonb, &budget).enumerated() {
                    guard let value = StoredKey.value(ofElement: json, as: key) else { continue }
                    try builder.addRow()
                    try builder.set([value], from: Self.key)
                    try Self.finish(position, parent, in: &builder)
                }
            }
        }
        rows = builder.finish()
    }

    private static func list(
        _ cell: UnsafeRawBufferPointer, isJSONB: Bool, _ budget: inout StepBudget
    ) throws -> [JSONValue] {
        let bytes = isJSONB ? Array(cell.dropFirst()) : Array(cell)
        guard let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "[") else { return [] }
        do {
            let elements = try JSONValue(stored: bytes, budget: &budget).elements ?? []
            // The server reads a text only where a regular expression says that it can.
            return isJSONB || elements.allSatisfy(isStorable) ? elements : []
        } catch is PlannerError {
            return []
        }
    }

    /// Whether it is one of the elements that a list in a text may have: scalars, lists and objects of these; no NUL, which
    /// jsonb doesn't hold, and no exponent beyond 999.
    private static func isStorable(_ json: JSONValue) -> Bool {
        switch json {
        case .array(let elements): elements.allSatisfy { isScalar($0) }
        case .object(let members): members.allSatisfy { isScalar(.string($0.key)) && isScalar($0.value) }
        default: isScalar(json)
        }
    }

    private static func isScalar(_ json: JSONValue) -> Bool {
        switch json {
        case .string(let text): return !text.utf8.contains(0)
        case .number(let digits):
            guard let mark = digits.utf8.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return true }
            return digits.utf8[mark...].count { (48...57).contains($0) } <= 3
        case .null, .bool: return true
        case .array, .object: return false
        }
    }

    /// The elements of an array; of several dimensions all, as `= ANY` has it.
    private static func add(
        _ cell: Cell, _ element: ColumnType, _ key: ColumnType, _ parent: Int, to builder: inout RowSetBuilder
    ) throws(PostgresError) {
        let isSame = element.oid == key.oid || (element.category == .text && key.category == .text)
        guard isSame || element.isReadableKey || (element.isNumberKey && key.isNumberKey) else { return }
        let isPadded = element.oid == ColumnType.bpchar.oid && key.oid != element.oid
        var reader = try read { () throws(CellError) in try ArrayReader(cell) }
        for position in 0..<reader.elementCount {
            guard let bytes = try read({ () throws(CellError) in try reader.next() }).bytes else { continue }
            if isSame, !isPadded {
                try builder.addRow()
                try builder.set(bytes, column: Self.key)
            } else {
                guard let value = value(bytes, element, as: key) else { continue }
                try builder.addRow()
                try builder.set([value], from: Self.key)
            }
            try finish(position, parent, in: &builder)
        }
    }

    private static func read<R>(_ body: () throws(CellError) -> R) throws(PostgresError) -> R {
        do throws(CellError) { return try body() } catch {
            throw PostgresError(.decodingFailed, "A list of keys is no array: \(error.explanation).")
        }
    }

    private static func finish(_ position: Int, _ parent: Int, in builder: inout RowSetBuilder) throws(PostgresError) {
        try builder.set(Int32(clamping: position), column: Self.position)
        try builder.set(Int32(clamping: parent), column: Self.parent)
    }

    /// An element as a key of another type: numbers by their value, others by their text.
    private static func value(
        _ bytes: UnsafeRawBufferPointer, _ element: ColumnType, as key: ColumnType
    ) -> BoundValue? {
        switch element.category {
        case .int2, .int4, .int8, .numeric, .float4, .float8:
            guard let number = number(bytes, element) else { return nil }
            return key.isNumberKey
                ? StoredKey.value(ofNumber: number, as: key) : StoredKey.value(ofElement: .number(number), as: key)
        case .bool: return StoredKey.value(ofElement: .bool(bytes.first == 1), as: key)
        case .uuid where bytes.count == 16:
            let text = PostgresUUID(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            ).description
            return StoredKey.value(ofElement: .string(text), as: key)
        case .text, .enumeration:
            var bytes = bytes[...]
            // The padding of character(n) is no part of it.
            if element.oid == ColumnType.bpchar.oid {
                while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
            }
            return StoredKey.value(ofElement: .string(String(decoding: bytes, as: UTF8.self)), as: key)
        default: return nil
        }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) -> String? {
        switch (type.category, bytes.count) {
        case (.numeric, _):
            var text: [UInt8] = []
            return PostgresNumeric.appendText(wire: bytes, to: &text) ? String(decoding: text, as: UTF8.self) : nil
        case (.float4, 4): return Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))).description
        case (.float8, 8):
            return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))).description
        case (_, 2): return String(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case (_, 4): return String(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case (_, 8): return String(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        default: return nil
        }
    }
}

extension ColumnType {
    fileprivate var isNumberKey: Bool {
        switch category {
        case .int2, .int4, .int8, .numeric, .float4, .float8: true
        default: false
        }
    }
}
