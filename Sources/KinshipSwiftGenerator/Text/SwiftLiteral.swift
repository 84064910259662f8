// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Values as Swift writes them.
enum SwiftLiteral {
    /// A text in quotes; nothing in it can end it or be evaluated.
    static func text(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                    literal += "\\u{\(String(scalar.value, radix: 16))}"
                default: literal.unicodeScalars.append(scalar)
                }
            }
        }
        return literal + "\""
    }

    /// A list of texts.
    static func texts(_ texts: [String]) -> String { "[" + texts.map { text($0) }.joined(separator: ", ") + "]" }

    /// JSON on one line.
    static func json(_ value: JSONValue) -> String {
        switch value {
        case .null: ".null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): number(digits)
        case .string(let string): text(string)
        case .array(let elements): "[" + elements.map { json($0) }.joined(separator: ", ") + "]"
        case .object(let members):
            members.isEmpty
                ? "[:]"
                : "[" + members.map { "\(text($0.key)): \(json($0.value))" }.joined(separator: ", ") + "]"
        }
    }

    private static func number(_ digits: String) -> String {
        if let whole = Int64(digits), String(whole) == digits { return digits }
        return ".number(\(text(digits)))"
    }

    /// A property's kind.
    static func kind(_ kind: PropertyKind) -> String {
        switch kind {
        case .string: ".string"
        case .number: ".number"
        case .boolean: ".boolean"
        case .date: ".date"
        case .buffer: ".buffer"
        case .geopoint: ".geopoint"
        case .object: ".object"
        case .any: ".any"
        case .array(let element): ".array(of: \(self.kind(element)))"
        case .model(let name): ".model(\(text(name)))"
        }
    }
}
