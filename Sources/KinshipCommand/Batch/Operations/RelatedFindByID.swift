// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relatedFindById`: the record with a key among those that a relation of one record leads to. The statement for
    /// the record itself isn't counted.
    static let relatedFindById = Operation(
        "relatedFindById", .idValue, .relation, .fk, result: "one of them, or an error"
    ) { request, database in
        let records = try await database.relatedFindById(
            request.model, id: request.required(.idValue), relation: request.text(.relation),
            key: request.required(.fk))
        return BatchAnswer(result: try records.firstJSON(), records.statistics, besides: 1)
    }
}
