// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Bytes as hexadecimal digits, and cells over them.
enum Wire {
    static func hex(_ value: some PostgresEncodable) throws -> String {
        var bytes: [UInt8] = []
        try value.encode(into: &bytes)
        return hex(bytes)
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    static func bytes(_ hex: String) -> [UInt8] {
        var digits = hex.filter { $0 != " " }[...]
        var bytes: [UInt8] = []
        while !digits.isEmpty {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    static func decode<Value: PostgresDecodable>(
        _: Value.Type = Value.self, _ bytes: [UInt8]?, _ type: TypeID, _ format: Cell.Format = .binary
    ) throws -> Value {
        guard let bytes else { return try Value(cell: Cell(bytes: nil, type: type, format: format)) }
        return try bytes.withUnsafeBytes { try Value(cell: Cell(bytes: $0, type: type, format: format)) }
    }

    static func decode<Value: PostgresDecodable>(
        _: Value.Type = Value.self, text: String, _ type: TypeID
    ) throws -> Value {
        try decode(Value.self, Array(text.utf8), type, .text)
    }
}
