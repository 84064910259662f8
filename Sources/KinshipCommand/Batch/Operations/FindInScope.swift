// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension Operation {
    /// `scope`: the records of a named scope.
    static let findInScope = Operation(
        "scope", .scope, optional: [.filter], result: "the records of the scope"
    ) { request, database in
        try BatchAnswer(
            rows: await database.find(
                request.model, scopes: [.named(request.text(.scope))], filter: request[.filter]))
    }
}
