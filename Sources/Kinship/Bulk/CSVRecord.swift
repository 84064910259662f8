// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Finds the cells of a record of CSV in bytes (RFC 4180; line ends with or without a carriage return).
struct CSVRecord {
    /// What was found.
    enum Outcome {
        /// A whole record, which ends ahead of a position, its line end included.
        case record(end: Int)
        /// The bytes end inside of it.
        case incomplete
        /// It is none, and why; what follows may begin at a position.
        case fault(String, end: Int)
    }

    /// The cells of the record: null where nothing stands between two commas.
    private(set) var cells: [Token] = []
    /// Whether a cell has the character NUL, and whether one has more than ASCII.
    private(set) var hasNUL = false
    private(set) var isASCII = true

    /// Whether the bytes ended inside of the record: it is gone on with where that was.
    private var isUnderWay = false
    /// Where the cell begins that is gone on with, and how far it has been looked at, where it is in quotes.
    private var resume = 0
    private var quoted: (end: Int, kind: Token.Kind)?

    /// Finds the record that begins at a position; where the bytes ended inside of it, with more of them, each byte is looked at once.
    ///
    /// - Parameter isWhole: whether nothing follows the bytes.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, from start: Int, isWhole: Bool) -> Outcome {
        if !isUnderWay {
            cells.removeAll(keepingCapacity: true)
            (hasNUL, isASCII) = (false, true)
            (resume, quoted) = (start, nil)
        }
        let outcome = goOn(bytes, isWhole: isWhole)
        if case .incomplete = outcome { isUnderWay = true } else { isUnderWay = false }
        return outcome
    }

    /// Lets the bytes begin some later, where those ahead of the record have been taken away.
    mutating func shift(by count: Int) {
        guard isUnderWay, count > 0 else { return }
        resume -= count
        quoted?.end -= count
        for place in cells.indices {
            cells[place].start -= count
            cells[place].end -= count
        }
    }

    private mutating func goOn(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Outcome {
        var position = resume
        while true {
            resume = position
            let isQuoted = position < bytes.count && bytes[position] == UInt8(ascii: "\"")
            let first = isQuoted ? position + 1 : position
            var kind = Token.Kind.text
            var end = first
            if isQuoted {
                if let known = quoted { (end, kind) = known }
                quoted = nil
                while true {
                    guard end < bytes.count else {
                        quoted = (end, kind)
                        return isWhole
                            ? .fault("a quote that opens a cell is never closed", end: bytes.count) : .incomplete
                    }
                    guard bytes[end] == UInt8(ascii: "\"") else {
                        note(bytes[end])
                        end += 1
                        continue
                    }
                    if end + 1 == bytes.count, !isWhole {
                        quoted = (end, kind)
                        return .incomplete
                    }
                    guard end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "\"") else { break }
                    kind = .doubled
                    end += 2
                }
                position = end + 1
            } else {
                while end < bytes.count, bytes[end] != UInt8(ascii: ","), bytes[end] != UInt8(ascii: "\n") {
                    if bytes[end] == UInt8(ascii: "\"") {
                        return fault("a quote stands inside of a cell that isn't in quotes", bytes, end, isWhole)
                    }
                    note(bytes[end])
                    end += 1
                }
                position = end
            }
            guard position < bytes.count || isWhole else {
                if isQuoted { quoted = (end, kind) }
                return .incomplete
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
                cells.append(Token(kind: !isQuoted && end == first ? .null : kind, start: first, end: end))
                position += 1
                continue
            }
            // The end of the record, with what belongs to its line end.
            if !isQuoted {
                if end > first, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            } else if position < bytes.count, bytes[position] == UInt8(ascii: "\r") {
                position += 1
                guard position < bytes.count || isWhole else {
                    quoted = (end, kind)
                    return .incomplete
                }
            }
            guard position == bytes.count || bytes[position] == UInt8(ascii: "\n") else {
                return fault("something follows the quote that closes a cell", bytes, position, isWhole)
            }
            cells.append(Token(kind: !isQuoted && end == first ? .null : kind, start: first, end: end))
            return .record(end: min(position + 1, bytes.count))
        }
    }

    private mutating func note(_ byte: UInt8) {
        if byte >= 0x80 { isASCII = false } else if byte == 0 { hasNUL = true }
    }

    /// A fault, behind which the next line is taken for the next record.
    private func fault(_ message: String, _ bytes: UnsafeRawBufferPointer, _ position: Int, _ isWhole: Bool) -> Outcome
    {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            return isWhole ? .fault(message, end: bytes.count) : .incomplete
        }
        return .fault(message, end: end + 1)
    }
}
