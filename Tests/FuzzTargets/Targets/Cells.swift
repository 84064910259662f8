// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq

extension FuzzTarget {
    /// The decoder of every type: a byte for type and format, then the cell.
    package static let cells = FuzzTarget(
        name: "cells", seeds: CellSeeds.all, words: ["NULL", "NaN", "infinity", "BC", "{", "}", "1e9999", "-"]
    ) { bytes in
        guard let first = bytes.first else { return false }
        let type = CellSeeds.types[Int(first & 0x7F) % CellSeeds.types.count]
        // Memory of exactly the cell's size, so that a sanitizer sees each byte read too far.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count - 1, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes.dropFirst())
        let cell = Cell(bytes: UnsafeRawBufferPointer(memory), type: type, format: first & 0x80 == 0 ? .binary : .text)
        if memory.isEmpty { try CellSeeds.checkNull(type) }
        var isAccepted = false
        for probe in CellSeeds.probes where try probe(cell) { isAccepted = true }
        return isAccepted
    }
}

enum CellSeeds {
    private enum Mood: String, PostgresCodable { case happy, sad }

    /// Reads a cell; what is read must write bytes that read as the same bytes again.
    private static func probe<Value: PostgresDecodable & SendableMetatype>(
        _: Value.Type
    ) -> @Sendable (Cell) throws -> Bool {
        { cell in
            let value: Value
            do {
                value = try Value(cell: cell)
            } catch {
                try Invariants.check(error)
                return false
            }
            if let printable = value as? any CustomStringConvertible { _ = printable.description }
            if let encodable = value as? any PostgresEncodable { try checkAgain(Value.self, encodable) }
            return true
        }
    }

    private static func checkAgain<Value: PostgresDecodable, Written: PostgresEncodable>(
        _: Value.Type, _ value: Written
    ) throws {
        if value.isPostgresNull { return }
        var bytes: [UInt8] = []
        do {
            try value.encode(into: &bytes)
        } catch {
            return try Invariants.check(error)
        }
        let type = Written.postgresType == .unspecified ? TypeID.text : Written.postgresType
        let again = try bytes.withUnsafeBytes { buffer in
            do {
                return try Value(cell: Cell(bytes: buffer, type: type, format: .binary))
            } catch {
                throw Finding("\(Value.self) can't read what it wrote: \(bytes): \(error)")
            }
        }
        var twice: [UInt8] = []
        try (again as? any PostgresEncodable)?.encode(into: &twice)
        guard twice == bytes else { throw Finding("\(Value.self) writes \(bytes), then \(twice)") }
    }

    /// NULL is read by the one decoder of an optional, and by no other.
    static func checkNull(_ type: TypeID) throws {
        for format in [Cell.Format.binary, .text] {
            let count = try probes.filter { try $0(Cell(bytes: nil, type: type, format: format)) }.count
            guard count == 1 else { throw Finding("NULL of \(type) is read by \(count) decoders") }
        }
    }

    static let probes: [@Sendable (Cell) throws -> Bool] = [
        probe(Bool.self), probe(Int16.self), probe(Int32.self), probe(Int64.self), probe(Int.self), probe(UInt32.self),
        probe(UInt8.self), probe(Double.self), probe(Float.self), probe(PostgresNumeric.self), probe(String.self),
        probe([UInt8].self), probe(Data.self), probe(PostgresUUID.self), probe(UUID.self), probe(PostgresDate.self),
        probe(PostgresTime.self), probe(PostgresTimeTZ.self), probe(PostgresTimestamp.self),
        probe(PostgresTimestampTZ.self), probe(Date.self), probe(PostgresInterval.self), probe(PostgresJSON.self),
        probe(PostgresJSONB.self), probe(PostgresPoint.self), probe(Mood.self), probe(RawCell.self), probe(Int?.self),
        probe([Int].self), probe([Int?].self), probe([[Int]].self), probe([String?].self),
        probe([PostgresNumeric].self), probe([[UInt8]].self), probe([PostgresTimestampTZ?].self),
        probe(PostgresArray<Int32?>.self), probe(PostgresArray<String>.self), probe([[[Bool?]]].self),
        probe([PostgresUUID].self), probe([Mood].self),
    ]

    static let types: [TypeID] = [
        .bool, .int2, .int4, .int8, .oid, .float4, .float8, .numeric, .text, .bytea, .uuid, .date, .time, .timetz,
        .timestamp, .timestamptz, .interval, .json, .jsonb, .point, .char, .int8Array, .int4Array, .textArray,
        .numericArray, .byteaArray, .timestamptzArray, .boolArray, .uuidArray, TypeID(rawValue: 99_999), .unspecified,
    ]

    /// Cells of every type in both formats.
    static let all: [[UInt8]] = {
        var seeds: [[UInt8]] = types.indices.map { [UInt8($0)] }
        func add<Value: PostgresEncodable>(_ value: Value) {
            var bytes: [UInt8] = []
            guard (try? value.encode(into: &bytes)) != nil, let place = types.firstIndex(of: Value.postgresType) else {
                return
            }
            seeds.append([UInt8(place)] + bytes)
        }
        add(true); add(Int16(7)); add(Int32(7)); add(7); add(1.5); add(Float(1.5)); add("happy")
        for text in ["0", "12.5", "-123456789.000100", "NaN", "1e-40"] {
            if let value = PostgresNumeric(text) { add(value) }
        }
        add(PostgresInterval(months: 1, days: 2, microseconds: 3)); add(PostgresPoint(x: 1, y: 2))
        add(PostgresUUID(high: 1, low: 2)); add(PostgresDate.infinity); add(PostgresTimestamp.infinity)
        add([1, 2, nil]); add([["a", "bc"], ["", nil]]); add([[[true]], [[false]]]); add([[UInt8]([1, 2]), []])
        add([PostgresNumeric(15)]); add(PostgresArray([Int32(1)], lowerBound: -5))
        let texts: [(TypeID, [String])] = [
            (.bool, ["t"]), (.int8, ["-123"]), (.float8, ["1.5e10", "NaN"]), (.numeric, ["12.50", "-1e5", "NaN"]),
            (.date, ["2024-02-29", "0044-03-15 BC", "infinity"]), (.time, ["12:34:56.789"]),
            (.timetz, ["08:30:00+05:30"]), (.timestamptz, ["2024-02-29 12:00:00.5+02", "-infinity"]),
            (.interval, ["1 year 2 mons -3 days 04:05:06.7", "P1Y2M3DT4H5M6.7S"]), (.point, ["(1.5,-2)"]),
            (.bytea, ["\\x00ff", "a\\\\b\\000"]), (.uuid, ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
            (.int8Array, ["{1,NULL,3}", "{{1,2},{3,4}}", "{}"]), (.textArray, ["[0:1]={\"a\\\"b\",c}"]),
        ]
        for (type, values) in texts {
            for text in values { seeds.append([0x80 | UInt8(types.firstIndex(of: type) ?? 0)] + text.utf8) }
        }
        return seeds
    }()
}
