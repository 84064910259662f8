// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The relation types.
public enum RelationKind: String, Sendable, CaseIterable {
    case belongsTo, hasOne, hasMany, hasManyThrough, hasAndBelongsToMany, referencesMany, embedsOne, embedsMany

    /// The type as files have it: what makes a hasMany go through links is its `through`.
    package var written: String { self == .hasManyThrough ? RelationKind.hasMany.rawValue : rawValue }
}

extension RelationKind {
    /// Whether there can be several targets.
    public var isToMany: Bool {
        switch self {
        case .belongsTo, .hasOne, .embedsOne: false
        case .hasMany, .hasManyThrough, .hasAndBelongsToMany, .referencesMany, .embedsMany: true
        }
    }
}
