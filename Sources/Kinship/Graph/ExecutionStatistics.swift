// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What running a plan took.
public struct ExecutionStatistics: Sendable {
    /// Statements sent.
    public internal(set) var statements = 0
    /// Round trips made: statements of one wave share one.
    public internal(set) var roundTrips = 0
    /// The time of all round trips together, from sending to the last row; waiting for a connection is not part of it.
    public internal(set) var duration: Duration = .zero
    /// One entry per fetch of the plan, in its order.
    public internal(set) var fetches: [FetchStatistics] = []

    /// What one fetch took.
    public struct FetchStatistics: Sendable {
        /// The fetch.
        public let fetch: Fetch.ID
        /// Whether it was sent; without keys to ask for it is not.
        public internal(set) var wasSent = false
        /// Rows that came back.
        public internal(set) var rows = 0
        /// Distinct keys that were handed over; 0 for the root.
        public internal(set) var keys = 0
        /// The round trip it went out with; statements of one wave come back together and share this time.
        public internal(set) var duration: Duration = .zero
    }
}
