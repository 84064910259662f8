// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relDestroyById`: deletes one of the records that a relation leads to.
    static let relDestroyById = Operation(
        "relDestroyById", .idValue, .relation, optional: [.fk], result: "{\"count\": n}, or null"
    ) { request, database in
        let relation = try request.text(.relation)
        let deleted = try await database.deleteRelated(
            request.model, id: request.required(.idValue), relation: relation, key: request[.fk])
        let isEmbedded = database.schema.model(request.model)?.relation(relation)?.embedded != nil
        return isEmbedded ? BatchAnswer(result: "null", deleted.statistics) : BatchAnswer(changed: deleted)
    }
}
