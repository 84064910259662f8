// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// How keys of a type pass from step to step.
extension ColumnType {
    /// What is selected of a column.
    enum Form: Sendable, Hashable {
        case value
        /// The text of the value: of what is matched by its text, here or on the server.
        case text
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
}
