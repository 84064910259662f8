// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Writes records as CSV (RFC 4180): NULL as an empty cell, an empty text in quotes, lists and JSON as JSON texts.
struct CSVWriter: Sendable {
    private let places: PropertyPlaces
    private let names: [String]
    /// Whether the cells of each column are JSON texts.
    private let areJSON: [Bool]
    /// The line of names.
    let header: [UInt8]

    init(_ properties: [Property], of model: Model) {
        names = properties.map(\.name)
        places = PropertyPlaces(names)
        areJSON = properties.map { $0.isJSONText(in: model) }
        var header: [UInt8] = []
        for (place, name) in names.enumerated() {
            if place > 0 { header.append(UInt8(ascii: ",")) }
            Array(name.utf8).withUnsafeBytes { Self.write($0, to: &header) }
        }
        self.header = header + [0x0D, 0x0A]
    }

    /// Appends records that are written as lines of JSON.
    func write(lines: [UInt8], to text: inout [UInt8]) {
        var tokens = [Token](repeating: Token(), count: areJSON.count)
        lines.withUnsafeBytes { lines in
            var start = 0
            while start < lines.count {
                let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
                let record = UnsafeRawBufferPointer(rebasing: lines[start..<end])
                start = end + 1
                if JSONRecord.scan(record, places, into: &tokens) {
                    for (place, token) in tokens.enumerated() {
                        if place > 0 { text.append(UInt8(ascii: ",")) }
                        write(token, isJSON: areJSON[place], of: record, to: &text)
                    }
                } else if let json = try? JSONValue(parsing: Array(record), maximumDepth: 1024) {
                    write(json, to: &text)
                }
                text += [0x0D, 0x0A]
            }
        }
    }

    /// Writes a record with names in which something is escaped.
    private func write(_ json: JSONValue, to text: inout [UInt8]) {
        for (place, name) in names.enumerated() {
            if place > 0 { text.append(UInt8(ascii: ",")) }
            guard let value = json[name], value != .null else { continue }
            let cell = areJSON[place] ? value.description : value.text ?? value.description
            Array(cell.utf8).withUnsafeBytes { Self.write($0, to: &text) }
        }
    }

    private func write(_ token: Token, isJSON: Bool, of record: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        switch token.kind {
        case .absent, .null: break
        case .yes, .no, .number, .doubled: text += token.bytes(in: record)
        case .text where isJSON:
            // With the quotes that it stands in.
            Self.write(UnsafeRawBufferPointer(rebasing: record[token.start - 1..<token.end + 1]), to: &text)
        case .text, .container: Self.write(token.bytes(in: record), to: &text)
        case .escaped where isJSON: Self.write(token.bytes(in: record), to: &text)
        case .escaped:
            var string = token.text(in: record)
            string.withUTF8 { Self.write(UnsafeRawBufferPointer($0), to: &text) }
        }
    }

    /// Appends a cell, in quotes where it has to be.
    private static func write(_ cell: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        let needsQuotes =
            cell.isEmpty
            || cell.contains { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
            }
        guard needsQuotes else {
            text += cell
            return
        }
        text.append(UInt8(ascii: "\""))
        for byte in cell {
            if byte == UInt8(ascii: "\"") { text.append(byte) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
    }
}

extension Property {
    /// Whether a cell of CSV holds the property as a JSON text.
    func isJSONText(in model: Model) -> Bool {
        switch columnType.category {
        case .json, .jsonb, .array, .point: true
        default: model.relations.contains { $0.embedded == id }
        }
    }
}
