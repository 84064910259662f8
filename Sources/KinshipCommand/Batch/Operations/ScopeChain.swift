// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension Operation {
    /// `scopeChain`: the records of several named scopes, merged from left to right.
    static let scopeChain = Operation(
        "scopeChain", .scopes, optional: [.filter], result: "those of all scopes together"
    ) { request, database in
        try BatchAnswer(
            rows: await database.find(
                request.model, scopes: request.texts(.scopes).map { .named($0) }, filter: request[.filter]))
    }
}
