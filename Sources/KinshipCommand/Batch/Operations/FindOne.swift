// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `findOne`: the first record of a filter, or null.
    static let findOne = Operation(
        "findOne", optional: [.filter], result: "the first record, or null"
    ) { request, database in
        try BatchAnswer(row: await database.findOne(request.model, filter: request[.filter]))
    }
}
