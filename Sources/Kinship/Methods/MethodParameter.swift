// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A parameter of a method of the program's own, with the Swift type of its argument.
///
/// ```swift
/// let ids = MethodParameter<[Int]>("ids", from: .body)
/// let limit = MethodParameter<Int>("limit", default: 10, summary: "How many at most.")
/// ```
public struct MethodParameter<Value: MethodValue>: Sendable {
    /// How it is described.
    public let definition: MethodParameterDefinition
    private let defaultValue: Value?

    /// A parameter.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - source: where HTTP has its argument; see ``MethodDefinition/source(of:)`` for what holds without.
    ///   - defaultValue: what is taken where there is none. Without it there has to be one, unless its type is an optional.
    ///   - summary: what is said of it.
    public init(
        _ name: String, from source: MethodParameterDefinition.Source? = nil, default defaultValue: Value? = nil,
        summary: String? = nil
    ) {
        self.defaultValue = defaultValue
        definition = MethodParameterDefinition(
            name, Value.methodType, from: source, isRequired: defaultValue == nil && !Value.isOptional,
            defaultValue: defaultValue?.filterValue, summary: summary)
    }

    /// Whether JSON is what it takes; nil where there is none.
    func isFit(_ json: JSONValue?) -> Bool {
        guard let json, json != .null || Value.self == JSONValue.self else { return !definition.isRequired }
        return Value(argument: json) != nil
    }

    /// The argument.
    func value(_ json: JSONValue?) throws(ArgumentError) -> Value {
        if json.isAbsent, let defaultValue { return defaultValue }
        guard let value = Value(argument: json ?? JSONValue.null) else {
            throw ArgumentError(definition, isMissing: json.isAbsent)
        }
        return value
    }
}

extension JSONValue? {
    /// Whether there is nothing, or null.
    var isAbsent: Bool {
        switch self {
        case .none, .some(.null): true
        default: false
        }
    }
}
