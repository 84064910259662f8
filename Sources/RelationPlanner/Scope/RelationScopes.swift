// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a relation's own scopes mean, checked: those that are written, or what the function of the relation gave for a record.
///
/// Records whose relations come out with equal scopes can be loaded together.
public struct RelationScopes: Sendable, Hashable {
    /// The scope of the targets; nil when there is none.
    public internal(set) var targets: Filter?
    /// The scope for each target of a polymorphic belongsTo; targets it doesn't fit are left out.
    package internal(set) var types: [Include.TypeScope] = []
    /// The scope of the links (`through: {model, scope}`).
    public internal(set) var links: Filter?
}
