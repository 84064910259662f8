// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Testing

/// Random and mutated bytes for every decoder: an error or a value, never a trap, and never a value that can't be printed.
struct DecoderFuzzTests {
    /// `KINSHIP_FUZZ` multiplies the cells: 1 is 1.3 million decodings, 100 is for a night.
    private static let effort = ProcessInfo.processInfo.environment["KINSHIP_FUZZ"].flatMap { Int($0) } ?? 1

    /// SplitMix64: small, fast, the same everywhere.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    /// Reads a cell and, when that works, writes it again and prints it.
    private static func probe<Value: PostgresDecodable & SendableMetatype>(_: Value.Type) -> @Sendable (Cell) -> Bool {
        { cell in
            guard let value = try? Value(cell: cell) else { return false }
            var bytes: [UInt8] = []
            if let encodable = value as? any PostgresEncodable { try? encodable.encode(into: &bytes) }
            if let printable = value as? any CustomStringConvertible {
                return !printable.description.isEmpty || bytes.isEmpty
            }
            return true
        }
    }

    enum Mood: String, PostgresCodable { case happy, sad }

    private static let probes: [@Sendable (Cell) -> Bool] = [
        probe(Bool.self), probe(Int16.self), probe(Int32.self), probe(Int64.self), probe(Int.self), probe(UInt32.self),
        probe(UInt8.self), probe(Double.self), probe(Float.self), probe(PostgresNumeric.self), probe(String.self),
        probe([UInt8].self), probe(Data.self), probe(PostgresUUID.self), probe(UUID.self), probe(PostgresDate.self),
        probe(PostgresTime.self), probe(PostgresTimeTZ.self), probe(PostgresTimestamp.self),
        probe(PostgresTimestampTZ.self), probe(Date.self), probe(PostgresInterval.self), probe(PostgresJSON.self),
        probe(PostgresJSONB.self), probe(PostgresPoint.self), probe(Mood.self), probe(RawCell.self), probe(Int?.self),
        probe([Int].self), probe([Int?].self), probe([[Int]].self), probe([String?].self),
        probe([PostgresNumeric].self),
        probe([[UInt8]].self), probe([PostgresTimestampTZ?].self), probe(PostgresArray<Int32?>.self),
        probe(PostgresArray<String>.self), probe([[[Bool?]]].self), probe([PostgresUUID].self), probe([Mood].self),
    ]

    private static let types: [TypeID] = [
        .bool, .int2, .int4, .int8, .oid, .float4, .float8, .numeric, .text, .bytea, .uuid, .date, .time, .timetz,
        .timestamp, .timestamptz, .interval, .json, .jsonb, .point, .char, .int8Array, .int4Array, .textArray,
        .numericArray, .byteaArray, .timestamptzArray, .boolArray, .uuidArray, TypeID(rawValue: 99_999), .unspecified,
    ]

    /// Valid cells to begin with.
    private static func seeds() -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        func add(_ value: some PostgresEncodable) {
            var bytes: [UInt8] = []
            if (try? value.encode(into: &bytes)) != nil { seeds.append(bytes) }
        }
        add(true); add(Int16(7)); add(Int32(7)); add(7); add(1.5); add(Float(1.5)); add("happy")
        for text in ["0", "12.5", "-123456789.000100", "NaN", "1e-40"] {
            if let value = PostgresNumeric(text) { add(value) }
        }
        add(PostgresInterval(months: 1, days: 2, microseconds: 3)); add(PostgresPoint(x: 1, y: 2))
        add(PostgresUUID(high: 1, low: 2)); add(PostgresDate.infinity); add(PostgresTimestamp.infinity)
        add([1, 2, nil]); add([["a", "bc"], ["", nil]]); add([[[true]], [[false]]]); add([[UInt8]([1, 2]), []])
        add([PostgresNumeric(15)]); add(PostgresArray([Int32(1)], lowerBound: -5))
        let texts = [
            "t", "-123", "1.5e10", "NaN", "12.50", "2024-02-29", "0044-03-15 BC", "12:34:56.789", "08:30:00+05:30",
            "2024-02-29 12:00:00.5+02", "1 year 2 mons -3 days 04:05:06.7", "P1Y2M3DT4H5M6.7S", "(1.5,-2)", "\\x00ff",
            "a\\\\b\\000",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{1,NULL,3}", "{{1,2},{3,4}}", "[0:1]={\"a\\\"b\",c}", "{}",
            "infinity",
        ]
        seeds.append(contentsOf: texts.map { Array($0.utf8) })
        return seeds
    }

    private static let interesting: [UInt8] =
        [0, 1, 2, 4, 7, 0x27, 0x7f, 0x80, 0xc0, 0xff] + Array("{}[]=,:\"\\-+. 09PTZNe".utf8)

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let position = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &generator)
            let byte = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
            switch UInt8.random(in: 0..<7, using: &generator) {
            case 0 where !bytes.isEmpty: bytes[position] = byte
            case 1 where !bytes.isEmpty: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.insert(byte, at: position)
            case 3 where !bytes.isEmpty: bytes.remove(at: position)
            case 4: bytes.removeLast(min(bytes.count, Int.random(in: 0...4, using: &generator)))
            case 5: bytes.append(contentsOf: bytes.prefix(64))
            default: bytes.append(UInt8.random(in: .min ... .max, using: &generator))
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func mutatedCells(seed: UInt64) {
        var generator = Generator(state: seed)
        let seeds = Self.seeds()
        var read = 0
        for _ in 0..<(2_000 * Self.effort) {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
            Self.mutate(&bytes, &generator)
            let type = Self.types[Int.random(in: 0..<Self.types.count, using: &generator)]
            // Memory of exactly the cell's size, so that a sanitizer sees each byte read too far.
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            defer { memory.deallocate() }
            memory.copyBytes(from: bytes)
            for format in [Cell.Format.binary, .text] {
                let cell = Cell(bytes: UnsafeRawBufferPointer(memory), type: type, format: format)
                for probe in Self.probes where probe(cell) { read += 1 }
            }
        }
        // Enough got through that not only the first check was tried.
        #expect(read > 5_000 * Self.effort)
    }

    /// Each decoder with its own type, whatever the bytes.
    @Test(arguments: [5, 6] as [UInt64])
    func randomCells(seed: UInt64) {
        var generator = Generator(state: seed)
        var count = 0
        for _ in 0..<(250 * Self.effort) {
            let length = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<length).map { _ in
                Bool.random(using: &generator) ? 0 : UInt8.random(in: .min ... .max, using: &generator)
            }
            for type in Self.types {
                bytes.withUnsafeBytes { buffer in
                    for probe in Self.probes {
                        _ = probe(Cell(bytes: buffer, type: type, format: .binary))
                        count += 1
                    }
                }
            }
        }
        #expect(count == 250 * Self.effort * Self.types.count * Self.probes.count)
    }

    @Test func nulls() {
        for type in Self.types {
            for format in [Cell.Format.binary, .text] {
                let read = Self.probes.filter { $0(Cell(bytes: nil, type: type, format: format)) }.count
                #expect(read == 1)  // Int?
            }
        }
    }
}
