// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Filter.RowLimit {
    /// The parameter that holds the number, nil for no limit.
    var parameter: ParameterSlot? {
        switch self {
        case .unlimited: nil
        case .rows(let count): .constant(BoundValue(.int8, .integer(Int64(count))))
        case .slot(let position): .value(position, .int8)
        }
    }
}
