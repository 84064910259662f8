// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What is gone from a graph.
extension GraphDifference {
    /// A record that is deleted when all others are where they shall be.
    struct Deletion: Sendable {
        let model: Model.ID
        let name: RecordName
        let key: JSONValue
        /// Where it was.
        let path: String
    }

    /// A record as it was read: its key, and its number of changes.
    struct SeenRecord: Sendable {
        let key: JSONValue
        let version: JSONValue
    }

    /// Notes the number of changes that a record had when it was read.
    mutating func noteSeen(_ name: RecordName, _ record: JSONValue, of model: Model) {
        guard let version = model.version, let seen = record[version.name], let key = model.keyJSON(record) else {
            return
        }
        self.seen[model.id, default: [:]][name] = SeenRecord(key: key, version: seen)
    }

    /// What becomes of a related record that was read and isn't at its place any more.
    ///
    /// What is anywhere in the graph is never deleted: it only leaves its place.
    mutating func remove(
        _ gone: JSONValue, _ name: RecordName?, _ key: JSONValue, _ relation: Relation, _ target: Model,
        _ nested: inout NestedRelation, isReplaced: Bool
    ) throws(PlannerError) {
        // Who refers to another one from now on doesn't refer to this one.
        if relation.kind == .belongsTo, isReplaced { return }
        let named: NestedRelation.Target =
            relation.isToMany || relation.kind == .hasOne ? .key(key, link: nil, path: nested.path) : .only
        guard removal != .keep else { return }
        guard relation.embedded == nil else {
            guard removal == .delete else {
                throw PlannerError(
                    .unsupported,
                    "What is kept in the record's own row can't be unlinked from it: save with removing: .delete, or .keep.",
                    path: nested.path, model: target.name, relation: relation.name)
            }
            return nested.delete.append(named)
        }
        if let name, let ways = present[name] {
            if !moves(target, from: relation, by: ways) { nested.disconnect.append(named) }
            return
        }
        guard removal == .delete else { return nested.disconnect.append(named) }
        // A belongsTo only refers to nothing (K6).
        guard let name, relation.kind != .belongsTo else { return nested.delete.append(named) }
        noteSeen(name, gone, of: target)
        guard places[name, default: 0] > 1 || holdsPresent(gone, of: target) else {
            nested.delete.append(named)
            if seen[target.id]?[name] != nil { nested.mayBeGone.insert(key.description) }
            return
        }
        // What was below it moves first, and links go with the last record that has one.
        let isLinked = relation.through != nil || relation.kind == .referencesMany
        if isLinked || (relation.kind == .hasOne && isReplaced && !keepsKey(target, relation)) {
            nested.disconnect.append(named)
        }
        if deleted.insert(name).inserted {
            deletions.append(Deletion(model: target.id, name: name, key: key, path: nested.path))
        }
    }

    /// Whether a record leaves a relation by being where it is from now on: its key becomes another one.
    private func moves(_ target: Model, from relation: Relation, by ways: [Relation]) -> Bool {
        guard relation.through == nil, relation.kind == .hasMany || relation.kind == .hasOne else { return false }
        if keepsKey(target, relation) { return true }
        guard relation.kind == .hasMany else { return false }
        return ways.contains { way in
            way.through == nil && (way.kind == .hasMany || way.kind == .hasOne) && way.targetKey == relation.targetKey
        }
    }

    /// Whether targets of a relation have to refer to somebody.
    private func keepsKey(_ target: Model, _ relation: Relation) -> Bool {
        guard relation.through == nil, relation.kind == .hasMany || relation.kind == .hasOne else { return false }
        return relation.targetKey.contains { !target.properties[$0].isNullable }
    }

    /// Whether something that was below a record is in the graph from now on.
    private func holdsPresent(_ record: JSONValue, of model: Model, depth: Int = 0) -> Bool {
        guard depth < limits.depth else { return false }
        return (record.members ?? []).contains { member in
            guard let (relation, target) = relation(member.key, of: model, record), relation.embedded == nil,
                relation.kind != .belongsTo, relation.kind != .referencesMany
            else { return false }
            return (member.value.elements ?? [member.value]).contains { below in
                name(below, of: target).map { present[$0] != nil } ?? false
                    || holdsPresent(below, of: target, depth: depth + 1)
            }
        }
    }
}
