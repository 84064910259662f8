// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What one tree has taken so far of what it may take, all runs of plans that it is made of together.
struct TreeUsage: Sendable {
    /// The rows that have come.
    var size = TreeSize()
    /// What may still be done in memory.
    var work: MemoryWork
    /// Statements sent, round trips made and time taken, all runs together.
    var statements = 0
    var roundTrips = 0
    var duration: Duration = .zero
}
