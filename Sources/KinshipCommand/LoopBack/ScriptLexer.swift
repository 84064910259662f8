// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A piece of JavaScript, as far as looking at it needs.
struct ScriptToken: Equatable {
    enum Kind: Equatable {
        /// A word: a name or a keyword.
        case name
        /// A text in quotes, without them. Templates with something interpolated are none.
        case text
        /// A sign, or the two of an arrow.
        case sign
        /// A number, a regular expression or a template.
        case other
    }

    var kind: Kind
    var value: String
    /// The line, from 1.
    var line: Int
}

/// Reads JavaScript as text: comments are left out, and nothing is run.
struct ScriptLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private(set) var tokens: [ScriptToken] = []

    /// The tokens of a file.
    static func tokens(of bytes: [UInt8]) -> [ScriptToken] {
        var lexer = ScriptLexer(bytes: bytes)
        lexer.run()
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() {
        if bytes.starts(with: Array("#!".utf8)) { skipLine() }
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0x0A:
                line += 1
                position += 1
            case _ where byte <= 0x20: position += 1
            case UInt8(ascii: "/") where next(1) == UInt8(ascii: "/"): skipLine()
            case UInt8(ascii: "/") where next(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "/") where canBeginExpression: readPattern()
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): readText(byte)
            case _ where Self.isWord(byte): readWord()
            case UInt8(ascii: "=") where next(1) == UInt8(ascii: ">"):
                tokens.append(ScriptToken(kind: .sign, value: "=>", line: line))
                position += 2
            default:
                tokens.append(
                    ScriptToken(kind: .sign, value: String(decoding: [byte], as: UTF8.self), line: line))
                position += 1
            }
        }
    }

    private func next(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    }

    private mutating func skipComment() {
        position += 2
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "*"), next(1) == UInt8(ascii: "/") {
                position += 2
                return
            }
            if bytes[position] == 0x0A { line += 1 }
            position += 1
        }
    }

    /// Whether a slash here begins a regular expression: behind a value it divides.
    private var canBeginExpression: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .text, .other: return false
        case .name: return ["return", "typeof", "case", "in", "of", "delete", "void", "await"].contains(last.value)
        case .sign: return last.value != ")" && last.value != "]" && last.value != "}"
        }
    }

    private mutating func readPattern() {
        var isInClass = false
        position += 1
        while position < bytes.count, bytes[position] != 0x0A {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 1
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            case UInt8(ascii: "/") where !isInClass:
                position += 1
                while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
                return tokens.append(ScriptToken(kind: .other, value: "", line: line))
            default: break
            }
            position += 1
        }
    }

    private mutating func readText(_ quote: UInt8) {
        let start = line
        var content: [UInt8] = []
        var isPlain = true
        position += 1
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 1
                if position >= bytes.count { break }
            } else if bytes[position] == 0x0A, quote != UInt8(ascii: "`") {
                // No text goes on over lines: what was taken for one is none.
                break
            } else if quote == UInt8(ascii: "`"), bytes[position] == UInt8(ascii: "$"), next(1) == UInt8(ascii: "{") {
                isPlain = false
            }
            if bytes[position] == 0x0A { line += 1 }
            content.append(bytes[position])
            position += 1
        }
        if position < bytes.count, bytes[position] == quote { position += 1 }
        tokens.append(
            ScriptToken(
                kind: isPlain ? .text : .other, value: isPlain ? String(decoding: content, as: UTF8.self) : "",
                line: start))
    }

    private mutating func readWord() {
        let start = position
        while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
        let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start])
        tokens.append(
            ScriptToken(
                kind: isNumber ? .other : .name, value: String(decoding: bytes[start..<position], as: UTF8.self),
                line: line))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }
}
