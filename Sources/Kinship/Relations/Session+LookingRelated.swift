// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What a relation leads to before something is done with it, for hooks.
extension Session {
    /// The target with a key, or all that meet a condition; without either that of a to-one relation.
    func looking(
        atRelated relation: String, of model: String, id: JSONValue, key: JSONValue? = nil,
        where condition: JSONValue? = nil, type: Model? = nil, toDelete: Bool = false
    ) async throws -> Graph {
        try await context.answering { planning in
            let changes = try await context.changes(
                of: relation, model, id: id, where: condition, type: type, planning)
            let values = try key.map { try planning.keyValues($0, of: changes.target) }
            return try await context.looking(
                changes.look(values, toDelete: toDelete), of: changes.target, planning)
        }
    }
}

extension HookRunner {
    /// The kind of a relation.
    func kind(of relation: String, _ model: String) -> Relation.Kind? {
        context.state.planning.schema.models.first { $0.name == model }?.relation(relation)?.kind
    }
}

extension SessionContext {
    /// The properties of targets that a relation says, and whether several can be made at once.
    func givenKeys(
        of relation: String, _ model: String, id: JSONValue, type: Model?
    ) async throws -> (keys: Set<Property.ID>, takesLists: Bool) {
        let planning = openPlanning
        let changes = try await changes(of: relation, model, id: id, type: type, planning)
        return (changes.givenKeys, changes.relation.isToMany)
    }

    /// The properties of targets that stay as they are when one of them is replaced.
    func keptKeys(
        of relation: String, _ model: String, id: JSONValue, type: Model?
    ) async throws -> Set<Property.ID> {
        try await changes(of: relation, model, id: id, type: type, openPlanning).keptKeys
    }
}
