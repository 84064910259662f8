// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a program adds to the operations of sessions, as these see it.
protocol SessionHooks: AnyObject, Sendable {
    /// The models of which it decides which records may be reached.
    var accessed: [String] { get }

    /// Whether it looks at records that a plan shows.
    func looks(at plan: Plan, in schema: Schema) -> Bool

    /// Whether it takes part in changes of a model's records.
    func takesPart(in model: String) -> Bool

    /// Which records of a model may be reached, as a filter's `where`; nil for all.
    func access(to model: String, in context: SessionContext) async throws -> JSONValue?

    /// An answer as it is to be shown.
    func shown(_ graph: Graph, in context: SessionContext) async throws -> Graph
}

/// An operation whose hooks are run by whoever calls it.
struct HooksRun: Sendable {
    /// The models whose hooks are run.
    var models: Set<String> = []
    /// Whether the rows that it answers with are read with all properties.
    var readsAll = false
}
