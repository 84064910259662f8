// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a statement's first keyword says about it.
enum StatementKind {
    /// Reads or changes rows and nothing else, so it is worth preparing and harmless to send again after a rollback.
    case rows
    /// Ends a transaction for good.
    case commit
    /// Anything else: definitions, settings, transaction control, procedures.
    case other

    /// Reads the first keyword, past white space, comments and opening parentheses.
    static func of(_ text: String) -> StatementKind {
        switch keyword(of: text) {
        case "select", "insert", "update", "delete", "with", "values", "table", "merge": .rows
        case "commit", "end": .commit
        // Rather one too many than one too few.
        case "prepare" where text.lowercased().contains("transaction"): .commit
        default: .other
        }
    }

    /// The first keyword in small letters; empty when the text doesn't begin with a letter.
    static func keyword(of text: String) -> String {
        var text = text
        return text.withUTF8 { keyword($0) }
    }

    /// The words that a statement of keywords begins with, in small letters with a space between: without comments, up to what is
    /// no word. As many as transaction control has.
    static func words(of text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var words: [String] = []
            var rest = bytes[...]
            while words.count < 12 {
                let here = UnsafeBufferPointer(rebasing: rest)
                let start = skipped(here)
                // Modes may be separated by commas.
                if start < here.count, here[start] == UInt8(ascii: ",") {
                    rest = rest.dropFirst(start + 1)
                    continue
                }
                let end = here[start...].firstIndex { !isLetter($0) } ?? here.count
                guard end > start else { break }
                words.append(String(decoding: here[start..<end].map { $0 | 0x20 }, as: UTF8.self))
                rest = rest.dropFirst(end)
            }
            return words.joined(separator: " ")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte >= 0x41
    }

    private static func keyword(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var position = skipped(bytes)
        var word = ""
        while position < bytes.count, word.utf8.count < 12 {
            let letter = bytes[position] | 0x20
            guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else { break }
            word.unicodeScalars.append(Unicode.Scalar(letter))
            position += 1
        }
        return word
    }

    /// The position of the first byte that means something.
    private static func skipped(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var position = 0
        func starts(_ first: Character, _ second: Character) -> Bool {
            position + 1 < bytes.count && bytes[position] == first.asciiValue
                && bytes[position + 1] == second.asciiValue
        }
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, UInt8(ascii: "("):
                position += 1
            case UInt8(ascii: "-") where starts("-", "-"):
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
            case UInt8(ascii: "/") where starts("/", "*"):
                var depth = 0
                repeat {
                    if starts("/", "*") {
                        depth += 1
                        position += 2
                    } else if starts("*", "/") {
                        depth -= 1
                        position += 2
                    } else {
                        position += 1
                    }
                } while depth > 0 && position < bytes.count
            default:
                return position
            }
        }
        return position
    }
}
