// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `exists`: whether there is a record with a key.
    static let exists = Operation("exists", .idValue, result: "true or false") { request, database in
        let answer = try await database.exists(request.model, id: request.required(.idValue))
        return BatchAnswer(result: answer.count > 0 ? "true" : "false", answer.statistics)
    }
}
