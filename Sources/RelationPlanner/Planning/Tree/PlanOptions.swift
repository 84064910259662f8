// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a plan is wanted.
struct PlanOptions: Sendable, Hashable {
    /// How the statements follow each other.
    var strategy = Strategy.byLevel
    /// Whether the root's rows come by themselves, before anything else is asked for.
    var isRootGiven = false
    /// Whether they come part by part, each of which is shown before the next one is asked for.
    var isInParts = false
    /// Whether tables are spread over several servers.
    var isDistributed = false
}
