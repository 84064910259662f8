// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `findById`: the record with a key, or null.
    static let findById = Operation(
        "findById", .idValue, optional: [.filter], result: "the record, or null"
    ) { request, database in
        try BatchAnswer(
            row: await database.findById(
                request.model, id: request.required(.idValue), filter: request[.filter]))
    }
}
