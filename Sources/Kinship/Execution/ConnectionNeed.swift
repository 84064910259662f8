// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a tree needs of connections.
enum ConnectionNeed {
    /// Whichever is free.
    case nothing
    /// One for itself.
    case connection
    /// One on which its one wave is a transaction.
    case snapshot
    /// One in a transaction.
    case transaction
}

extension TreeOptions {
    /// What a plan needs.
    ///
    /// Statements that are seen by nobody but themselves and go out together needn't hold a connection. Where filters are run
    /// here they may as well go out one after another: that can take its time, and a connection is not to be held for it.
    func need(_ prepared: PreparedPlan) -> ConnectionNeed {
        if snapshot == .consistent, prepared.hasDeferred { return .transaction }
        let waves = prepared.plan.waves.count
        if snapshot == .consistent, prepared.plan.fetches.count > 1 { return waves == 1 ? .snapshot : .transaction }
        let isFree = waves <= 1 || prepared.filtersHere && !prepared.handsOver
        return isFree && !prepared.hasDeferred ? .nothing : .connection
    }
}
