// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A JSON text, parsed without loss: numbers keep their digits, objects their order.
///
/// Equal are those with the same texts byte for byte.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number as it was written (a valid JSON number).
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Members in their order; a repeated key keeps its last value at its first place.
    case object([Member])

    /// One member of an object.
    public struct Member: Sendable, Hashable {
        /// The name.
        public var key: String
        /// What it holds.
        public var value: JSONValue

        /// A key and its value.
        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }

        /// Whether keys and values are the same.
        public static func == (one: Member, other: Member) -> Bool {
            one.key.hasSameBytes(as: other.key) && one.value == other.value
        }
    }

    /// Whether both are the same JSON.
    public static func == (one: JSONValue, other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let own), .bool(let other)): own == other
        case (.number(let own), .number(let other)), (.string(let own), .string(let other)): own.hasSameBytes(as: other)
        case (.array(let own), .array(let other)): own == other
        case (.object(let own), .object(let other)): own == other
        default: false
        }
    }
}
