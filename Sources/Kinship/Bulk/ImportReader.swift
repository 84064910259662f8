// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the records of an import come from.
enum ImportInput {
    /// Bytes of a format, in pieces of any size.
    case bytes(RecordFormat, () async throws -> [UInt8]?)
    /// Records.
    case records(() async throws -> JSONValue?)
}

/// Finds one record after another in what comes in, and has its row made. It keeps a piece of the input, and one record.
final class ImportReader {
    /// What was found.
    enum Step {
        /// A record whose row is with the ``encoder``.
        case row
        case rejected(RejectedRecord)
        /// More is needed.
        case input
        /// There are no more records.
        case end
    }

    /// The longest record, in bytes.
    static let longestRecord = 16 << 20

    let encoder: RowEncoder
    private let input: ImportInput
    /// Whether records are kept for who has to show them.
    private let keepsSource: Bool

    private var buffer: [UInt8] = []
    private var position = 0
    /// From where the end of a line is looked for.
    private var searched = 0
    private var isAtEnd = false
    private var hasBegun = false
    /// The line that the next record begins in.
    private var nextLine = 1
    private var given: JSONValue?
    private var cells = CSVRecord()
    /// Where the cells of CSV go; nil before the header has been read.
    private var header: [Int]?

    /// How many records there were.
    private(set) var records = 0
    /// How many bytes have been read.
    private(set) var bytes = 0
    /// The line that the last record began in.
    private(set) var line = 0
    /// What the last record was read from, where that is kept.
    private(set) var source: [UInt8]?

    init(_ input: ImportInput, _ encoder: RowEncoder, keepsSource: Bool) {
        self.input = input
        self.encoder = encoder
        self.keepsSource = keepsSource
        if case .bytes(.csv, _) = input { encoder.isCSV = true }
    }

    /// Fetches more of the input.
    func fetch(_ isolation: isolated (any Actor)?) async throws {
        switch input {
        case .records(let next):
            given = try await next()
            isAtEnd = given == nil
        case .bytes(_, let next):
            guard let piece = try await next() else {
                isAtEnd = true
                return
            }
            buffer.removeFirst(position)
            cells.shift(by: position)
            searched -= position
            position = 0
            buffer += piece
            bytes += piece.count
        }
    }

    /// Finds the next record.
    ///
    /// - Throws: ``PlannerError`` for a header of CSV that can't be used.
    func step() throws -> Step {
        switch input {
        case .records:
            guard let json = given else { return isAtEnd ? .end : .input }
            given = nil
            records += 1
            line = records
            source = keepsSource ? Array(json.description.utf8) : nil
            return encoder.encode(json).map { .rejected(RejectedRecord(line: line, $0, source: source)) } ?? .row
        case .bytes(let format, _):
            if !hasBegun {
                // Whatever it begins with is there.
                guard buffer.count - position >= 3 || isAtEnd else { return .input }
                hasBegun = true
                if buffer[position...].starts(with: [0xEF, 0xBB, 0xBF]) { position += 3 }
                searched = position
            }
            let step = try format == .csv ? stepCSV() : stepLines()
            if case .input = step, buffer.count - position > Self.longestRecord {
                throw PlannerError(
                    .invalidJSON,
                    "The record in line \(nextLine) is longer than \(Self.longestRecord >> 20) MiB; split it.",
                    path: "line \(nextLine)", model: encoder.model.name)
            }
            return step
        }
    }

    // MARK: Lines of JSON

