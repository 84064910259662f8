// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `upsertWithWhere`: changes the one record that meets a condition, or makes it.
    static let upsertWithWhere = Operation("upsertWithWhere", .where, .data, result: "the record") {
        request, database in
        try BatchAnswer(
            row: try await database.upsertWithWhere(
                request.model, where: request.required(.where), request.required(.data)))
    }
}
