// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A change of rows before there is any text: what is done, in which order, and which rows come back.
///
/// Its parts stand in one statement: each sees the rows of those ahead of it by their names, and all see the tables as they were
/// when the statement began. What has to be decided by rows as they are once nobody else changes them comes ahead of it, as a
/// statement of its own in the same round trip (``ahead``): it locks, and what the change sees is younger than the lock.
///
/// In more files than most types: each is one reading of the same value, its shape, its outline, what is counted and what is copied.
package struct Change: Sendable, Hashable {
    /// What goes out ahead of it: locks.
    var ahead: [Lock] = []
    /// The parts, in their order.
    var parts: [ChangePart]
    /// What goes out behind it: copies of what it changes (`sync`), which others may have made until it had its locks.
    var behind: [CopyRefresh] = []
    /// The parts whose rows are the answer, as one list; the number of rows that the last part changed where there are none.
    var answers: [String]
    /// What comes back.
    var result = Result.rows

    /// Whether a last column tells which of the parts a row is of: its position among those that answer.
    var tellsParts = false
    /// The part whose number of embedded records is the last column.
    var tally: String?

    /// Whether what another one has made meanwhile is found when it is tried again (23505 then is no last word).
    package var findsWhatIsMade = false

    /// What comes back.
    enum Result: Sendable, Hashable {
        /// The rows of the parts that answer.
        case rows
        /// How many rows the last part changed.
        case count
    }

    init(_ parts: [ChangePart], answers: [String]) {
        self.parts = parts
        self.answers = answers
    }

    /// A change that only tells how many rows there were.
    init(counting parts: [ChangePart]) {
        self.parts = parts
        answers = []
        result = .count
    }
}

/// What is waited for before a change looks at anything.
package enum Lock: Sendable, Hashable {
    /// A row, until the transaction ends.
    case row(Model.ID, RowMatch, RowLock)
    /// Names that all who want the same thing agree on (`pg_advisory_xact_lock`), as a list of texts.
    case named(BoundValue)

    /// Names that all who want the same thing agree on.
    static func names(_ names: [String]) -> Lock {
        .named(BoundValue(ColumnType.text.array, .array(names.map { .text($0) })))
    }
}

/// How strongly a row is held.
package enum RowLock: String, Sendable, Hashable {
    /// It stays, and keeps its key.
    case keyShare = "FOR KEY SHARE"
    /// It stays as it is.
    case share = "FOR SHARE"
    /// Nobody else changes it, nor takes this lock; who refers to it doesn't wait.
    case noKeyUpdate = "FOR NO KEY UPDATE"
    /// It may be deleted.
    case update = "FOR UPDATE"
}
