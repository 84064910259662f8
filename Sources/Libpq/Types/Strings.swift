// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension String: PostgresCodable {
    /// `text`.
    @inlinable public static var postgresType: TypeID { .text }
    /// `text[]`.
    @inlinable public static var postgresArrayType: TypeID { .textArray }

    /// Reads text, varchar, character, name, "char", json, jsonb, xml, enumerations and extension types whose binary form
    /// is text (citext); and **every** type when the column came in text format.
    ///
    /// Other types come in their own binary form: cast them in the statement (`address::text`), or decode ``RawCell``.
    @inlinable
    public init(cell: Cell) throws(CellError) {
        let bytes = try cell.value()
        switch cell.type.rawValue {
        case 25, 1043, 1042, 19: self = try Cell.string(bytes)
        default: self = try cell.otherString(bytes)
        }
    }

    /// Appends the text as UTF-8.
    ///
    /// - Throws: ``PostgresError/Code/invalidParameter`` when it contains U+0000, which PostgreSQL can't store.
    public func encode(into bytes: inout [UInt8]) throws {
        let start = bytes.count
        bytes.append(contentsOf: utf8)
        guard !bytes[start...].contains(0) else {
            throw PostgresError(
                .invalidParameter, "A text contains U+0000, which PostgreSQL can't store; remove it or send bytea.")
        }
    }
}

extension Cell {
    /// A copy of valid UTF-8, else an error.
    ///
    /// `String(decoding:as:)` and a comparison with what came, because `String(validating:as:)` looks up generic metadata at
    /// each call, which costs more than both. The comparison tells when something was repaired.
    @usableFromInline
    static func string(_ bytes: UnsafeRawBufferPointer) throws(CellError) -> String {
        let string = String(decoding: bytes, as: UTF8.self)
        guard string.hasBytes(bytes) else { throw notUTF8 }
        return string
    }

    @usableFromInline static var notUTF8: CellError {
        .malformed("the text is not valid UTF-8 (is the database's encoding SQL_ASCII?); decode RawCell")
    }

    @usableFromInline
    func otherString(_ bytes: UnsafeRawBufferPointer) throws(CellError) -> String {
        if format == .text { return try Self.string(bytes) }
        switch type.rawValue {
        case 114, 142, 705, 2275, 2278: return try Self.string(bytes)  // json, xml, unknown, cstring, void
        case 3802: return try Self.string(try jsonbText(bytes))
        case 18:
            guard bytes.count == 1 else { throw Self.wrongLength(bytes.count, 1) }
            // The zero byte is how "char" stores the empty text.
            return bytes[0] == 0 ? "" : try Self.string(bytes)
        case 0, 16384...:
            // An enumeration or an extension's text. Other binary forms (composites, ranges, hstore, ltree …) hold zero
            // bytes or begin with a version or flag byte, neither of which a text does.
            let first = bytes.first ?? UInt8(ascii: " ")
            guard !bytes.contains(0), first >= 32 || first == 9 || first == 10 || first == 13 else {
                throw .malformed(Self.castRemedy)
            }
            return try Self.string(bytes)
        default: throw .malformed(Self.castRemedy)
        }
    }

    private static var castRemedy: String {
        "the type's binary form is not text; cast it to text in the statement, or decode RawCell"
    }

    /// The text of a jsonb, behind its version byte.
    func jsonbText(_ bytes: UnsafeRawBufferPointer) throws(CellError) -> UnsafeRawBufferPointer {
        guard bytes.first == 1 else { throw .malformed("it is not a jsonb of version 1") }
        return UnsafeRawBufferPointer(rebasing: bytes[1...])
    }
}
