// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A change without its values, and what is shown of the rows it is about: what its plan is kept by.
struct ChangeKey: Hashable, Sendable {
    let change: Change
    let shown: Filter
    let model: Model.ID
}

/// What the plan of one new record is kept by: which properties have values, as ``RecordForm/values(of:)`` says them.
struct CreationKey: Hashable, Sendable {
    let model: Model.ID
    let given: UInt64
    let isUnscoped: Bool
}

extension Planning {
    /// The plan of a change, and what is bound to it.
    ///
    /// - Parameter shown: `fields` and `include` of the rows, with the scopes merged.
    func prepare(
        _ change: Change, showing shown: Filter, of model: Model
    ) throws -> (plan: PreparedPlan, values: [BoundValue]) {
        let (shown, values) = try scoped.withinIncludes(shown, model).parameterized()
        let (change, changed) = try change.within(scoped).keepingCopies(in: schema).parameterized(after: values.count)
        let key = ChangeKey(change: change, shown: shown, model: model.id)
        let plan = try changes.value(key, weight: \.size) {
            PreparedPlan(
                try planner.plan(change, answering: shown, for: model.id), of: shown, for: model.id, schema: schema)
        }
        return (plan, values + changed)
    }
}
