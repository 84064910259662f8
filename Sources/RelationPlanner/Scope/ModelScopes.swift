// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The scopes of a model and of its relations, checked.
///
/// ```swift
/// let names = scoped.scopes(of: order.id).named.map(\.name)
/// ```
public struct ModelScopes: Sendable {
    /// The default scope; nil when there is none, or when it is a function.
    public internal(set) var byDefault: Filter?
    /// The function that gives the default scope, nil when it is none.
    public internal(set) var defaultFunction: ScopeFunction<Void>?
    /// Named scopes.
    public internal(set) var named: [NamedScope] = []
    /// The scopes of the relations, by their positions.
    var relations: [RelationScopes] = []

    /// The named scope called `name`, nil when there is none.
    public func named(_ name: String) -> NamedScope? { named.first { $0.name == name } }
}
