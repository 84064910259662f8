// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is bound to one `$n` of a fetch's statement.
public enum ParameterSlot: Sendable, Hashable {
    /// The `n`th value taken out of the filter.
    case value(Int, ColumnType)
    /// A value that is part of the plan (a polymorphic type's name, a JSON path).
    case constant(BoundValue)
    /// The distinct, non-null keys found in the parents' rows, as an array of the element type; `part` is the position
    /// in ``KeySource/columns``.
    case keys(part: Int, element: ColumnType)
    /// The `n`th value taken out of the filter, the root's key, as an array of one element.
    case knownKey(Int, element: ColumnType)

    /// A whole column of a local fetch's rows, as an array of the element type.
    case rows(Fetch.ID, column: Int, element: ColumnType)

    /// The type the parameter is declared with, as a type name.
    public var typeName: String {
        switch self {
        case .value(_, let type): type.wireType.name
        case .constant(let value): value.type.wireType.name
        case .keys(_, let element), .knownKey(_, let element), .rows(_, _, let element): element.name + "[]"
        }
    }
}
