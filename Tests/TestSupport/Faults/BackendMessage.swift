// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A message of a PostgreSQL server, as the bytes on the wire (protocol 3.0).
///
/// Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
public struct BackendMessage: Sendable {
    /// The bytes on the wire.
    public var bytes: [UInt8]

    /// Any bytes, right or wrong.
    public static func raw(_ bytes: [UInt8]) -> BackendMessage { BackendMessage(bytes: bytes) }

    /// A message with any type and body, and a length that may lie.
    public static func message(_ type: Character, _ body: [UInt8], length: Int? = nil) -> BackendMessage {
        let announced = Int32(truncatingIfNeeded: length ?? body.count + 4)
        return BackendMessage(bytes: Array(String(type).utf8) + integer(announced) + body)
    }

    /// Authentication is done.
    public static let authenticationOk = message("R", integer(Int32(0)))

    /// Asks for the password as it is.
    public static let authenticationCleartext = message("R", integer(Int32(3)))

    /// Answers Parse.
    public static let parseComplete = message("1", [])

    /// Answers Bind.
    public static let bindComplete = message("2", [])

    /// Answers Close.
    public static let closeComplete = message("3", [])

    /// Answers Describe of a statement without rows.
    public static let noData = message("n", [])

    /// Answers Execute of an empty statement.
    public static let emptyQuery = message("I", [])

    /// Answers Execute that stopped at its row limit.
    public static let portalSuspended = message("s", [])

    /// Tells a setting.
    public static func parameterStatus(_ name: String, _ value: String) -> BackendMessage {
        message("S", string(name) + string(value))
    }

    /// Tells what a cancel request needs.
    public static func backendKeyData(process: Int32, secret: Int32) -> BackendMessage {
        message("K", integer(process) + integer(secret))
    }

    /// `I` idle, `T` in a transaction, `E` in a failed one.
    public static func readyForQuery(_ status: Character = "I") -> BackendMessage {
        message("Z", Array(String(status).utf8))
    }

    /// Ends a statement: `SELECT 3`.
    public static func commandComplete(_ tag: String) -> BackendMessage { message("C", string(tag)) }

    /// An error; `fields` are more of its fields by their letter.
    public static func error(
        _ code: String, _ text: String, severity: String = "ERROR", fields: [Character: String] = [:]
    ) -> BackendMessage {
        message("E", fieldList(code, text, severity, fields))
    }

    /// A notice.
    public static func notice(_ text: String, code: String = "00000", severity: String = "NOTICE") -> BackendMessage {
        message("N", fieldList(code, text, severity, [:]))
    }

    /// Answers Describe: the parameters' types.
    public static func parameterDescription(_ types: [UInt32]) -> BackendMessage {
        message("t", integer(Int16(types.count)) + types.flatMap { integer($0) })
    }

    /// Columns with a name, a type's object id, and format 1 (binary) or 0 (text).
    public static func rowDescription(_ columns: [(name: String, type: UInt32)], format: Int16 = 1) -> BackendMessage {
        var body = integer(Int16(columns.count))
        for column in columns {
            body += string(column.name) + integer(Int32(0)) + integer(Int16(0)) + integer(column.type)
            body += integer(Int16(-1)) + integer(Int32(-1)) + integer(format)
        }
        return message("T", body)
    }

    /// Cells; nil is NULL.
    public static func dataRow(_ cells: [[UInt8]?]) -> BackendMessage {
        var body = integer(Int16(cells.count))
        for cell in cells { body += integer(Int32(cell?.count ?? -1)) + (cell ?? []) }
        return message("D", body)
    }

    /// Big-endian bytes, as the protocol wants them.
    public static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// UTF-8 with the closing zero byte.
    public static func string(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private static func fieldList(
        _ code: String, _ text: String, _ severity: String, _ more: [Character: String]
    ) -> [UInt8] {
        var fields: [Character: String] = ["S": severity, "V": severity, "C": code, "M": text]
        fields.merge(more) { $1 }
        return fields.sorted { $0.key < $1.key }.flatMap { Array(String($0.key).utf8) + string($0.value) } + [0]
    }
}
