// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `relSet`: lets a relation lead to these records and no others.
    static let relSet = Operation("relSet", .idValue, .relation, .ids, result: "the records") { request, database in
        try BatchAnswer(
            rows: try await database.setRelated(
                request.model, id: request.required(.idValue), relation: request.text(.relation),
                keys: request.list(.ids)))
    }
}
