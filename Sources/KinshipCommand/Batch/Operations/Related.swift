// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `related`: what a relation of one record leads to. The statement for the record itself isn't counted.
    static let related = Operation(
        "related", .idValue, .relation, optional: [.filter], result: "what the relation leads to"
    ) { request, database in
        let records = try await database.related(
            request.model, id: request.required(.idValue), relation: request.text(.relation),
            filter: request[.filter])
        return BatchAnswer(result: try records.json(), records.statistics, besides: 1)
    }
}
