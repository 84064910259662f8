// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Regular expressions of PostgreSQL's for texts that a cast to jsonb takes without an error: before version 16 the server can't be
/// asked whether it would. For texts of other types see ``StoredText``.
enum JSONPattern {
    /// A JSON list of scalars and of lists and objects of scalars: of JSON's grammar, which nests without end, what a regular
    /// expression can have. Without what jsonb can't hold: NUL, halves of surrogate pairs, exponents beyond 999 (for longer
    /// numbers see ``fits(_:)``).
    static let list: String = {
        let space = #"[ \t\n\r]*"#
        let escape =
            #"["\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"#
        let string = #""([^"\\\u0001-\u001f]|\\("# + escape + #"))*""#
        let number = #"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?"#
        let scalar = "(\(string)|\(number)|true|false|null)"
        func container(_ open: String, _ element: String, _ close: String) -> String {
            // A comma has an element behind it, the last element the bracket.
            "\(open)\(space)(\(element)\(space)(,\(space)(?!\(close))|(?=\(close))))*\(close)"
        }
        let inner = container("\\[", scalar, "\\]")
        let object = container("\\{", "\(string)\(space):\(space)\(scalar)", "\\}")
        return "^\(space)\(container("\\[", "(\(scalar)|\(inner)|\(object))", "\\]"))\(space)$"
    }()

    /// What json can hold and jsonb can't: an escaped NUL, or half of a surrogate pair, behind no backslash or an even number
    /// of them. JavaScript's `JSON.stringify` writes both.
    private static let unstorable =
        #"(^|[^\\])(\\\\)*\\u(0000|[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"#
        + #"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u)[dD][c-fC-F])"#

    /// A json column as jsonb; NULL for what that can't hold, so that it matches nothing and fails no statement.
    static func document(_ column: String) -> String {
        "CASE WHEN \(column)::text !~ '\(unstorable)' THEN \(column)::jsonb END"
    }

    /// That no number in a text has more digits than the server's `numeric` holds: in longer texts no 255 digits stand
    /// side by side.
    static func fits(_ text: String) -> String { "(length(\(text)) < 10000 OR \(text) !~ '[0-9]{255}')" }
}
