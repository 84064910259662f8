// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relatedExists`: whether a relation of one record leads to a record with a key. The statement for the record
    /// itself isn't counted.
    static let relatedExists = Operation(
        "relatedExists", .idValue, .relation, .fk, result: "true or false"
    ) { request, database in
        let answer = try await database.relatedExists(
            request.model, id: request.required(.idValue), relation: request.text(.relation),
            key: request.required(.fk))
        return BatchAnswer(result: "\(answer.count > 0)".utf8, answer.statistics, besides: 1)
    }
}