    private func stepLines() throws -> Step {
        while true {
            let end: Int
            if let found = lineEnd(from: searched) {
                end = found
            } else if !isAtEnd {
                searched = buffer.count
                return .input
            } else if position < buffer.count {
                end = buffer.count
            } else {
                return .end
            }
            let start = position
            position = min(end + 1, buffer.count)
            searched = position
            line = nextLine
            nextLine += 1
            let isBlank = buffer[start..<end].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if isBlank { continue }
            records += 1
            let last = buffer[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
            return note(
                buffer.withUnsafeBytes { encoder.encode(json: UnsafeRawBufferPointer(rebasing: $0[start..<last])) },
                start..<last)
        }
    }

    /// Where the next line ends; nil where that hasn't come yet.
    private func lineEnd(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private func note(_ report: ErrorReport?, _ range: Range<Int>) -> Step {
        source = keepsSource || report != nil ? Array(buffer[range]) : nil
        return report.map { .rejected(RejectedRecord(line: line, $0, source: source)) } ?? .row
    }

    // MARK: CSV

    private func stepCSV() throws -> Step {
        while true {
            guard position < buffer.count else { return isAtEnd ? try ended() : .input }
            let start = position
            let (isWhole, first) = (isAtEnd, searched)
            let outcome = buffer.withUnsafeBytes { bytes -> CSVRecord.Outcome in
                // A record that went on in the last piece isn't gone through again before its line may have ended.
                if !isWhole, first > start, !bytes[first...].contains(UInt8(ascii: "\n")) { return .incomplete }
                return cells.scan(bytes, from: start, isWhole: isWhole)
            }
            var fault: String?
            let end: Int
            switch outcome {
            case .incomplete:
                searched = buffer.count
                return .input
            case .record(let position): end = position
            case .fault(let message, let position): (fault, end) = (message, position)
            }
            line = nextLine
            nextLine += max(1, buffer[start..<end].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) })
            position = end
            searched = end
            if fault == nil, header == nil {
                try readHeader()
                continue
            }
            guard let header else { throw headerFault("The header can't be read: \(fault ?? "")") }
            if fault == nil, cells.cells.count == 1, cells.cells[0].kind == .null, header.count > 1 { continue }
            records += 1
            if fault == nil, cells.cells.count != header.count {
                fault = "it has \(cells.cells.count) cells, and the header \(header.count)"
            }
            let isText =
                cells.isASCII
                || buffer[start..<end].withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
            if fault == nil, !isText { fault = "it isn't UTF-8" }
            guard fault == nil else {
                return note(ErrorReport(.invalidCSV, "The record is no CSV: \(fault ?? "")."), start..<end)
            }
            for place in encoder.tokens.indices { encoder.tokens[place].kind = .absent }
            for (cell, place) in zip(cells.cells, header) where place >= 0 { encoder.tokens[place] = cell }
            let isPlain = !cells.hasNUL
            return note(buffer.withUnsafeBytes { encoder.encode(cells: $0, isPlain: isPlain) }, start..<end)
        }
    }

    /// The end of CSV, which has a header at least.
    private func ended() throws -> Step {
        guard header != nil else { throw headerFault("There is no header") }
        return .end
    }

    private func readHeader() throws {
        let model = encoder.model
        var places: [Int] = []
        for cell in cells.cells {
            let name = buffer.withUnsafeBytes { cell.text(in: $0) }
            guard let place = encoder.places.place(of: name) else {
                throw PlannerError(
                    .unknownProperty,
                    "The header has a column \"\(name)\", which \(model.name) has no property for that can be written."
                        + Suggestion.text(
                            for: name, among: encoder.columns.map(\.property).filter { !$0.isHidden }.map(\.name))
                        + " Take the column out, or correct its name.",
                    path: "line \(line)", model: model.name, property: name)
            }
            guard place < 0 || !places.contains(place) else {
                throw headerFault("The column \"\(name)\" is there twice")
            }
            places.append(place)
        }
        header = places
    }

    private func headerFault(_ message: String) -> PlannerError {
        let names = encoder.columns.map(\.property).filter { !$0.isHidden }.prefix(3).map(\.name)
        return PlannerError(
            .invalidValue,
            "\(message); CSV begins with the names of properties, such as \(names.joined(separator: ",")).",
            path: "line \(max(1, line))", model: encoder.model.name)
    }
}
