// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What became of links that were taken away.
public struct RemovedLinks: Sendable {
    /// How many links there were; nil for the list of a referencesMany.
    public let count: Int64?
    /// The keys that are left in the list of a referencesMany; nil for other kinds.
    public let keys: JSONValue?
    /// What it took.
    public let statistics: ExecutionStatistics

    init(count: Int64?, keys: JSONValue?, statistics: ExecutionStatistics) {
        self.count = count
        self.keys = keys
        self.statistics = statistics
    }

    init(_ result: CountResult) { self.init(count: result.count, keys: nil, statistics: result.statistics) }
}
