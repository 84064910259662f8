// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// A plan and everything that running and writing it needs, made once per filter shape.
final class PreparedPlan: Sendable {
    let plan: Plan
    let schema: Schema
    let layout: GraphLayout
    /// The filter that it was made of, without its values, and the model that is asked for.
    let shape: Filter
    let model: Model.ID
    /// What it was planned for; nil for a count and other numbers.
    let key: PlanKey?
    /// The bytes of its texts, paths and names; all that it holds takes a few times as many.
    let size: Int
    /// The name of the model that is asked for, as spans have it.
    let modelName: String

    /// Whether some of the tree is planned only when its parents have come.
    let hasDeferred: Bool
    /// Whether rows name the models of others, which may be unknown ones.
    let isPolymorphic: Bool
    /// For each fetch what the server calls the types of its columns, as a rule; 0 where that has to be looked into.
    let columnTypes: [[UInt32]]
    /// Whether some rows are made here of others.
    let makesLocalRows: Bool
    /// Whether filters are run here, over embedded records.
    let filtersHere: Bool
    /// Whether a statement leaves keys on the server for another one.
    let handsOver: Bool
    /// For each wave what empties the settings that its keys are handed over in.
    let clearings: [Statement?]
    /// Where the numbers are in the row that comes, of a plan that gives nothing else.
    let numbers: GraphLayout.SummaryLayout?
    /// What is not shown of records that embedded records hold in turn, by the fetch of these.
    let concealments: [Fetch.ID: Concealment]

    init(
        _ plan: Plan, of shape: Filter, for model: Model.ID, schema: Schema, key: PlanKey? = nil,
        numbers: Include.Summary? = nil
    ) {
        self.plan = plan
        self.shape = shape
        self.model = model
        self.schema = schema
        self.key = key
        size = plan.fetches.reduce(0) { $0 + $1.size } + plan.nodes.reduce(0) { $0 + $1.size }
        // A plan of numbers has no nodes.
        modelName = schema[plan.nodes.first?.model ?? model].name
        self.numbers = numbers.map { GraphLayout.SummaryLayout($0, plan, of: schema[model], in: schema) }
        layout = GraphLayout(plan, schema: schema)
        hasDeferred = plan.hasDeferred
        isPolymorphic = plan.nodes.contains { !$0.variants.isEmpty }
        columnTypes = plan.fetches.map { fetch in
            fetch.columns.map { $0.type.isRead(from: $0.type.oid) ? $0.type.oid : 0 }
        }
        makesLocalRows = plan.fetches.contains { $0.local != nil }
        handsOver = plan.fetches.contains { $0.passing == .handedOver }
        clearings = handsOver ? plan.waves.map { wave in plan.clearing(wave).map { Statement($0) } } : []
        var concealments: [Fetch.ID: Concealment] = [:]
        var filtersHere = false
        for fetch in plan.fetches {
            guard case .embedded? = fetch.local else { continue }
            filtersHere = true
            concealments[fetch.id] = Concealment(insideRecordsOf: schema[fetch.model], in: schema)
        }
        self.filtersHere = filtersHere
        self.concealments = concealments
    }
}

extension Fetch {
    /// The bytes of its texts and of what is bound to them as part of the plan.
    fileprivate var size: Int {
        let texts = text.utf8.count + (forMany?.text.utf8.count ?? 0)
        return (slots + (forMany?.slots ?? [])).reduce(texts) { size, slot in
            if case .constant(let value) = slot { size + value.contents.size } else { size }
        }
    }
}

extension Node {
    /// The bytes of its names.
    fileprivate var size: Int { name.utf8.count + (linkObject?.name.utf8.count ?? 0) }
}

extension BoundValue.Contents {
    /// The bytes of its texts.
    fileprivate var size: Int {
        switch self {
        case .numeric(let text), .text(let text), .json(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .array(let elements): elements.reduce(0) { $0 + $1.size }
        default: 0
        }
    }
}
