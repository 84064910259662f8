// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Whether there is a record with a key that meets a condition of the program's own, which may ask about what is hidden.
    ///
    /// - Parameter id: the key, as ``findById(_:id:filter:)`` takes it; one that the model's key can't be is no record's.
    /// - Note: One statement.
    package func meets(_ model: String, id: JSONValue, _ condition: JSONValue) async throws -> Bool {
        try await context.answering { planning in
            let model = try planning.model(model)
            let key: Condition
            do {
                key = try planning.keyCondition(id, of: model)
            } catch let error as PlannerError where error.code != .unknownModel {
                return false
            }
            let own = try planning.schema.trustedWhere(condition, for: model)
            let resolved = try planning.scoped.resolved(
                .all([key, own]), for: model.id, unscoped: context.isUnscoped)
            return try await context.count(resolved, of: model, planning, as: .exists).count > 0
        }
    }
}
