// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `replaceOrCreate`: puts a record in the place of the one with its key, or makes it.
    static let replaceOrCreate = Operation("replaceOrCreate", .data, result: "the record") { request, database in
        try BatchAnswer(row: try await database.replaceOrCreate(request.model, request.required(.data)))
    }
}
