// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The lines of a request that comes bit by bit: it ends where all that was opened in its filter is closed.
struct RequestLines {
    /// What there is of it.
    private(set) var text = ""
    private var depth = 0

    /// Takes a line; gives the request when it is the last one.
    mutating func add(_ line: String) -> String? {
        if !text.isEmpty { text += "\n" }
        text += line
        measure(line)
        guard depth <= 0 else { return nil }
        defer { self = RequestLines() }
        return text
    }

    /// How deep a line leads: no line is looked at twice, however many there are.
    private mutating func measure(_ line: String) {
        // No text of JSON's goes on over lines.
        var isInText = false
        var isEscaped = false
        for byte in line.utf8 {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = depth > 0
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
    }
}
