// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `findByIds`: the records with any of the keys, in their order.
    static let findByIds = Operation(
        "findByIds", .ids, optional: [.filter], result: "the records, in order of ids"
    ) { request, database in
        try BatchAnswer(
            rows: await database.findByIds(
                request.model, ids: request.list(.ids), filter: request[.filter]))
    }
}
