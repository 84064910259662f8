// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The configuration's numbers as the state uses them.
package struct PoolLimits: Sendable {
    package var minimum: Int
    package var maximum: Int
    package var idleTimeout: Int64
    package var lifetime: Int64
    package var lifetimeJitter: Double
    package var checkAfterIdle: Int64
    package var concurrentConnects: Int
    package var initialBackoff: Int64
    package var maximumBackoff: Int64
    package var outagePatience: Int64
    package var leakThreshold: Int64?
    package var resetsSession: Bool
    /// How many callers' statements may be under way on one connection; 1 where each has one for itself.
    package var pipelineDepth: Int
    /// How long the first of them may have run when another one goes behind it, beside the round trip.
    package var patience: Int64
    /// How long those behind it wait before they go elsewhere.
    package var overdue: Int64

    /// How often, at most, the next share of connections past their time is retired.
    static let retirementPause: Int64 = 1_000_000_000
    /// By how much pauses grow beyond ``maximumBackoff`` when the server refuses the configuration.
    static let refusalFactor: Int64 = 12
    /// The longest pause between attempts while somebody waits for a server to come up.
    static let startupBackoff: Int64 = 1_000_000_000
}
