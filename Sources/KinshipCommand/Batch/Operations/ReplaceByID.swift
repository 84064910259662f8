// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `replaceById`: puts a record in the place of another one.
    static let replaceById = Operation("replaceById", .idValue, .data, result: "the record") { request, database in
        try BatchAnswer(
            row: try await database.replaceById(
                request.model, id: request.required(.idValue), request.required(.data)))
    }
}
