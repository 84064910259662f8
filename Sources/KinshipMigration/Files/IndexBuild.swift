// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a `CREATE INDEX CONCURRENTLY` is about: it can be done without being known to be, or leave an invalid index behind.
package struct IndexBuild: Sendable, Hashable {
    /// The index's name, without quotes.
    package var name: String
    /// The table as the statement has it.
    package var table: String

    /// Nil for any other statement, and for one that leaves the name to the server.
    package init?(_ sql: String) {
        var words = Words(text: Array(sql.utf8))
        guard words.take("CREATE") else { return nil }
        _ = words.take("UNIQUE")
        guard words.take("INDEX"), words.take("CONCURRENTLY") else { return nil }
        if words.take("IF") {
            guard words.take("NOT"), words.take("EXISTS") else { return nil }
        }
        guard let name = words.next(), name.uppercased() != "ON", words.take("ON") else { return nil }
        _ = words.take("ONLY")
        guard let table = words.next() else { return nil }
        self.name = Self.plain(name)
        self.table = table
    }

    /// An identifier as the catalog has it.
    private static func plain(_ word: String) -> String {
        guard word.hasPrefix("\""), word.count > 1 else { return word.lowercased() }
        return String(word.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }

    private struct Words {
        let text: [UInt8]
        var index = 0

        mutating func take(_ word: String) -> Bool {
            let start = index
            if next()?.uppercased() == word { return true }
            index = start
            return false
        }

        /// A name with its points and quotes; nil at anything else.
        mutating func next() -> String? {
            while index < text.count, text[index] == 0x20 || (0x09...0x0D).contains(text[index]) { index += 1 }
            let start = index
            while index < text.count {
                if text[index] == UInt8(ascii: "\"") {
                    index += 1
                    while index < text.count, text[index] != UInt8(ascii: "\"") { index += 1 }
                    index += 1
                } else if isPart(text[index]) {
                    index += 1
                } else {
                    break
                }
            }
            guard index > start, index <= text.count else { return nil }
            return String(decoding: text[start..<index], as: UTF8.self)
        }

        private func isPart(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "$") || byte >= 0x80
                || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        }
    }
}
