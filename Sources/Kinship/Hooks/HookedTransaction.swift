// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The transaction that an operation and its hooks run in.
struct HookedTransaction: Sendable {
    /// What hooks are given.
    let hooks: Transaction
    /// The caller's session, in which the operation itself runs, with its hooks left to who runs them.
    let own: Transaction
}

/// What was looked at before has become something else meanwhile: from the beginning, where that can be.
struct HookRace: Error {
    let error: any Error
}
