// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Whether a table has the triggers that tell of changes: see ``Database/changeTriggers(of:)``.
///
/// ```swift
/// for table in try await database.changeTriggers() { print(table) }  // public.orders: installed
/// ```
public struct ChangeTriggerState: Sendable, Hashable, CustomStringConvertible {
    /// The table with its schema: `public.orders`.
    public let table: String
    /// Whether it has triggers, of whatever version and however many.
    public let isThere: Bool
    /// Whether they are what they should be: all there, on, and made for the key that the models have.
    public let isCurrent: Bool

    init(_ trigger: ChangeTrigger, _ look: ChangeLook) {
        table = "\(trigger.schema).\(trigger.table)"
        isThere = look.count > 0
        isCurrent = look.isInstalled && look.body == trigger.body
    }

    /// The table, and `installed`, `outdated` or `missing`.
    public var description: String { "\(table): \(isCurrent ? "installed" : isThere ? "outdated" : "missing")" }
}
