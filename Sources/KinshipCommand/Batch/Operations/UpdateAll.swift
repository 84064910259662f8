// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `updateAll`: changes all records that meet a condition.
    static let updateAll = Operation("updateAll", .where, .data, result: "{\"count\": n}") { request, database in
        BatchAnswer(
            changed: try await database.updateAll(
                request.model, where: request.required(.where), request.required(.data)))
    }
}
