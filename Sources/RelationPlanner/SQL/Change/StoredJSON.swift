// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A column that holds JSON, of type json or jsonb or as text, read and written as jsonb.
struct StoredJSON {
    let type: ColumnType
    /// The column.
    let column: String

    init(_ property: Property, of alias: String) {
        type = property.columnType
        column = alias + "." + quoted(property.column)
    }

    /// The JSON; NULL where there is none.
    var reading: String {
        switch type.category {
        case .jsonb: column
        case .text: "nullif(\(column), '')::jsonb"
        default: "\(column)::jsonb"
        }
    }

    /// Makes what is jsonb what the column holds.
    func storing(_ json: String) -> String {
        switch type.category {
        case .jsonb: json
        case .text: "(\(json))::text"
        default: "(\(json))::json"
        }
    }
}
