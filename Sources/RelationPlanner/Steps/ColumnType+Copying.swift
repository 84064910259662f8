// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Which values of one type a column of another one takes.
extension ColumnType {
    /// How a value becomes one of another type.
    enum Copying {
        /// As it is, or as an assignment makes it.
        case assigned
        /// By a cast that has to be said.
        case cast
        /// Not at all: the database has no such cast.
        case impossible
    }

    /// How values of this type are copied into a column of another one. Of types that only the server knows it is left to the server.
    func copying(to other: ColumnType) -> Copying {
        if oid == other.oid || category == other.category { return .assigned }
        switch (category, other.category) {
        case (.other, _), (_, .other): return .cast
        case (_, .text): return .assigned
        case (.text, _): return .cast
        case (.array(let own), .array(let element)): return own.copying(to: element)
        case _ where isNumber && other.isNumber: return .assigned
        case (.date, .timestamp), (.date, .timestamptz), (.timestamp, .date), (.timestamp, .timestamptz),
            (.timestamptz, .date), (.timestamptz, .timestamp), (.timestamp, .time), (.timestamptz, .time),
            (.timestamptz, .timetz), (.time, .timetz), (.timetz, .time), (.time, .interval), (.interval, .time),
            (.json, .jsonb), (.jsonb, .json):
            return .assigned
        case (.bool, .int4), (.int4, .bool), (.jsonb, .bool): return .cast
        case (.jsonb, _) where other.isNumber: return .cast
        default: return .impossible
        }
    }

    private var isNumber: Bool {
        switch category {
        case .int2, .int4, .int8, .float4, .float8, .numeric: true
        default: false
        }
    }
}
