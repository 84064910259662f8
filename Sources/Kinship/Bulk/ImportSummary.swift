// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What an import came to.
public struct ImportSummary: Sendable, Hashable {
    /// How many records were read.
    public internal(set) var records = 0
    /// How many were made.
    public internal(set) var made = 0
    /// How many that were there have been changed.
    public internal(set) var updated = 0
    /// How many weren't stored because their key was there, or because a trigger passed over them.
    public internal(set) var skipped = 0
    /// Those that can't be stored, in the order in which that was found out.
    public internal(set) var rejected: [RejectedRecord] = []
    /// The bytes they were read from; 0 for records that weren't read from text.
    public internal(set) var bytes = 0
}

/// How far an import has come.
public struct ImportProgress: Sendable, Hashable {
    /// What is being done.
    public enum Phase: String, Sendable, Hashable {
        /// Records are read, checked and sent.
        case reading
        /// All have been sent, and the server stores them.
        case storing
    }

    /// What is being done.
    public var phase: Phase
    /// The bytes that have been read.
    public var bytes: Int
    /// The records that have been read.
    public var records: Int
    /// Those that can't be stored, as far as that is known.
    public var rejected: Int

    /// Numbers, for showing them.
    public init(phase: Phase = .reading, bytes: Int = 0, records: Int = 0, rejected: Int = 0) {
        self.phase = phase
        self.bytes = bytes
        self.records = records
        self.rejected = rejected
    }
}
