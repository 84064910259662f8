// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A scope that is reckoned each time it is used: a function that gives a filter.
///
/// ```swift
/// order.scopeFunction = ScopeFunction { ["where": ["tenantId": .number(Tenant.current)]] }
/// order.scopeFunctions["since"] = ScopeFunction { parameters in
///     ["where": ["placedAt": ["gte": parameters["from"] ?? .null]]]
/// }
/// customer.relations[0].scopeFunction = ScopeFunction { parent in ["where": ["region": parent["region"]]] }
/// ```
///
/// It runs on the task of the request, so task-local values are the request's, and must not block. It gives a filter as
/// JSON, `null` for none; what it gives is checked each time like a scope in a definition: hidden properties may be used,
/// and a mistake is ``PlannerError`` `INVALID_SCOPE` with the scope's place. To refuse a request it throws a
/// ``PlannerError`` of its own choice, which comes out as it is.
///
/// Two are equal when one is a copy of the other.
public struct ScopeFunction<Input>: Sendable {
    private final class Body: Sendable {
        let call: @Sendable (Input) throws(PlannerError) -> JSONValue

        init(_ call: @escaping @Sendable (Input) throws(PlannerError) -> JSONValue) { self.call = call }
    }

    private let body: Body

    /// A scope of a function.
    public init(_ body: @escaping @Sendable (Input) throws(PlannerError) -> JSONValue) { self.body = Body(body) }

    /// What the function gives, unchecked.
    ///
    /// - Throws: what the function throws.
    public func callAsFunction(_ input: Input) throws(PlannerError) -> JSONValue { try body.call(input) }
}

extension ScopeFunction where Input == Void {
    /// A scope of a function without parameters.
    public init(_ body: @escaping @Sendable () throws(PlannerError) -> JSONValue) {
        self.init { (_: Void) throws(PlannerError) in try body() }
    }
}

extension ScopeFunction: Hashable {
    /// Whether one is a copy of the other.
    public static func == (one: ScopeFunction, other: ScopeFunction) -> Bool { one.body === other.body }

    /// Hashes which function it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(body)) }
}
