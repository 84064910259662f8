// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Operation {
    /// `count`: how many records match a condition.
    static let count = Operation("count", optional: [.where], result: "how many records match") { request, database in
        let answer = try await database.count(request.model, where: request[.where])
        return BatchAnswer(result: "\(answer.count)", answer.statistics)
    }
}
