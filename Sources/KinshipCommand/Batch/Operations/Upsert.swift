// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `upsert`: changes the record with the key in the data, or makes it.
    static let upsert = Operation("upsert", .data, result: "the record") { request, database in
        try BatchAnswer(row: try await database.upsert(request.model, request.required(.data)))
    }
}
