// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is heard of the changes of a model: one of them, or that some may be missing.
///
/// ```swift
/// switch event {
/// case .change(let change): print(change.kind, change.key)
/// case .gap: print("read anew what you keep")
/// }
/// ```
public enum ChangeEvent: Sendable, Hashable {
    /// A record has changed.
    case change(RecordChange)
    /// Up to here changes may not have been told: read anew what you keep of the model.
    case gap(Reason)

    /// Why changes may be missing.
    public enum Reason: String, Sendable, CaseIterable {
        /// From now on they are told: always the first event.
        case started
        /// The connection had broken; it listens again.
        case reconnected
        /// They came faster than they were taken.
        case overflow
        /// A statement changed more than 1,000 rows, or all of them (TRUNCATE), or a key is too long to be told.
        case many
    }
}
