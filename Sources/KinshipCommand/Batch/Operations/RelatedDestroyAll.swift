// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relDestroyAll`: deletes all records that a relation leads to and that meet a condition.
    static let relDestroyAll = Operation(
        "relDestroyAll", .idValue, .relation, optional: [.where], result: "{\"count\": n}"
    ) { request, database in
        BatchAnswer(
            changed: try await database.deleteAllRelated(
                request.model, id: request.required(.idValue), relation: request.text(.relation),
                where: request[.where]))
    }
}
