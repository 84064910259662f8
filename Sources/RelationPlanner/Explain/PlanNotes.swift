// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is known of a plan beside itself, to be shown with it: why it was chosen, what running it took.
package struct PlanNotes: Sendable, Hashable {
    /// What is said of one thing, in words and for programs.
    package struct Note: Sendable, Hashable {
        /// In words.
        package var lines: [ExplainTree.Line] = []
        /// For programs.
        package var facts: [JSONValue.Member] = []
        /// What hangs below it and is none of the plan's own.
        package var children: [ExplainTree] = []
        /// What was measured.
        package var bars: [ExplainTree.Bar] = []

        /// Nothing yet.
        package init() {}
    }

    /// Why this strategy, in a sentence.
    package var reason: String?
    /// Indexes that are missing.
    package var advice: [IndexAdvice] = []
    /// The filter's values as JSON, in the order of the plan's slots; nil where a value isn't known.
    package var values: [String?] = []
    /// Of the plan as a whole.
    package var whole = Note()
    /// Of fetches.
    package var fetches: [Fetch.ID: Note] = [:]
    /// What was measured of round trips, by their number from 0.
    package var lanes: [Int: [ExplainTree.Bar]] = [:]
    /// Of nodes.
    package var nodes: [Node.ID: Note] = [:]

    /// Nothing yet.
    package init() {}
}
