// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relUpdateById`: changes one of the records that a relation leads to.
    static let relUpdateById = Operation(
        "relUpdateById", .idValue, .relation, .data, optional: [.fk], result: "the record"
    ) { request, database in
        let records = try await database.updateRelated(
            request.model, id: request.required(.idValue), relation: request.text(.relation), key: request[.fk],
            request.required(.data))
        return BatchAnswer(result: try records.firstJSON(), records.statistics)
    }
}
