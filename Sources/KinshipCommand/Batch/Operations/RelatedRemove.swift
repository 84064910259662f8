// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relRemove`: takes the link to a record away.
    static let relRemove = Operation(
        "relRemove", .idValue, .relation, optional: [.target], result: "null, or keys left"
    ) { request, database in
        let removed = try await database.removeRelated(
            request.model, id: request.required(.idValue), relation: request.text(.relation), key: request[.target])
        return BatchAnswer(result: removed.keys?.description ?? "null", removed.statistics)
    }
}
