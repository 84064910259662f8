// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Plan {
    /// The plan as a tree to show: the tree of the answer below a head with the strategy; for each node the model, how its
    /// rows are looked up and why, the round trip, how keys are passed, the statement and its parameters.
    ///
    /// ```swift
    /// let plan = try planner.plan(shape, for: customer.id)
    /// print(try plan.explained(in: schema).text())
    /// // 2 statements in 2 round trips [byLevel]
    /// // └─ Customer [root]
    /// //    │ Customer: the root's own condition
    /// //    │ round trip 1
    /// //    │ SELECT t."id", t."name" FROM "public"."customer" AS t ORDER BY t."id"
    /// //    └─ orders [array], keys of Customer.id, as a parameter
    /// //         Order: orders.customer_id is indexed
    /// //         …
    /// ```
    ///
    /// A relation that needs no statement of its own says where its rows come from. Of a many-to-many relation that is read
    /// in two statements, the links stand above the targets, for that is the way the keys go. Where the schema's catalog
    /// has statistics, the rows of the tables are told.
    ///
    /// It is a pure function: nothing is sent. The number of statements is the largest there can be: those without keys to
    /// ask for are left out when the plan is run.
    ///
    /// - Parameters:
    ///   - schema: the schema the plan was made for.
    ///   - reason: why this strategy, in a sentence.
    ///   - advice: indexes that are missing; each is a warning at the relation that lacks it.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` and `UNKNOWN_PROPERTY` for a schema that lacks what the plan is about.
    public func explained(
        in schema: Schema, because reason: String? = nil, advice: [IndexAdvice] = []
    ) throws(PlannerError) -> ExplainTree {
        for node in nodes { _ = try schema.model(node.model) }
        for fetch in fetches {
            _ = try schema.model(fetch.model)
            for column in fetch.columns {
                let model = try schema.model(column.model)
                if let property = column.property { _ = try model.property(property) }
            }
        }
        var notes = PlanNotes()
        notes.reason = reason
        notes.advice = advice
        return explained(in: schema, notes)
    }

    /// The plan as a tree to show, with what else is known of it.
    package func explained(in schema: Schema, _ notes: PlanNotes) -> ExplainTree {
        PlanExplainer(plan: self, schema: schema, notes: notes).tree()
    }
}
