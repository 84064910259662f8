// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Text on its way to a terminal.
enum TerminalBytes {
    /// The bytes with what a terminal would obey written as JSON writes it, `\u009b`: values of rows are whatever somebody has
    /// stored. What is below the space is left: JSON has none of it in its texts, and colours are made of it.
    static func harmless(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x7F }) else { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            let end = min(index + length, bytes.count)
            if byte >= 0x7F, let text = String(validating: bytes[index..<end], as: UTF8.self),
                let scalar = text.unicodeScalars.first, scalar.isObeyed
            {
                for unit in text.utf16 {
                    let digits = String(unit, radix: 16)
                    output += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                }
            } else {
                output += bytes[index..<end]
            }
            index = end
        }
        return output
    }
}
