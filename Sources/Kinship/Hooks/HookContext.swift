// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a hook is given: the change, whose members are its own, and the transaction that all of it is part of.
///
/// ```swift
/// hooks.afterSave("Order", loading: .old) { save in
///     guard save.old?["status"] != save.record?["status"] else { return }
///     try await save.transaction.create("Log", ["order": save.key ?? .null, "status": save.record?["status"] ?? .null])
/// }
/// ```
@dynamicMemberLookup
public struct HookContext: Sendable {
    /// The transaction, for reading and writing in it. Scopes and limits of the caller's session have no say here; hooks of what is
    /// written through it run in turn.
    public let transaction: Transaction
    /// The change.
    public var change: HookedChange

    init(_ transaction: Transaction, _ change: HookedChange) {
        self.transaction = transaction
        self.change = change
    }

    /// A member of the change.
    public subscript<Value>(dynamicMember member: WritableKeyPath<HookedChange, Value>) -> Value {
        get { change[keyPath: member] }
        set { change[keyPath: member] = newValue }
    }

    /// A member of the change.
    public subscript<Value>(dynamicMember member: KeyPath<HookedChange, Value>) -> Value { change[keyPath: member] }

    /// The value that the data have for a property; nil takes it out of them.
    public subscript(property: String) -> JSONValue? {
        get { change[property] }
        set { change[property] = newValue }
    }
}
