// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Model {
    /// That a row is of a type: its discriminator names a model. Where the column can't hold the name, for it is no label of
    /// the enumeration or the column is one of numbers, no row is.
    func condition(_ discriminator: Property.ID, names type: String) -> Condition {
        let column = properties[discriminator].columnType
        guard column.isTextual || column.hasPatterns || column.isUnknown,
            let value = ValueReader.value(.string(type), column, .string)
        else { return .never }
        return .comparison(Condition.Operand(discriminator), .equal, value)
    }
}
