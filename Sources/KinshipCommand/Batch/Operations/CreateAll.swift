// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `createAll`: makes all records of a list, or none.
    static let createAll = Operation("createAll", .data, result: "the records, in their order") { request, database in
        let data = try request.required(.data)
        return try BatchAnswer(rows: try await database.createAll(request.model, data.elements ?? [data]))
    }
}
