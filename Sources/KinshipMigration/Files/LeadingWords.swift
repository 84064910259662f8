// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The first words of a statement, in upper case: names with their points, quoted ones as they are.
///
/// Comments, strings and marks between them aren't words; a statement that begins with one of these has none.
enum LeadingWords {
    static func of(_ sql: String, count: Int) -> [String] {
        let text = Array(sql.utf8)
        var words: [String] = []
        var index = 0
        while index < text.count, words.count < count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 0
            if byte == UInt8(ascii: "-"), next == byte {
                while index < text.count, text[index] != 0x0A { index += 1 }
            } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                index = end(ofComment: text, from: index)
            } else if byte == UInt8(ascii: "'") {
                guard !words.isEmpty else { return [] }
                index += 1
                while index < text.count, text[index] != byte { index += 1 }
                index += 1
            } else if isPart(byte) || byte == UInt8(ascii: "\"") {
                let start = index
                while index < text.count, isPart(text[index]) || text[index] == UInt8(ascii: "\"") {
                    if text[index] == UInt8(ascii: "\"") {
                        index += 1
                        while index < text.count, text[index] != UInt8(ascii: "\"") { index += 1 }
                    }
                    index += 1
                }
                let word = String(decoding: text[start..<min(index, text.count)], as: UTF8.self)
                words.append(word.contains("\"") ? word : word.uppercased())
            } else {
                guard !words.isEmpty || byte == 0x20 || (0x09...0x0D).contains(byte) || byte == UInt8(ascii: "(") else {
                    return []
                }
                index += 1
            }
        }
        return words
    }

    private static func end(ofComment text: [UInt8], from start: Int) -> Int {
        var (index, depth) = (start, 0)
        while index + 1 < text.count {
            if text[index] == UInt8(ascii: "/"), text[index + 1] == UInt8(ascii: "*") {
                depth += 1
                index += 2
            } else if text[index] == UInt8(ascii: "*"), text[index + 1] == UInt8(ascii: "/") {
                depth -= 1
                index += 2
                if depth == 0 { return index }
            } else {
                index += 1
            }
        }
        return text.count
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "$") || byte >= 0x80
            || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
