// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Turns a filter into a plan.
///
/// ```swift
/// let planner = Planner(schema: schema)
/// let (shape, values) = try schema.resolved(filter, for: customer.id).parameterized()
/// let plan = try planner.plan(shape, for: customer.id)
/// ```
public struct Planner: Sendable {
    /// The models, and with them what the database has.
    public let schema: Schema
    /// What the database has; without it no index is taken for granted.
    public var catalog: Catalog? { schema.catalog }

    /// A planner for a schema.
    public init(schema: Schema, catalog: Catalog? = nil) {
        var schema = schema
        schema.catalog = catalog
        self.schema = schema
    }

    /// Whether tables are spread over several servers (Citus), or have to be taken for it. Statements keep to shapes that can be pushed down to these:
    /// arrays of keys and windows; no LATERAL over a set of keys, no keys handed over, nothing joined in.
    public var isDistributed: Bool { catalog?.isDistributed ?? false }

    /// The plan of a filter's shape, with the scopes already merged.
    ///
    /// - Parameters:
    ///   - shape: what `Filter.parameterized()` gives; a filter that still holds its values works too, its plan just
    ///     serves no other.
    ///   - model: the model asked for.
    ///   - strategy: how the statements follow each other. On a distributed database it is always ``Strategy/byLevel``:
    ///     its shards see no settings of the coordinator's transaction.
    ///   - isRootGiven: whether the root's rows are fetched apart from the rest: only what is found in them is asked for then.
    ///   - isInParts: whether they are, part by part, each of which is shown before the next one is asked for: no keys are
    ///     handed over on the server then.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a relation that cannot be loaded in the asked form;
    ///   `UNKNOWN_MODEL` and `INVALID_FILTER` for a model and a filter of another schema.
    public func plan(
        _ shape: Filter, for model: Model.ID, strategy: Strategy = .byLevel, isRootGiven: Bool = false,
        isInParts: Bool = false
    ) throws(PlannerError) -> Plan {
        let options = PlanOptions(
            strategy: isDistributed || isInParts ? .byLevel : strategy, isRootGiven: isRootGiven || isInParts,
            isInParts: isInParts, isDistributed: isDistributed)
        let model = try schema.model(model)
        try FilterFit(schema: schema).check(shape, model)
        var tree = try StepTree.reading(shape, of: model, in: schema, options)
        for pass in Self.passes { pass.run(on: &tree) }
        return try PlanFinisher(tree).plan()
    }

    /// The plan of a change: its first statement makes the change, and gives the rows that it was about as the root's rows; what
    /// is included with them is read behind it.
    ///
    /// - Parameters:
    ///   - change: what is done.
    ///   - shape: what is shown of the rows: `fields` and `include`, with the scopes merged; nothing else of it counts.
    ///   - model: the model of the rows.
    ///   - strategy: how the statements follow each other, see ``plan(_:for:strategy:isRootGiven:isInParts:)``.
    package func plan(
        _ change: Change, answering shape: Filter, for model: Model.ID, strategy: Strategy = .byLevel
    ) throws(PlannerError) -> Plan {
        let change = change.counting(in: schema)
        var filter = Filter()
        (filter.fields, filter.include, filter.readsAll) = (shape.fields, shape.include, shape.readsAll)
        let options = PlanOptions(
            strategy: isDistributed ? .byLevel : strategy, isRootGiven: true, isDistributed: isDistributed)
        var tree: StepTree
        if change.result == .count {
            tree = StepTree(schema, options, filter, of: schema[model])
            var read = Read(RowSource(model))
            read.result = .changed
            tree.append(Step(.read(read), model: model, reason: "a change"))
        } else {
            tree = try StepTree.reading(filter, of: schema[model], in: schema, options)
        }
        tree.changeRead(StepTree.root) { $0.change = change }
        tree.change(StepTree.root) { $0.reason = "a change" }
        for pass in Self.passes { pass.run(on: &tree) }
        return try PlanFinisher(tree).plan()
    }

    /// The plan of `SELECT count(*)` under a condition's shape: one row, one column of type bigint.
    package func countPlan(_ condition: Condition, for model: Model.ID) throws(PlannerError) -> Plan {
        try numbersPlan(Include.Summary(count: true), of: condition, for: model)
    }

    /// The plan of counts and aggregates under a condition's shape: one row, a column for the count where it is asked, and one for
    /// each function.
    package func numbersPlan(
        _ summary: Include.Summary, of condition: Condition, for model: Model.ID
    ) throws(PlannerError) -> Plan {
        var filter = Filter()
        filter.condition = condition
        let model = try schema.model(model)
        var tree = StepTree(schema, PlanOptions(), filter, of: model)
        tree.append(RelationNumbers.step(summary, Read(RowSource(model.id), filter), about: model))
        return try PlanFinisher(tree).plan()
    }
}
