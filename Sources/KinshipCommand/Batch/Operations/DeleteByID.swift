// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `deleteById`: deletes a record.
    static let deleteById = Operation("deleteById", .idValue, result: "{\"count\": n}") { request, database in
        BatchAnswer(changed: try await database.deleteById(request.model, id: request.required(.idValue)))
    }
}
