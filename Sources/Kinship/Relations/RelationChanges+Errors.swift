// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension RelationChanges {
    /// The error of a target that there is none of.
    func missing(_ key: JSONValue?, of id: JSONValue) -> PlannerError {
        guard let key else {
            return PlannerError(
                .relationEmpty, "\(source.name) \(id.description) has no \(relation.name).", model: source.name,
                relation: relation.name)
        }
        return PlannerError(
            .modelNotFound,
            "\(source.name) \(id.description) has no record \(key.description) among its \(relation.name).",
            model: target.name, relation: relation.name)
    }

    /// The error of data that have another key than the relation, or the record it leads to.
    var keyOverride: PlannerError {
        PlannerError(
            .keyOverride,
            "The data have another key than \(source.name).\(relation.name) says; leave it out, or give the same.",
            model: target.name, relation: relation.name)
    }

    /// The error of an operation that a kind of relation doesn't have.
    func unsupported(_ operation: String) -> PlannerError {
        PlannerError(
            .unsupported,
            "\(source.name).\(relation.name) is a \(relation.kind.rawValue), which has no \"\(operation)\".",
            model: source.name, relation: relation.name)
    }

    /// The error of a to-many relation of which no target was named.
    var needsKey: PlannerError {
        PlannerError(
            .invalidFilter, "\(source.name).\(relation.name) leads to many records; say which with its key.",
            model: source.name, relation: relation.name)
    }
}

extension PlannerError {
    /// The error of a record that has what there can be one of.
    static func existing(_ relation: String, of model: String, _ id: JSONValue) -> PlannerError {
        PlannerError(
            .relationExists,
            "\(model) \(id.description) has its \(relation) already; change that, or delete it first.",
            model: model, relation: relation)
    }
}
