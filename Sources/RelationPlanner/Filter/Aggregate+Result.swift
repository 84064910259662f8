// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Aggregate {
    /// Whether the result is one of the values.
    var isExtreme: Bool { self == .min || self == .max }

    /// The type PostgreSQL gives the function's result (documentation, "Aggregate Functions").
    func resultType(of type: ColumnType) -> ColumnType {
        switch (self, type.category) {
        case (.count, _): .int8
        case (.min, _), (.max, _): type.readType
        case (.sum, .int2), (.sum, .int4): .int8
        case (.sum, .float4): .float4
        case (.sum, .float8), (.avg, .float4), (.avg, .float8): .float8
        case (.sum, .interval), (.avg, .interval): .interval
        default: .numeric
        }
    }
}
