// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Text on its way to a terminal.
enum TerminalBytes {
    /// Lines of what others have written, such as SQL with their names in it, with what a terminal would obey written as in Swift.
    static func lines(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.isObeyed && $0 != "\n" && $0 != "\t" }) else { return text }
        // "\r\n" is one letter, and no end of a line of ours.
        return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { MessageText.escaped(String($0)) }
                .joined(separator: "\t")
        }.joined(separator: "\n")
    }

    /// The same where it goes to a terminal; into a file or a pipe it goes as it is.
    static func lines(_ text: String, for stream: Terminal.Stream) -> String { stream.isTerminal ? lines(text) : text }

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
