// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What model files can't say: functions, attached to models and relations by their names before the database is opened.
///
/// ```swift
/// let functions: ModelFunctions = [
///     "Customer.localOrders": .scope { customer in ["where": ["currency": customer["currency"]]] },
///     "Order": .defaultScope { ["where": ["tenant": JSONValue(Tenant.current)]] },
/// ]
/// let schema = try SchemaLoader.load(directory: "models").attaching(functions)
/// ```
///
/// A name stands for a model, or for a relation as `Model.relation`. Several functions may go to one name.
public struct ModelFunctions: Sendable, ExpressibleByDictionaryLiteral {
    /// A function, or several of a kind.
    public struct Function: Sendable {
        package enum Kind: Sendable {
            case scope(ScopeFunction<ParentRecord>)
            case properties(PropertiesFunction)
            case scopeMethods(@Sendable (RelationDefinition) -> [MethodDefinition])
            case methods([MethodDefinition])
            case defaultScope(ScopeFunction<Void>)
            case namedScope(String, ScopeFunction<[String: JSONValue]>)
        }

        package let kind: Kind

        package init(_ kind: Kind) { self.kind = kind }
    }

    /// A function with the name of what it goes to.
    package struct Entry: Sendable {
        let name: String
        let kind: Function.Kind
    }

    /// In the order they were attached in.
    package private(set) var entries: [Entry] = []

    /// No functions.
    public init() {}

    /// Functions by the names of what they go to.
    public init(dictionaryLiteral elements: (String, Function)...) {
        for (name, function) in elements { attach(function, to: name) }
    }

    /// Attaches a function.
    public mutating func attach(_ function: Function, to name: String) {
        entries.append(Entry(name: name, kind: function.kind))
    }

    /// Whether there are none.
    public var isEmpty: Bool { entries.isEmpty }
}

extension ModelFunctions.Function {
    /// The scope of a relation, as a function of the record it starts from (D11).
    public static func scope(
        _ body: @escaping @Sendable (_ parent: ParentRecord) throws(PlannerError) -> JSONValue
    ) -> Self {
        Self(.scope(ScopeFunction(body)))
    }

    /// What a relation writes into records that are made through it.
    public static func properties(_ body: @escaping PropertiesFunction.Body) -> Self {
        Self(.properties(PropertiesFunction(body)))
    }

    /// The default scope of a model.
    public static func defaultScope(_ body: @escaping @Sendable () throws(PlannerError) -> JSONValue) -> Self {
        Self(.defaultScope(ScopeFunction(body)))
    }

    /// A named scope of a model.
    public static func namedScope(
        _ name: String,
        _ body: @escaping @Sendable (_ parameters: [String: JSONValue]) throws(PlannerError) -> JSONValue
    ) -> Self {
        Self(.namedScope(name, ScopeFunction(body)))
    }
}
