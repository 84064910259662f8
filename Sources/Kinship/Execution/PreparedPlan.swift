// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A plan and everything that running and writing it needs, made once per filter shape.
final class PreparedPlan: Sendable {
    let plan: Plan
    let schema: Schema
    let layout: GraphLayout
    /// The filter that it was made of, without its values, and the model that is asked for.
    let shape: Filter
    let model: Model.ID
    /// What it was planned for; nil for a count.
    let key: PlanKey?

    init(_ plan: Plan, of shape: Filter, for model: Model.ID, schema: Schema, key: PlanKey? = nil) {
        self.plan = plan
        self.shape = shape
        self.model = model
        self.schema = schema
        self.key = key
        layout = GraphLayout(plan, schema: schema)
    }
}
