// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What changes of types cost and risk.
enum TypeConversion {
    /// What becomes of values.
    enum Effect {
        /// Nothing has to be written.
        case free
        /// All rows are written, and each value fits.
        case safe
        /// Values may not fit, or lose something.
        case unsafe
    }

    /// Whether both are the same type, however they are spelled.
    static func isSame(_ one: String, _ other: String) -> Bool { plain(one) == plain(other) }

    /// Without white space and in lower case, but for what is quoted.
    private static func plain(_ type: String) -> String {
        let text = type.hasPrefix("public.") ? String(type.dropFirst(7)) : type
        var isQuoted = false
        return String(
            text.flatMap { character -> String in
                if character == "\"" { isQuoted.toggle() }
                if isQuoted { return String(character) }
                return character.isWhitespace ? "" : character.lowercased()
            })
    }

    static func effect(from: String, to: String) -> Effect {
        let (old, new) = (ColumnType(named: from), ColumnType(named: to))
        guard old.element == nil, new.element == nil else { return .unsafe }
        let isVarying = { (type: ColumnType) in type.oid == ColumnType.text.oid || type.oid == ColumnType.varchar.oid }
        if isVarying(old), isVarying(new) {
            guard let length = new.length else { return .free }
            return old.length.map { $0 <= length ? .free : .unsafe } ?? .unsafe
        }
        if old.category == .numeric, new.category == .numeric {
            guard let precision = new.precision else { return .free }
            guard let known = old.precision, old.scale == new.scale else { return .unsafe }
            return known <= precision ? .free : .unsafe
        }
        if new.oid == ColumnType.text.oid || (new.oid == ColumnType.varchar.oid && new.length == nil) {
            // Any value has a text; that of `character` loses its blanks, of bytes its form depends on a setting.
            return old.category == .bytea || old.oid == ColumnType.bpchar.oid ? .unsafe : .safe
        }
        switch (old.category, new.category) {
        case (.int2, .int4), (.int2, .int8), (.int4, .int8), (.float4, .float8), (.json, .jsonb): return .safe
        case (.int2, .numeric), (.int4, .numeric), (.int8, .numeric): return new.precision == nil ? .safe : .unsafe
        case (.int2, .float8), (.int4, .float8): return .safe
        default: return .unsafe
        }
    }

    /// How values are converted, where the server doesn't do it by itself.
    static func using(_ column: String, from: String, to: String) -> String? {
        let (old, new) = (ColumnType(named: from), ColumnType(named: to))
        // A list of texts is no text.
        let (wasText, isText) = (old.isText && old.element == nil, new.isText && new.element == nil)
        if isText || (old.isNumeric && new.isNumeric) || (old.kind == .date && new.kind == .date) { return nil }
        let name = quoted(column)
        if new.category == .jsonb, !wasText { return "to_jsonb(\(name))" }
        if old.isJSON, !new.isJSON {
            // A document is a number or a boolean to the server; whatever else it holds goes by its text, without the quotes.
            let isDirect = old.category == .jsonb && (new.isNumeric || new.category == .bool)
            return isDirect ? "\(name)::\(to)" : "(\(name) #>> '{}')::\(to)"
        }
        let isDirect =
            wasText || old.isJSON || (old.category == .bool && new.category == .int4)
            || (old.category == .int4 && new.category == .bool)
        // Whatever has no conversion of its own goes by its text, and fails at a value that isn't one of the new type.
        return isDirect ? "\(name)::\(to)" : "\(name)::text::\(to)"
    }

    /// Whether values of both can be compared, as a foreign key has to.
    static func areComparable(_ one: String, _ other: String) -> Bool {
        if isSame(one, other) { return true }
        let (own, other) = (ColumnType(named: one), ColumnType(named: other))
        return (own.isNumeric && other.isNumeric) || (own.isText && other.isText)
            || (own.kind == .date && other.kind == .date)
    }
}

extension PropertyKind {
    /// Whether a column of some type can keep values of the kind.
    func isKept(in type: String) -> Bool {
        let column = ColumnType(named: type)
        let isText = column.isText && column.element == nil
        switch self {
        case .string: return column.kind == .string
        case .number: return column.isNumeric
        case .boolean: return column.category == .bool
        case .date: return column.kind == .date
        case .geopoint: return column.category == .point
        case .buffer: return column.category == .bytea || isText
        case .object, .model: return column.isJSON || isText
        // A list of numbers holds no records.
        case .array(of: .object), .array(of: .model(_)):
            return column.isJSON || isText || column.element?.isJSON == true
        case .any, .array: return column.isJSON || column.isText || column.element != nil
        }
    }
}
