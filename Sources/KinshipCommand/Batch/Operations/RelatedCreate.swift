// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relCreate`: makes a record, or a list of them, that a relation leads to.
    static let relCreate = Operation(
        "relCreate", .idValue, .relation, .data, result: "the targets"
    ) { request, database in
        let data = try request.required(.data)
        let records = try await database.createRelated(
            request.model, id: request.required(.idValue), relation: request.text(.relation), data)
        return BatchAnswer(
            result: data.elements == nil ? try records.firstJSON() : try records.json(), records.statistics)
    }
}
