// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `findOrCreate`: the first record that a filter finds, or a new one.
    static let findOrCreate = Operation(
        "findOrCreate", .filter, .data, result: "the record, and whether new"
    ) { request, database in
        let found = try await database.findOrCreate(
            request.model, filter: request.required(.filter), request.required(.data))
        let instance = String(decoding: try found.graph.firstJSON(), as: UTF8.self)
        return BatchAnswer(
            result: #"{"instance":\#(instance),"created":\#(found.isCreated)}"#, found.graph.statistics)
    }
}
