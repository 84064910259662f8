// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// The same session for conditions that the library makes: a caller's limits are not meant for them.
    var trusting: Self {
        var trees = trees
        trees.filterLimits = .trusted
        return with(trees: trees)
    }

    /// Records with all their properties, hidden ones too, as they are stored: for hooks that look at what has been written.
    func readingAll(_ model: Model, filter: JSONValue) async throws -> Graph {
        let planning = trusting.context.openPlanning
        var resolved = try planning.resolve(model, filter: filter, unscoped: true)
        resolved.readsAll = true
        let (plan, values) = try planning.prepare(resolved, for: model)
        return try await context.ask(plan, values, planning, as: .find)
    }
}
