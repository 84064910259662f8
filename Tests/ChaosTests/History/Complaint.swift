// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An error that a task was given.
struct Complaint: Sendable {
    let operation: String
    let lane: Lane
    /// Nil for an error without a code.
    let code: String?
    /// What the task did itself that may cause errors: it was cancelled, had a short deadline.
    let ownCauses: Set<String>
    let began: ContinuousClock.Instant
    let ended: ContinuousClock.Instant
    let text: String
}
