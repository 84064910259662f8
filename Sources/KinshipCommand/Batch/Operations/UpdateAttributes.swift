// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `updateAttributes`: changes some properties of a record.
    static let updateAttributes = Operation(
        "updateAttributes", .idValue, .data, result: "the whole record"
    ) { request, database in
        try BatchAnswer(
            row: try await database.updateById(request.model, id: request.required(.idValue), request.required(.data)))
    }
}
