// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relUpdateAll`: changes all records that a relation leads to and that meet a condition.
    static let relUpdateAll = Operation(
        "relUpdateAll", .idValue, .relation, .data, optional: [.where], result: "how many"
    ) { request, database in
        BatchAnswer(
            changed: try await database.updateAllRelated(
                request.model, id: request.required(.idValue), relation: request.text(.relation),
                where: request[.where], request.required(.data)))
    }
}
