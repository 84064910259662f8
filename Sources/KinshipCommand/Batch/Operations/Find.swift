// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `find`: the records of a filter.
    static let find = Operation(
        "find", optional: [.filter], result: "the records, as an array"
    ) { request, database in
        try BatchAnswer(rows: await database.find(request.model, filter: request[.filter]))
    }
}
