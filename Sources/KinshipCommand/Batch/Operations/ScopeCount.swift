// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension Operation {
    /// `scopeCount`: how many records of a named scope match a condition.
    static let scopeCount = Operation(
        "scopeCount", .scope, optional: [.where], result: "how many of them match"
    ) { request, database in
        let answer = try await database.count(
            request.model, scopes: [.named(request.text(.scope))], where: request[.where])
        return BatchAnswer(result: "\(answer.count)", answer.statistics)
    }
}
