// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relFindOrCreate`: the first of a record's related ones that a filter finds, or a new one.
    static let relFindOrCreate = Operation(
        "relFindOrCreate", .idValue, .relation, .filter, .data, result: "target, whether new"
    ) { request, database in
        let found = try await database.findOrCreateRelated(
            request.model, id: request.required(.idValue), relation: request.text(.relation),
            filter: request.required(.filter), request.required(.data))
        let instance = String(decoding: try found.record.firstJSON(), as: UTF8.self)
        return BatchAnswer(
            result: #"{"instance":\#(instance),"created":\#(found.isCreated)}"#, found.record.statistics)
    }
}
