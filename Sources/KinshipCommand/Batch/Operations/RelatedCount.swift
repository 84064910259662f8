// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relatedCount`: how many records a relation of one record leads to. The statement for the record itself isn't
    /// counted.
    static let relatedCount = Operation(
        "relatedCount", .idValue, .relation, optional: [.where], result: "how many that are"
    ) { request, database in
        let answer = try await database.relatedCount(
            request.model, id: request.required(.idValue), relation: request.text(.relation),
            where: request[.where])
        return BatchAnswer(result: "\(answer.count)".utf8, answer.statistics, besides: 1)
    }
}
