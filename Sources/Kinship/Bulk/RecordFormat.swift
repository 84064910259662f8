// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How many records are written down, on the way in and on the way out.
public enum RecordFormat: String, Sendable, Hashable, CaseIterable {
    /// A JSON object on each line, as ``Graph/jsonLines(_:)`` writes them.
    case jsonLines = "jsonl"
    /// Comma-separated values (RFC 4180) under a header of property names. An empty cell is NULL, an empty text is `""`; lists and
    /// JSON are JSON texts.
    case csv
}

/// What becomes of a record whose key is there already.
public enum ConflictPolicy: String, Sendable, Hashable, CaseIterable {
    /// It is refused.
    case fail
    /// It isn't stored, and the one that is there stays as it is.
    case skip
    /// The one that is there gets the values that the data give.
    case update
}

/// What becomes of the others when a record can't be stored.
public enum ErrorPolicy: Sendable, Hashable {
    /// Nothing is stored.
    case fail
    /// Records that can't be stored are put aside with the reasons, and the others are stored; where more than `limit` can't be,
    /// nothing is.
    case collect(limit: Int)

    /// How many records may be refused.
    var limit: Int {
        if case .collect(let limit) = self { max(0, limit) } else { 0 }
    }
}
