// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes rows in COPY's text format (PostgreSQL documentation, "COPY", Text Format).
///
/// ```swift
/// let rows = [["1", "Ada"], ["2", nil]]
/// try await connection.copyIn("copy customer (id, name) from stdin", from: rows.lazy.map { CopyText.row($0) })
/// ```
public enum CopyText {
    /// One row with its line end: values in the form in which PostgreSQL reads them as text, nil for NULL. O(length).
    ///
    /// What means something in the format is escaped, so any text is taken as it is; only U+0000 the server refuses
    /// (SQLSTATE 22021).
    public static func row(_ values: some Sequence<String?>) -> [UInt8] {
        var bytes: [UInt8] = []
        append(values, to: &bytes)
        return bytes
    }

    /// Appends one row.
    public static func append(_ values: some Sequence<String?>, to bytes: inout [UInt8]) {
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: "\t")) }
            isFirst = false
            if let value { append(value, to: &bytes) } else { bytes.append(contentsOf: "\\N".utf8) }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func append(_ value: String, to bytes: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
