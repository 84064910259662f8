// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a filter comes to, and what answering it took: a plan with the reasons for it, as a tree to show.
///
/// ```swift
/// let explanation = try await database.explain("Customer", filter: ["include": "orders"], analyze: .run)
/// print(explanation.tree.text())
/// for advice in explanation.advice { print(advice.createStatement) }
/// ```
public struct Explanation: Sendable {
    /// How much is found out.
    public enum Analysis: String, Sendable, Hashable, CaseIterable {
        /// Only what is known beforehand; nothing is sent.
        case none
        /// The filter is answered, and rows, keys and times are told.
        case run
        /// The filter is answered, and each of its statements is run once more under the server's own
        /// `EXPLAIN (ANALYZE, BUFFERS)`.
        case server
    }

    /// The plan.
    public let plan: Plan
    /// The plan and all that is known of it, to be shown as text, JSON, Mermaid or SVG.
    public let tree: ExplainTree
    /// Indexes that are missing, those of includes at every depth with them; they are warnings in the tree.
    public let advice: [IndexAdvice]
    /// What answering the filter took; nil when it wasn't run.
    public let statistics: ExecutionStatistics?
    /// The server's own plans by the fetch they are of; empty unless they were asked for, without those fetches that weren't
    /// sent for want of keys.
    public let serverPlans: [Fetch.ID: ServerPlan]
}
