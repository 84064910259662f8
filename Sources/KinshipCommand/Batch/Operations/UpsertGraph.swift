// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `upsertGraph`: changes or makes a record and related ones.
    static let upsertGraph = Operation("upsertGraph", .data, result: "the record") { request, database in
        try BatchAnswer(row: try await database.upsertGraph(request.model, request.required(.data)))
    }
}
