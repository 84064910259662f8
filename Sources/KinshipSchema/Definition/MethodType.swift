// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a method of a program's own takes or gives, in JSON.
public indirect enum MethodType: Sendable, Hashable, CustomStringConvertible {
    /// Any JSON.
    case any
    /// `true` or `false`.
    case boolean
    /// A whole number.
    case integer
    /// A number.
    case number
    /// A text.
    case string
    /// An instant, as ISO 8601 text.
    case date
    /// An object.
    case object
    /// A list.
    case array(MethodType)
    /// A record of a model.
    case model(String)

    /// As LoopBack writes it: `number`, `[number]`, `Order`.
    public var description: String {
        switch self {
        case .any: "any"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .date: "date"
        case .object: "object"
        case .array(let element): "[\(element)]"
        case .model(let name): name
        }
    }

    /// For messages: `a whole number`, `a list of texts`.
    package var expectation: String {
        switch self {
        case .any: "anything"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a text"
        case .date: "a date as ISO 8601 text"
        case .object: "an object"
        case .array(let element): "a list, each element \(element.expectation)"
        case .model(let name): "a record of \(name)"
        }
    }
}
