// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads patterns and regular expressions.
struct TextReader: ContextReader {
    let context: ReadingContext

    /// A pattern as the caller wrote it, wildcards included.
    func pattern(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let text = try text(json, operand, model, name)
        // PostgreSQL refuses a pattern that ends with the escape character (22025).
        guard !Self.endsInEscape(text) else {
            throw binder.invalid(
                model, model.properties[operand.property], name,
                "a pattern; the backslash at its end escapes nothing, write two")
        }
        return BoundValue(.text, .text(text))
    }

    /// A text that is looked for literally.
    func part(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String, before: String, after: String
    ) throws(PlannerError) -> BoundValue {
        var bytes = Array(before.utf8)
        for byte in try text(json, operand, model, name).utf8 {
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        bytes += after.utf8
        return BoundValue(.text, .text(String(decoding: bytes, as: UTF8.self)))
    }

    private static func endsInEscape(_ pattern: String) -> Bool {
        pattern.utf8.reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 1
    }

    private func text(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> String {
        guard case .string(let text) = json, !text.utf8.contains(0) else {
            throw binder.invalid(model, model.properties[operand.property], name, "a string without the character NUL")
        }
        return text
    }

    /// `"/^customer/i"`, `"^customer/i"` as LoopBack takes it too, or the expression alone.
    func regularExpression(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        var text = try text(json, operand, model, "regexp")
        var ignoringCase = false
        if text.hasPrefix("/"), let end = text.lastIndex(of: "/"), end > text.startIndex {
            let flags = text[text.index(after: end)...]
            guard flags.allSatisfy({ "gim".contains($0) }) else {
                throw binder.invalid(model, property, "regexp", "the flags i, g and m only, not \"\(flags)\"")
            }
            ignoringCase = flags.contains("i")
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if let end = text.lastIndex(of: "/"), end > text.startIndex {
            let flags = text[text.index(after: end)...]
            if !flags.isEmpty, flags.allSatisfy({ "gim".contains($0) }) {
                ignoringCase = flags.contains("i")
                text = String(text[..<end])
            }
        }
        if let problem = RegularExpressionText.problem(text) {
            throw binder.invalid(model, property, "regexp", "a POSIX regular expression; this one is wrong: \(problem)")
        }
        return .regularExpression(operand, BoundValue(.text, .text(text)), ignoringCase: ignoringCase)
    }
}
