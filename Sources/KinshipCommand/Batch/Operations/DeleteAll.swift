// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `deleteAll`: deletes all records that meet a condition.
    static let deleteAll = Operation("deleteAll", .where, result: "{\"count\": n}") { request, database in
        BatchAnswer(changed: try await database.deleteAll(request.model, where: request.required(.where)))
    }
}
