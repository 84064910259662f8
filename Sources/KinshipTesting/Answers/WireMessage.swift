// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// A message of PostgreSQL's protocol: its letter and what follows the length.
struct WireMessage: Sendable {
    var type: UInt8
    var body: [UInt8]

    init(_ type: Character, _ body: [UInt8] = []) {
        self.type = type.asciiValue ?? 0
        self.body = body
    }

    init(type: UInt8, body: [UInt8]) {
        self.type = type
        self.body = body
    }

    /// The letter.
    var letter: Character { Character(Unicode.Scalar(type)) }

    /// As it is sent.
    var bytes: [UInt8] { [type] + Self.integer(body.count + 4) + body }

    static func integer(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The fields of an ErrorResponse.
    var fields: [String: String] {
        var reader = WireReader(body)
        var fields: [String: String] = [:]
        while let letter = reader.byte(), letter != 0, let text = reader.text() {
            fields[String(Character(Unicode.Scalar(letter)))] = text
        }
        return fields
    }

    /// An ErrorResponse.
    static func error(_ fields: [String: String]) -> WireMessage {
        var body: [UInt8] = []
        for (letter, text) in fields.sorted(by: { $0.key < $1.key }) {
            body += Array(letter.utf8) + Array(text.utf8) + [0]
        }
        return WireMessage("E", body + [0])
    }

    static func parameter(_ name: String, _ value: String) -> WireMessage {
        WireMessage("S", Array(name.utf8) + [0] + Array(value.utf8) + [0])
    }
}

/// Reads the body of a message; nil where it ends too early.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ body: [UInt8]) { rest = body[...] }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func integer(_ width: Int) -> Int? {
        guard let bytes = bytes(width) else { return nil }
        let value = bytes.reduce(0) { $0 << 8 | Int($1) }
        return width == 4 ? Int(Int32(truncatingIfNeeded: value)) : Int(Int16(truncatingIfNeeded: value))
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// A text that a zero ends.
    mutating func text() -> String? {
        guard let end = rest.firstIndex(of: 0) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}

extension WireMessage {
    /// The name and text of a Parse.
    var parsed: (name: String, sql: String)? {
        var reader = WireReader(body)
        guard let name = reader.text(), let sql = reader.text() else { return nil }
        return (name, sql)
    }

    /// What a Bind binds to which statement.
    var bound: (statement: String, values: [Data?], asText: Bool)? {
        var reader = WireReader(body)
        guard reader.text() != nil, let statement = reader.text(), let formats = reader.integer(2),
            reader.bytes(2 * formats) != nil, let count = reader.integer(2)
        else { return nil }
        var values: [Data?] = []
        for _ in 0..<max(0, count) {
            guard let length = reader.integer(4) else { return nil }
            if length < 0 {
                values.append(nil)
            } else {
                guard let bytes = reader.bytes(length) else { return nil }
                values.append(Data(bytes))
            }
        }
        guard let results = reader.integer(2) else { return nil }
        let format = results > 0 ? reader.integer(2) : 0
        return (statement, values, format == 0)
    }
}
