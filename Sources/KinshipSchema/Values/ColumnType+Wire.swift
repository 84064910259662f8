// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// How values of a type are sent and read.
extension ColumnType {
    /// The type parameters are sent in: of types whose binary form is nobody's to write here the text, which the
    /// statement casts.
    public var wireType: ColumnType {
        switch category {
        case .interval, .timetz, .other: .text
        case .array(let element) where element.wireType != element: element.wireType.array
        default: self
        }
    }

    /// Whether parameters are sent in the type itself, see ``wireType``.
    package var isSentAsItIs: Bool {
        switch category {
        case .interval, .timetz, .other: false
        case .array(let element): element.isSentAsItIs
        default: true
        }
    }

    /// The type its values are read in: types without a decoder of their own come as text.
    package var readType: ColumnType {
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

    /// Whether the text of a value tells which key of another type it is, as the text of JSON scalars does.
    package var isReadableKey: Bool { abilities.isReadableKey }
}
