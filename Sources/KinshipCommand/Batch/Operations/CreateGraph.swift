// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `createGraph`: makes a record with related ones.
    static let createGraph = Operation("createGraph", .data, result: "the record") { request, database in
        try BatchAnswer(row: try await database.createGraph(request.model, request.required(.data)))
    }
}
