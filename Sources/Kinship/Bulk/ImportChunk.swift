// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The rows of one COPY: what tells their lines, and as much as there is room for of the rows themselves, for finding the one that
/// the server refuses without saying which.
struct ImportChunk {
    /// How many bytes of rows make up a COPY that is kept, about.
    static let capacity = 4 << 20
    /// So many lines that don't follow the one before are remembered.
    private static let mostBreaks = 65_536

    /// The COPY.
    let statement: String
    /// Whether the rows are kept.
    let isKept: Bool
    /// How many rows there are.
    private(set) var count = 0
    private(set) var bytes: [UInt8] = []
    /// Where each of the rows ends.
    private(set) var ends: [Int] = []
    /// Rows whose line isn't the one after the last row's, with theirs.
    private var breaks: [(row: Int, line: Int)] = []
    private var lastLine = -1

    init(_ statement: String, isKept: Bool) {
        self.statement = statement
        self.isKept = isKept
    }

    /// Whether another COPY is to begin.
    var isFull: Bool { isKept && bytes.count >= Self.capacity }

    /// Remembers the row that the data of the COPY have from a place on.
    mutating func add(_ data: [UInt8], from start: Int, line: Int) {
        if line != lastLine + 1, breaks.count < Self.mostBreaks { breaks.append((count, line)) }
        lastLine = line
        count += 1
        guard isKept else { return }
        bytes += data[start...]
        ends.append(bytes.count)
    }

    /// The line of a row; nil where it isn't known any more.
    func line(ofRow row: Int) -> Int? {
        guard row >= 0, row < count, breaks.count < Self.mostBreaks else { return nil }
        var (low, high) = (0, breaks.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if breaks[middle].row <= row { low = middle } else { high = middle }
        }
        guard low < breaks.count else { return nil }
        return breaks[low].line + row - breaks[low].row
    }

    /// What begins and ends the data of a binary COPY.
    static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)
    static let trailer: [UInt8] = [0xFF, 0xFF]

    /// The data of a COPY of some of the kept rows.
    func data(of rows: Range<Int>) -> [UInt8] {
        let start = rows.lowerBound == 0 ? 0 : ends[rows.lowerBound - 1]
        return Self.header + bytes[start..<ends[rows.upperBound - 1]] + Self.trailer
    }
}
