// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Lines of Swift, broken where `swift format` would break them.
struct SwiftText {
    private let options: GeneratorOptions
    var lines: [String] = []
    private var level = 0

    init(_ options: GeneratorOptions) { self.options = options }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// How much of a line is left at this level.
    private var width: Int { max(options.lineLength - level * options.indentation, 20) }

    mutating func line(_ text: String) {
        lines.append(text.isEmpty ? "" : String(repeating: " ", count: level * options.indentation) + text)
    }

    mutating func blank() { lines.append("") }

    /// Something in braces.
    mutating func block(_ head: String, tail: String = "}", _ body: (inout SwiftText) -> Void) {
        line(head)
        indented(body)
        line(tail)
    }

    mutating func indented(_ body: (inout SwiftText) -> Void) {
        level += 1
        body(&self)
        level -= 1
    }

    /// A call, or the head of a function: its arguments stand behind it, or below it on as few lines as hold them.
    mutating func call(_ head: String, _ arguments: [String], tail: String = "") {
        let short = "\(head)(\(arguments.joined(separator: ", ")))\(tail)"
        if short.count <= width || arguments.isEmpty { return line(short) }
        line(head + "(")
        let isClosedBelow = !tail.isEmpty
        indented { text in
            var current = ""
            for (index, argument) in arguments.enumerated() {
                let isLast = index == arguments.count - 1
                let piece = argument + (isLast ? (isClosedBelow ? "" : ")") : ",")
                if current.isEmpty {
                    current = piece
                } else if current.count + 1 + piece.count <= text.width {
                    current += " " + piece
                } else {
                    text.line(current)
                    current = piece
                }
            }
            text.line(current)
        }
        if isClosedBelow { line(")" + tail) }
    }

    /// JSON behind something: on its line, or with a line for each of its members.
    mutating func json(_ head: String, _ value: JSONValue, tail: String = "") {
        let short = head + SwiftLiteral.json(value) + tail
        if short.count <= width { return line(short) }
        switch value {
        case .array(let elements) where !elements.isEmpty:
            line(head + "[")
            let comma = elements.count > 1 ? "," : ""
            indented { text in for element in elements { text.json("", element, tail: comma) } }
            line("]" + tail)
        case .object(let members) where !members.isEmpty:
            line(head + "[")
            let comma = members.count > 1 ? "," : ""
            indented { text in
                for member in members { text.json(SwiftLiteral.text(member.key) + ": ", member.value, tail: comma) }
            }
            line("]" + tail)
        default: line(short)
        }
    }

    /// Members that are added to a list of them.
    mutating func members(_ path: String, _ members: [JSONValue.Member]) {
        for member in members {
            let short = "\(path).append(.init(\(SwiftLiteral.text(member.key)), \(SwiftLiteral.json(member.value))))"
            if short.count <= width {
                line(short)
            } else {
                block("do {") { text in
                    text.json("let value: JSONValue = ", member.value)
                    text.line("\(path).append(.init(\(SwiftLiteral.text(member.key)), value))")
                }
            }
        }
    }

    /// A comment of documentation; whatever is in it stays in it.
    mutating func comment(_ text: String) {
        for paragraph in text.split(whereSeparator: { $0.isNewline }) {
            var current = ""
            let words = paragraph.split(whereSeparator: { $0.isWhitespace }).map { word in
                String(
                    String.UnicodeScalarView(word.unicodeScalars.filter { $0.properties.generalCategory != .control }))
            }
            for word in words where !word.isEmpty {
                if !current.isEmpty, current.count + 1 + word.count > width - 4 {
                    line("/// " + current)
                    current = word
                } else {
                    current += current.isEmpty ? word : " " + word
                }
            }
            if !current.isEmpty { line("/// " + current) }
        }
    }

    /// What the declarations need.
    ///
    /// - Parameter foundation: whether types of Foundation are used, and whether in what others can see; nil where they aren't.
    mutating func imports(foundation: ImportUse?) {
        if let foundation { line((foundation == .shown ? options.modifier : "") + "import Foundation") }
        line(options.modifier + "import Kinship")
    }
}

/// Where a module's types are used.
enum ImportUse {
    /// In declarations that others can see.
    case shown
    /// Inside of functions alone.
    case inside
}
