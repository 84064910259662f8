// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Date: FilterValue {
    /// ISO 8601 in UTC, exact to the microsecond; three digits behind the point when the others are zero, as dates in JSON
    /// have them.
    ///
    /// A date outside PostgreSQL's range, 4713 BC to 294276, is `INVALID_VALUE` where it is compared.
    public var filterValue: JSONValue {
        PostgresTimestampTZ(self)?.filterValue ?? .string("a Date out of range")
    }
}

extension UUID: FilterValue {
    /// The text, in lower case as PostgreSQL has it.
    public var filterValue: JSONValue { .string(uuidString.lowercased()) }
}

extension Decimal: FilterValue {
    /// A number with all its digits.
    public var filterValue: JSONValue { isNaN ? .string("NaN") : .number(description) }
}

extension Data: FilterValue {
    /// Base64, as bytes are in JSON.
    public var filterValue: JSONValue { .string(base64EncodedString()) }
}

extension PostgresNumeric: FilterValue {
    /// A number with all its digits; what isn't finite by its name.
    public var filterValue: JSONValue { kind == .finite ? .number(description) : .string(description) }
}

extension PostgresTimestampTZ: FilterValue {
    /// ISO 8601 in UTC, exact to the microsecond.
    public var filterValue: JSONValue {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(timestamp: microsecondsSince2000)
        var text = String(decoding: buffer.array.dropFirst().dropLast(), as: UTF8.self)
        let rest = floorDivide(microsecondsSince2000, 1000).remainder
        if isFinite, rest > 0 {
            let digits = String(1000 + rest).dropFirst()
            text.replaceSubrange(text.index(before: text.endIndex)..., with: "\(digits)Z")
        }
        return .string(text)
    }
}

extension PostgresUUID: FilterValue {
    /// The text.
    public var filterValue: JSONValue { .string(description) }
}
