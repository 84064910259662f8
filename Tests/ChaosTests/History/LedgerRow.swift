// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A row that a write puts into the table `ledger`, which has no key, so that nothing hides a row that is there twice.
struct LedgerRow: Hashable, Sendable {
    /// The write it belongs to.
    var token: Int64
    /// Its number in the write.
    var part: Int32
    /// The account that `amount` is moved to; 0 for none.
    var account: Int32
    var amount: Int64
}
