// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JSONValue: Codable {
    /// Writes the value; numbers with all the digits that the encoder takes.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let flag):
            var container = encoder.singleValueContainer()
            try container.encode(flag)
        case .number(let digits):
            var container = encoder.singleValueContainer()
            if let whole = Int64(digits) {
                try container.encode(whole)
            } else if let number = Double(digits), digits.utf8.count <= 15 || digits == number.description {
                try container.encode(number)
            } else if let number = Decimal(string: digits) {
                try container.encode(number)
            } else {
                try container.encode(Double(digits) ?? .nan)
            }
        case .string(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let members):
            var container = encoder.container(keyedBy: NameKey.self)
            for member in members { try container.encode(member.value, forKey: NameKey(member.key)) }
        }
    }

    /// Reads any value.
    ///
    /// Scalars come first: they are most of what there is, and each other form that is tried costs an error.
    public init(from decoder: any Decoder) throws {
        if let scalar = try? decoder.singleValueContainer(), let value = Self.scalar(scalar) {
            self = value
            return
        }
        if let container = try? decoder.container(keyedBy: NameKey.self) {
            self = .object(
                try container.allKeys.map { Member($0.stringValue, try container.decode(JSONValue.self, forKey: $0)) })
            return
        }
        var container = try decoder.unkeyedContainer()
        var elements: [JSONValue] = []
        while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
        self = .array(elements)
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) -> JSONValue? {
        if container.decodeNil() { return .null }
        if let text = try? container.decode(String.self) { return .string(text) }
        if let whole = try? container.decode(Int64.self) { return .number(String(whole)) }
        if let flag = try? container.decode(Bool.self) { return .bool(flag) }
        // A number beyond what Decimal holds comes as the nearest Double.
        if let number = try? container.decode(Decimal.self), number.isFinite { return .number(number.description) }
        if let number = try? container.decode(Double.self), number.isFinite { return JSONValue(number) }
        return nil
    }
}
