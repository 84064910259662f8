// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Does what is done before the first statement of a request is sent, for measuring it.
    ///
    /// - Parameter id: for one record by its key.
    /// - Returns: how many statements would be sent first.
    package func rehearse(_ model: String, id: JSONValue? = nil, filter: JSONValue?) throws -> Int {
        let planning = context.openPlanning
        let (plan, values): (PreparedPlan, [BoundValue])
        if let id {
            let lookup = try planning.lookup(of: model, filter: filter, unscoped: context.isUnscoped)
            (plan, values) = (lookup.plan, try lookup.values(for: id, planning))
        } else {
            (plan, values) = try planning.prepare(.list, model, filter: filter, unscoped: context.isUnscoped)
        }
        var run = try PlanRun(plan, values: values, context.trees)
        return try run.statements(of: plan.plan.waves[0]).statements.count
    }
}
