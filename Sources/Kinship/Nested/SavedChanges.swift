// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What saving a changed graph came to.
///
/// ```swift
/// let saved = try await database.save("Category", changed, comparedWith: read, removing: .delete)
/// print(saved.created, saved.updated, saved.deleted)
/// ```
public struct SavedChanges: Sendable {
    /// How many records were made.
    public internal(set) var created = 0
    /// How many records were changed.
    public internal(set) var updated = 0
    /// How many records that were there were linked.
    public internal(set) var linked = 0
    /// How many were linked no more.
    public internal(set) var unlinked = 0
    /// How many were deleted.
    public internal(set) var deleted = 0
    /// The record's key, as ``Session/findById(_:id:filter:)`` takes it.
    public internal(set) var id = JSONValue.null
    /// The record as the database has it now, where a filter was given.
    public internal(set) var graph: Graph?

    /// Whether nothing differed, and nothing was sent but what reads the answer.
    public var isEmpty: Bool { created + updated + linked + unlinked + deleted == 0 }

    /// Counts what is to become of a record and of those below it.
    mutating func count(_ record: NestedRecord, isNew: Bool) {
        if isNew { created += 1 } else if record.changesItself { updated += 1 }
        for nested in record.relations {
            for record in nested.create { count(record, isNew: true) }
            for record in nested.update { count(record, isNew: false) }
            linked += nested.connect.count
            unlinked += nested.disconnect.count
            deleted += nested.delete.count
        }
    }
}
