// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// How values of a type are written in a statement.
extension ColumnType {
    /// What is selected of a column.
    enum Form: Sendable, Hashable {
        case value
        /// The text of the value: of what is matched by its text, here or on the server.
        case text
    }

    /// The name to cast to: without a length or scale, which would cut values (`character` alone means one character, and so
    /// does `bit`).
    var castName: String {
        if let element { return element.castName + "[]" }
        return switch oid {
        case Self.bpchar.oid: "bpchar"
        case Self.bit: "\"bit\""
        default: nameWithoutModifier
        }
    }

    private static let bit: UInt32 = 1560

    /// The parameter `$n` as a value of the type.
    package func parameter(_ number: Int) -> String { "$\(number)" + (wireType == self ? "" : "::" + castName) }

    /// A column as a value of the type: what domains hide is made plain.
    func operand(_ column: String) -> String { isBehindDomain ? "\(column)::\(castName)" : column }

    /// A column as it is selected: in its ``readType``.
    func reading(_ column: String) -> String {
        switch category {
        case .other: return text(column)
        case .array(let element) where element.category == .other:
            // The text of an array has those that its elements show themselves with.
            return element.features?.hasTextOfItsOwn == true ? "\(column)::text::text[]" : "\(column)::text[]"
        case .array: return operand(column)
        default: return column
        }
    }

    /// The text of a value, as the type shows itself.
    func text(_ value: String) -> String {
        guard category == .other, features?.hasTextOfItsOwn == true else { return "\(value)::text" }
        return "CASE WHEN \(value) IS NOT NULL THEN concat(\(value)) END"
    }

    /// What keys of the type are sent as: there are no arrays of arrays, so that arrays go as their texts.
    var keyForm: Form { element == nil ? .value : .text }

    /// The type of keys' values that have come.
    var keyType: ColumnType { keyForm == .text ? .text : readType }

    /// What names of models are read as, whatever the type of their column: `character(n)` without its padding.
    var nameForm: Form {
        switch category {
        case .text: oid == Self.bpchar.oid ? .text : .value
        case .enumeration, .other: .value
        default: .text
        }
    }

    /// Whether values come back from their text as they were, and equal ones have equal bytes: then keys can be handed
    /// over.
    var canBeHandedOver: Bool {
        guard equalityIsBytewise else { return false }
        switch category {
        case .bool, .int2, .int4, .int8, .text, .uuid, .enumeration: return true
        default: return false
        }
    }

    /// An operator for two values, so that it is the type's own whatever the session's `search_path` is.
    func written(_ name: String) -> String {
        guard case .other = category, let schema = features?.operators[name], schema != TypeFeatures.systemSchema else {
            return name
        }
        return "OPERATOR(\(quoted(schema)).\(name))"
    }

    /// The type's aggregate function.
    func written(_ function: Aggregate) -> String {
        guard case .other = category, let schema = features?.extremes, schema != TypeFeatures.systemSchema else {
            return function.rawValue
        }
        return "\(quoted(schema)).\(function.rawValue)"
    }
}
