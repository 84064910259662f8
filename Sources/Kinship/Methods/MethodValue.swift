// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A Swift type that a method of the program's own can take as an argument, and give.
///
/// `Bool`, `Int`, `Int64`, `Int32`, `Double`, `String`, `Date`, `UUID`, ``JSONValue``, lists of these, dictionaries by text, and optionals are; an
/// enumeration with a raw value is when it says so.
public protocol MethodValue: FilterValue, MethodOutput {
    /// What it is in JSON.
    static var methodType: MethodType { get }
    /// Whether there may be none.
    static var isOptional: Bool { get }

    /// The value that JSON is; nil where it is none.
    init?(argument: JSONValue)
}

extension MethodValue {
    /// There has to be one.
    public static var isOptional: Bool { false }
    /// What it is in JSON.
    public static var outputType: MethodType? { methodType }
    /// The value as JSON.
    public func methodJSON() -> [UInt8] { Array(filterValue.description.utf8) }
}

extension JSONValue: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .any }
    /// The value that JSON is.
    public init?(argument: JSONValue) { self = argument }
}

extension Bool: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .boolean }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard case .bool(let flag) = argument else { return nil }
        self = flag
    }
}

extension MethodValue where Self: FixedWidthInteger {
    /// What it is in JSON.
    public static var methodType: MethodType { .integer }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard case .number(let text) = argument,
            case .integer(let number)? = ValueReader.contents(.number(text), .int8, .number)
        else { return nil }
        self.init(exactly: number)
    }
}

extension Int: MethodValue {}
extension Int64: MethodValue {}
extension Int32: MethodValue {}

extension Double: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .number }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard case .number(let text) = argument, let number = Double(text), number.isFinite else { return nil }
        self = number
    }
}

extension String: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .string }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard case .string(let text) = argument else { return nil }
        self = text
    }
}

extension Date: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .date }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard case .string = argument,
            case .timestamp(let microseconds)? = ValueReader.contents(argument, .timestamptz, .date),
            microseconds != .max, microseconds != .min
        else { return nil }
        self.init(timeIntervalSince1970: 946_684_800 + Double(microseconds) / 1_000_000)
    }
}

extension UUID: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .string }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard case .string(let text) = argument, let uuid = UUID(uuidString: text) else { return nil }
        self = uuid
    }
}

extension Array: MethodValue, MethodOutput where Element: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .array(Element.methodType) }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard let elements = argument.elements else { return nil }
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = Element(argument: element) else { return nil }
            values.append(value)
        }
        self = values
    }
}

extension Dictionary: MethodValue, MethodOutput where Key == String, Value: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { .object }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard let members = argument.members else { return nil }
        var values: [String: Value] = [:]
        for member in members {
            guard let value = Value(argument: member.value) else { return nil }
            values[member.key] = value
        }
        self = values
    }
}

extension Optional: MethodValue, MethodOutput where Wrapped: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { Wrapped.methodType }
    /// There may be none.
    public static var isOptional: Bool { true }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard argument != .null else {
            self = .none
            return
        }
        guard let value = Wrapped(argument: argument) else { return nil }
        self = .some(value)
    }
}

extension MethodValue where Self: RawRepresentable, RawValue: MethodValue {
    /// What it is in JSON.
    public static var methodType: MethodType { RawValue.methodType }
    /// The value that JSON is.
    public init?(argument: JSONValue) {
        guard let raw = RawValue(argument: argument) else { return nil }
        self.init(rawValue: raw)
    }
}
