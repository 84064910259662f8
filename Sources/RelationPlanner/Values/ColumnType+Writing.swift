// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// How values of a type are sent, read and written as text in a statement.
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

    /// The type parameters are sent in: of types whose binary form is nobody's to write here the text, which the
    /// statement casts.
    public var wireType: ColumnType {
        switch category {
        case .interval, .timetz, .other: .text
        case .array(let element) where element.wireType != element: element.wireType.array
        default: self
        }
    }

    /// The parameter `$n` as a value of the type.
    package func parameter(_ number: Int) -> String { "$\(number)" + (wireType == self ? "" : "::" + castName) }

    /// The type its values are read in: types without a decoder of their own come as text.
    var readType: ColumnType {
        switch category {
        case .other: .text
        case .array(let element) where element.category == .other: ColumnType.text.array
        default: self
        }
    }

    /// Whether cells of a type, as the server says, are read as values of this one: nothing is decoded as what it isn't.
    package func isRead(from oid: UInt32) -> Bool {
        switch category {
        case .text: Self.texts.contains(oid)
        case .array(let element) where element.category == .text: Self.textArrays.contains(oid)
        case .array where self.oid == 0: true
        default: self.oid == oid
        }
    }

    private static let texts = Set([text, varchar, bpchar, name].map(\.oid))
    private static let textArrays = Set([text, varchar, bpchar, name].map(\.arrayOID))

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

    /// Whether the text of a value tells which key of another type it is, as the text of JSON scalars does.
    package var isReadableKey: Bool {
        switch category {
        case .bool, .int2, .int4, .int8, .numeric, .text, .uuid, .enumeration, .other: true
        default: false
        }
    }
}
