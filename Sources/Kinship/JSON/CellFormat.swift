// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// How a binary cell becomes JSON: chosen once per column of a plan, from the property's kind and the column's type.
indirect enum CellFormat: Sendable {
    case bool, int2, int4, int8, float4, float8, numeric
    case text, uuid, bytea
    case timestamp, date, time, timetz, interval
    case json, jsonb, point
    /// Text that holds JSON (LoopBack keeps objects and lists in text columns): pasted when it is valid, else a string.
    case textHoldingJSON
    /// The value in quotes: a `string` property over a numeric column.
    case quoted(CellFormat)
    /// Elements in this format.
    case array(CellFormat)
    /// JSON of which some members are not shown.
    case concealing(Concealment, CellFormat)

    init(_ type: ColumnType, as kind: Property.Kind?) {
        let format = Self.natural(type.category)
        switch kind {
        case .string:
            switch format {
            case .bool, .int2, .int4, .int8, .float4, .float8, .numeric: self = .quoted(format)
            default: self = format
            }
        case .object, .any, .array, .model:
            if case .text = format { self = .textHoldingJSON } else { self = format }
        default: self = format
        }
    }

    /// The format without what must not be shown; of formats without JSON nothing is hidden.
    func concealing(_ concealment: Concealment) -> CellFormat {
        switch self {
        case .json, .jsonb, .textHoldingJSON: .concealing(concealment, self)
        case .array(let element): .array(element.concealing(concealment))
        default: self
        }
    }

    private static func natural(_ category: ColumnType.Category) -> CellFormat {
        switch category {
        case .bool: .bool
        case .int2: .int2
        case .int4: .int4
        case .int8: .int8
        case .float4: .float4
        case .float8: .float8
        case .numeric: .numeric
        case .text, .enumeration, .other: .text
        case .bytea: .bytea
        case .uuid: .uuid
        case .date: .date
        case .time: .time
        case .timetz: .timetz
        case .timestamp, .timestamptz: .timestamp
        case .interval: .interval
        case .json: .json
        case .jsonb: .jsonb
        case .point: .point
        case .array(let element): .array(natural(element.category))
        }
    }
}
