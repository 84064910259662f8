// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A plan and everything that running and writing it needs, made once per filter shape.
final class PreparedPlan: Sendable {
    let plan: Plan
    let schema: Schema
    let layout: GraphLayout

    init(_ plan: Plan, schema: Schema) {
        self.plan = plan
        self.schema = schema
        layout = GraphLayout(plan, schema: schema)
    }
}
