// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `updateGraph`: changes a record and related ones.
    static let updateGraph = Operation("updateGraph", .idValue, .data, result: "the record") { request, database in
        try BatchAnswer(
            row: try await database.updateGraph(request.model, id: request.required(.idValue), request.required(.data)))
    }
}
