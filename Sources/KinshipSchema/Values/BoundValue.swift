// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A value that is bound to a statement's parameter: its PostgreSQL type and its contents, checked against the type.
public struct BoundValue: Sendable, Hashable {
    /// The contents.
    public enum Contents: Sendable, Hashable {
        case null
        case bool(Bool)
        /// int2, int4, int8, within the type's range.
        case integer(Int64)
        /// float4, float8.
        case double(Double)
        /// numeric, as its exact digits in PostgreSQL's input form, or `NaN`, `Infinity`, `-Infinity`.
        case numeric(String)
        /// The text family and enumerations; other types in their text form.
        case text(String)
        case bytes([UInt8])
        case uuid(UInt64, UInt64)
        /// Days since 2000-01-01; Int32.max and Int32.min are the infinities.
        case date(Int32)
        /// Microseconds since 2000-01-01 00:00 (UTC for timestamptz); Int64.max and Int64.min are the infinities.
        case timestamp(Int64)
        /// Microseconds since midnight.
        case time(Int64)
        /// json or jsonb, as its text.
        case json(String)
        /// x and y.
        case point(Double, Double)
        /// One-dimensional; elements of the type's element type, NULLs allowed.
        case array([Contents])
        /// A placeholder in a filter's shape: the position of the value in the list taken out of it.
        case slot(Int)

        /// Whether both are the same value: texts byte for byte, NaN like NaN.
        public static func == (one: Contents, other: Contents) -> Bool {
            switch (one, other) {
            case (.null, .null): true
            case (.bool(let own), .bool(let other)): own == other
            case (.integer(let own), .integer(let other)), (.timestamp(let own), .timestamp(let other)),
                (.time(let own), .time(let other)):
                own == other
            case (.double(let own), .double(let other)): own.bitPattern == other.bitPattern
            case (.numeric(let own), .numeric(let other)), (.text(let own), .text(let other)),
                (.json(let own), .json(let other)):
                own.hasSameBytes(as: other)
            case (.bytes(let own), .bytes(let other)): own == other
            case (.uuid(let high, let low), .uuid(let otherHigh, let otherLow)): high == otherHigh && low == otherLow
            case (.date(let own), .date(let other)): own == other
            case (.point(let x, let y), .point(let otherX, let otherY)):
                x.bitPattern == otherX.bitPattern && y.bitPattern == otherY.bitPattern
            case (.array(let own), .array(let other)): own == other
            case (.slot(let own), .slot(let other)): own == other
            default: false
            }
        }
    }

    /// The type the parameter is declared with.
    public var type: ColumnType
    /// The contents.
    public var contents: Contents

    /// A value of a type.
    public init(_ type: ColumnType, _ contents: Contents) {
        self.type = type
        self.contents = contents
    }
}
