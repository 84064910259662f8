// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension Operation {
    /// `scopeChainThenPlain`: a chain of named scopes, then one scope alone, whose records are the result: what was
    /// chained before has no effect on it.
    static let scopeChainThenPlain = Operation(
        "scopeChainThenPlain", .scopes, .scope, optional: [.filter], result: "those of scope alone"
    ) { request, database in
        let scope = try request.text(.scope)
        _ = try await database.find(request.model, scopes: request.texts(.scopes).map { .named($0) })
        return try BatchAnswer(
            rows: await database.find(request.model, scopes: [.named(scope)], filter: request[.filter]))
    }
}
