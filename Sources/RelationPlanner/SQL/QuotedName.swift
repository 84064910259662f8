// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A text as a literal, for names that stand in expressions; whatever the session takes a backslash for.
func literal(_ text: String) -> String {
    var result = text.utf8.contains(UInt8(ascii: "\\")) ? "E'" : "'"
    for character in text.unicodeScalars {
        if character == "'" || character == "\\" { result.unicodeScalars.append(character) }
        result.unicodeScalars.append(character)
    }
    return result + "'"
}

/// A name as a quoted identifier, its quotes doubled. Names come from the schema, which refuses empty ones and NUL.
func quoted(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "\"")) else { return "\"" + name + "\"" }
    var result = "\""
    for character in name.unicodeScalars {
        if character == "\"" { result.unicodeScalars.append(character) }
        result.unicodeScalars.append(character)
    }
    return result + "\""
}
