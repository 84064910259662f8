// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Something a request can ask for; each lives in a file of its own in `Operations`.
struct Operation: Sendable {
    /// The name in a request's `op`.
    let name: String
    /// Does it.
    let run: @Sendable (BatchRequest, Database) async throws -> BatchAnswer

    /// Every operation there is.
    static let all: [Operation] = [
        .find, .findOne, .findById, .findByIds, .count, .exists, .include, .scope, .scopeChain, .scopeChainThenPlain,
        .scopeCount, .related, .relatedCount, .relatedFindById, .relatedExists,
    ]

    /// The operation of that name, nil when there is none.
    static func named(_ name: String) -> Operation? { all.first { $0.name == name } }
}
