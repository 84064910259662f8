// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// How values of a type are written in a statement.
extension ColumnType {
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
    package func parameter(_ number: Int) -> String { "$\(number)" + (isSentAsItIs ? "" : "::" + castName) }

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

    /// Whether ``reading(_:)`` leaves a column as it is.
    var isReadAsItIs: Bool {
        switch category {
        case .other: false
        case .array(let element): if case .other = element.category { false } else { !isBehindDomain }
        default: true
        }
    }

    /// The text of a value, as the type shows itself.
    func text(_ value: String) -> String {
        guard category == .other, features?.hasTextOfItsOwn == true else { return "\(value)::text" }
        return "CASE WHEN \(value) IS NOT NULL THEN concat(\(value)) END"
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
