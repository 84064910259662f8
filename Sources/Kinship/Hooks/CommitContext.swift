// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a hook behind a transaction is given: a change that has been committed, or rolled back.
@dynamicMemberLookup
public struct CommitContext: Sendable {
    /// The change.
    public let change: HookedChange
    /// The database: what is done through it is outside of the transaction, which has ended.
    public let session: any Session
    /// Why it was rolled back; nil when it was committed.
    public let error: (any Error)?

    init(_ change: HookedChange, _ session: any Session, _ error: (any Error)?) {
        self.change = change
        self.session = session
        self.error = error
    }

    /// A member of the change.
    public subscript<Value>(dynamicMember member: KeyPath<HookedChange, Value>) -> Value { change[keyPath: member] }
}
