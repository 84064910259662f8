// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Something a request can ask for; each lives in a file of its own in `Operations`.
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

    /// Every operation there is.
    static let all: [Operation] = [
        .find, .findOne, .findById, .findByIds, .count, .exists, .include, .scope, .scopeChain, .scopeChainThenPlain,
        .scopeCount, .related, .relatedCount, .relatedFindById, .relatedExists,
    ]

    /// The operation of that name, nil when there is none.
    static func named(_ name: String) -> Operation? { all.first { $0.name == name } }

    /// A line for each operation and one for each member, for the help: none longer than 80 columns, where it is broken.
    static var documentation: String {
        let operations = all.map { operation in
            let members = operation.required.map(\.rawValue) + operation.optional.map { "[\($0.rawValue)]" }
            return "  " + padded(operation.name, 21) + padded(members.joined(separator: " "), 27) + operation.result
        }
        let meanings = Member.allCases.map { "  " + padded($0.rawValue, 21) + $0.meaning }
        return
            (["Operations, what they take besides model and op, and their results:"] + operations
            + ["", "Members:"] + meanings).joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 2))
    }
}
