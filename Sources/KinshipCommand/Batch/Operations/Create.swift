// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `create`: makes a record, or a list of them.
    static let create = Operation("create", .data, result: "the record, or records") { request, database in
        let data = try request.required(.data)
        if let list = data.elements { return try BatchAnswer(rows: try await database.createAll(request.model, list)) }
        return try BatchAnswer(row: try await database.create(request.model, data))
    }
}
