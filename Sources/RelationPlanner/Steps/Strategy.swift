// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How the statements of a tree follow each other.
///
/// Either way there is one statement for each relation, and the rows are the same.
public enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// Level by level: the keys found in one level are sent with the statements of the next. One round trip per level.
    case byLevel
    /// All at once: each statement hands its keys over to the next one on the server. One round trip for the whole tree,
    /// as far as the keys' types allow; what they don't allow follows level by level.
    ///
    /// Needs a session that stays the same for the length of a transaction: a pooler in transaction mode will do, one in
    /// statement mode won't.
    case oneTrip
}
