// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a relation writes besides keys where that can't be copied inside of a statement: what a function gives, copies in embedded
/// records, and the copy of a target that its owner embeds.
struct Filling: Sendable {
    /// Which way the values go.
    enum Direction: Sendable {
        /// Into new targets, from the record that has the relation.
        case toTargets
        /// Into the record that has the relation, from its target (`invertProperties`).
        case toOwner
        /// Likewise, as one object under the relation's name (`embedsProperties`).
        case embedded(Property)
    }

    let relation: Relation
    let owner: Model
    let direction: Direction

    /// What a relation writes; nil where statements do all of it.
    ///
    init?(_ relation: Relation, of owner: Model) {
        let definition = relation.definition
        self.relation = relation
        self.owner = owner
        if relation.kind == .belongsTo, definition.embedsProperties {
            guard let property = owner.property(relation.name) else { return nil }
            direction = .embedded(property)
        } else if relation.kind == .belongsTo, definition.invertProperties {
            guard definition.propertiesFunction != nil else { return nil }
            direction = .toOwner
        } else {
            let isCopied = relation.embedded != nil && !definition.properties.isEmpty
            guard !definition.invertProperties, definition.propertiesFunction != nil || isCopied else { return nil }
            direction = .toTargets
        }
    }

    /// Whether what is written goes into new targets.
    var isToTargets: Bool { if case .toTargets = direction { true } else { false } }

    /// How the record that has the relation is held meanwhile: as what changes it needs it, else so that others can do the same.
    var lock: RowLock {
        switch relation.kind {
        case .hasMany, .hasManyThrough, .hasAndBelongsToMany: .share
        case .hasOne, .belongsTo, .referencesMany, .embedsOne, .embedsMany: .noKeyUpdate
        }
    }

    /// The values that come from a record.
    func values(from source: ParentRecord, _ data: JSONValue) throws(PlannerError) -> [String: JSONValue] {
        guard let function = relation.definition.propertiesFunction else {
            var values: [String: JSONValue] = [:]
            for copy in relation.definition.properties { values[copy.to] = source[copy.from] }
            return values
        }
        do {
            return try function(source, data)
        } catch {
            var error = error
            (error.model, error.relation) = (error.model ?? owner.name, relation.name)
            if error.code == .invalidDefinition { error.path = "relations.\(relation.name).properties" }
            throw error
        }
    }

    /// Data with the values in the place of their own.
    func filled(_ data: JSONValue, from source: ParentRecord) throws(PlannerError) -> JSONValue {
        guard let members = data.members else { return data }
        let values = try values(from: source, data)
        return .object(
            members.filter { values[$0.key] == nil }
                + values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) })
    }
}
