// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What stands against a migration, all of it at once.
public struct MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problems; never empty.
    public let problems: [MigrationProblem]

    /// An error of the problems found; give one at least.
    public init(_ problems: [MigrationProblem]) { self.problems = problems }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Something that a migration doesn't do.
public struct MigrationProblem: Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing it is; the raw value is stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Values would be lost.
        case loss = "LOSS"
        /// A required column for rows that have no value for it.
        case requiredWithoutDefault = "REQUIRED_WITHOUT_DEFAULT"
        /// A type that not all values may fit.
        case typeChange = "TYPE_CHANGE"
        /// A type that isn't there, and that no model describes.
        case typeMissing = "TYPE_MISSING"
        /// A key becomes another, or gets another type.
        case keyChange = "KEY_CHANGE"
        /// Rows that a constraint won't take.
        case rowsRefuse = "ROWS_REFUSE"
        /// Both the old and the new name of something are there.
        case renameConflict = "RENAME_CONFLICT"
        /// What is wanted can't have its name: something else has it.
        case nameTaken = "NAME_TAKEN"
        /// A view, a function or something else of a person's stands on what would be dropped or get another type.
        case dependent = "DEPENDED_ON"
        /// Somebody is building the index at this moment.
        case building = "INDEX_BUILDING"
        /// All rows of a table that has many would be written anew while nobody can use it.
        case rewrite = "REWRITE"
        /// A migration's file can't be read as one.
        case file = "INVALID_MIGRATION_FILE"
        /// A migration's file isn't what was applied.
        case changed = "MIGRATION_CHANGED"
        /// A migration's file was applied under another name.
        case renamed = "MIGRATION_RENAMED"
        /// A migration that didn't come to its end has no file any more.
        case missing = "MIGRATION_MISSING"
        /// Files of two branches contradict each other.
        case branches = "MIGRATION_BRANCHES"
        /// Definitions contradict each other, or name what isn't there.
        case definition = "INVALID_DEFINITION"
    }

    /// What kind of thing it is.
    public var code: Code
    /// What it is about: `person.age`, and what `--allow-loss` is given.
    public var subject: String
    /// What is wrong, and what can be done.
    public var message: String

    /// A problem.
    public init(_ code: Code, _ subject: String, _ message: String) {
        self.code = code
        self.subject = subject
        self.message = message
    }

    /// Code, subject and message.
    public var description: String { "\(code.rawValue) \(subject): \(message)" }
}
