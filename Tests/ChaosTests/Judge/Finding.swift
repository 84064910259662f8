// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something that must not be.
struct Finding: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
        /// An acknowledged write isn't there, or not all of it.
        case lost
        /// Rows are there more often than they were written.
        case doubled
        /// Rows of a write that was refused are there.
        case undead
        /// Rows that nobody wrote.
        case ghost
        /// A part of a write whose outcome is unknown.
        case torn
        /// A row isn't what was written.
        case altered
        /// An answer to another question.
        case swapped
        /// Sums that don't agree.
        case unbalanced
        /// An error without a code.
        case untyped
        /// An error that nothing that was done could cause.
        case unexplained
        /// Something took longer than it may, or has no end.
        case late
        /// The pool's numbers don't add up.
        case permits
        /// Something was not given back: connections, sessions, descriptors, threads, memory.
        case kept
        /// The pool doesn't serve again after the faults.
        case down
    }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    var description: String { "\(kind.rawValue): \(text)" }
}
