// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Ends of lines: a line feed, a carriage return, or both.
enum LineEnd {
    private static let feed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// Where the end of a line is that begins at a place; nil where none does.
    static func range(in bytes: [UInt8], at position: Int) -> Range<Int>? {
        guard position < bytes.count, bytes[position] == feed || bytes[position] == carriageReturn else { return nil }
        let isPair =
            bytes[position] == carriageReturn && position + 1 < bytes.count && bytes[position + 1] == feed
        return position..<(position + (isPair ? 2 : 1))
    }

    /// The first end of a line among some bytes; nil where there is none.
    static func first(in bytes: [UInt8], _ part: Range<Int>) -> [UInt8]? {
        guard let start = bytes[part].firstIndex(where: { $0 == feed || $0 == carriageReturn }),
            let range = Self.range(in: bytes, at: start)
        else { return nil }
        return Array(bytes[range])
    }

    /// What ends most lines of a text, of those that are as frequent the first; a line feed where there is one line only.
    static func usual(in bytes: [UInt8]) -> [UInt8] {
        var found: [(end: ArraySlice<UInt8>, count: Int)] = []
        var position = 0
        while position < bytes.count {
            guard let range = Self.range(in: bytes, at: position) else {
                position += 1
                continue
            }
            if let known = found.firstIndex(where: { $0.end == bytes[range] }) {
                found[known].count += 1
            } else {
                found.append((bytes[range], 1))
            }
            position = range.upperBound
        }
        return found.max { $0.count < $1.count }.map { Array($0.end) } ?? [feed]
    }
}
