// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A JSON text for `jsonb`, and for `json` where order and spaces may go; read from both.
///
/// ```swift
/// try parameters.append(PostgresJSONB(#"{"tags": ["a"]}"#))
/// ```
///
/// The text is not looked at here: the server refuses what isn't JSON with SQLSTATE 22P02.
public struct PostgresJSONB: Sendable, Hashable {
    /// The text.
    public var text: String

    /// Wraps a text.
    public init(_ text: String) { self.text = text }
}

extension PostgresJSONB: PostgresCodable {
    /// `jsonb`.
    public static var postgresType: TypeID { .jsonb }
    /// `jsonb[]`.
    public static var postgresArrayType: TypeID { .jsonbArray }

    /// Reads jsonb and json.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .jsonb || cell.type == .json)
        text = try String(cell: cell)
    }

    /// Appends the version byte and the text.
    public func encode(into bytes: inout [UInt8]) throws {
        bytes.append(1)
        try text.encode(into: &bytes)
    }
}

/// A JSON text for `json`, kept as it is written; read from `jsonb` too.
///
/// ```swift
/// try parameters.append(PostgresJSON(#"{"b": 1, "a": 1.00}"#))
/// ```
public struct PostgresJSON: Sendable, Hashable {
    /// The text.
    public var text: String

    /// Wraps a text.
    public init(_ text: String) { self.text = text }
}

extension PostgresJSON: PostgresCodable {
    /// `json`.
    public static var postgresType: TypeID { .json }
    /// `json[]`.
    public static var postgresArrayType: TypeID { .jsonArray }

    /// Reads json and jsonb.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .jsonb || cell.type == .json)
        text = try String(cell: cell)
    }

    /// Appends the text.
    public func encode(into bytes: inout [UInt8]) throws { try text.encode(into: &bytes) }
}
