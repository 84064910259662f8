// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging

/// What answers are made with.
struct AnswerSettings: Sendable {
    let limits: RESTLimits
    /// How many bytes of an answer are held so that its length and tag are known.
    let bufferedBytes: Int
    /// How many records of a long list are read at a time.
    let batchSize: Int
    /// What long answers may hold together.
    let held: HeldBytes
    /// The streams of changes that are open.
    let changes: ChangeStreams
    /// Says whose records requests are about; nil where the database does.
    let tenant: TenantSource?
    /// Takes what goes wrong once an answer has begun.
    let logger: Logger
    /// Keeps passwords of users.
    let passwords: Passwords
}
