// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Something a request can ask for; each lives in a file of its own in `Operations`, whose list is `Operation.all`.
struct Operation: Sendable {
    /// The name in a request's `op`.
    let name: String
    /// The members it can't do without, besides `model` and `op`.
    let required: [Member]
    /// The members it takes besides.
    let optional: [Member]
    /// What the result is, in a few words.
    let result: String
    /// Does it.
    let run: @Sendable (BatchRequest, Database) async throws -> BatchAnswer

    init(
        _ name: String, _ required: Member..., optional: [Member] = [], result: String,
        run: @escaping @Sendable (BatchRequest, Database) async throws -> BatchAnswer
    ) {
        self.name = name
        self.required = required
        self.optional = optional
        self.result = result
        self.run = run
    }
}
