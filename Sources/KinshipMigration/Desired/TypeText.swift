// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Types as `format_type` writes them, from what people write.
enum TypeText {
    static func normal(_ written: String, length: Int?, precision: Int?, scale: Int?) -> String {
        var text = written.trimmingSpace
        if text.hasSuffix("[]") {
            text.removeLast(2)
            let element = normal(text, length: length, precision: precision, scale: scale)
            return element.hasSuffix("[]") ? element : element + "[]"
        }
        // Names are as they are quoted; the fields of an interval are a part of its type.
        if text.contains("\"") { return text }
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if words.hasPrefix("interval ") || words.hasPrefix("interval(") {
            return words.replacing(" (", with: "(").replacing("( ", with: "(").replacing(" )", with: ")")
        }
        if words.hasPrefix("float("), words.hasSuffix(")"),
            let digits = Int(words.dropFirst(6).dropLast().trimmingSpace)
        {
            return digits <= 24 ? "real" : "double precision"
        }
        let type = ColumnType(named: text, length: length, precision: precision, scale: scale)
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")"),
            type.length == nil, type.precision == nil, type.element == nil
        else { return type.name }
        // The digits of times, the length of bits, and what types of extensions take.
        let modifier = text[text.index(after: open)..<close].filter { !$0.isWhitespace }
        guard modifier.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "," }) else { return type.name }
        for zone in [" with time zone", " without time zone"] where type.name.hasSuffix(zone) {
            return type.name.dropLast(zone.count) + "(\(modifier))" + zone
        }
        return type.name + "(\(modifier))"
    }
}
