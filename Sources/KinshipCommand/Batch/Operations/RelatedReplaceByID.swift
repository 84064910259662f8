// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relReplaceById`: puts a record in the place of one that a relation leads to.
    static let relReplaceById = Operation(
        "relReplaceById", .idValue, .relation, .data, optional: [.fk], result: "the record"
    ) { request, database in
        let records = try await database.replaceRelated(
            request.model, id: request.required(.idValue), relation: request.text(.relation), key: request[.fk],
            request.required(.data))
        return BatchAnswer(result: try records.firstJSON(), records.statistics)
    }
}
