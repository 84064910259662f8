// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What changes come to: their statements in order, with the locks ahead, what each part of a statement does and which parts give it
/// values, and what goes out in one round trip; see ``Session/explain(analyze:isolation:_:)``.
///
/// ```swift
/// let explanation = try await database.explain { session in
///     try await session.createRelated("Customer", id: 3, relation: "orders", ["total": 5])
/// }
/// print(explanation.tree.text())  // also .json, .mermaid() and .svg()
/// ```
public struct ChangeExplanation: Sendable {
    /// What is sent, in order: changes, and what was read ahead of them and behind them.
    public let steps: [Explanation]
    /// Whether the operation goes on behind the last step with what depends on its rows: the levels of a whole graph.
    public let goesOn: Bool
    /// All of it as a tree to show.
    public let tree: ExplainTree

    /// How many statements there are.
    public var statements: Int { steps.reduce(0) { $0 + $1.plan.statementCount } }
    /// In how many round trips.
    public var roundTrips: Int { steps.reduce(0) { $0 + $1.plan.waves.count } }
}
