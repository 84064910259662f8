// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relAdd`: links a record that is there.
    static let relAdd = Operation(
        "relAdd", .idValue, .relation, .target, optional: [.data], result: "the link"
    ) { request, database in
        let graph = try await database.addRelated(
            request.model, id: request.required(.idValue), relation: request.text(.relation),
            key: request.required(.target), request[.data] ?? [:])
        return try BatchAnswer(row: graph)
    }
}
