// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension Operation {
    /// `include`: the records of a filter with an include loaded onto them, beside those of the filter. The statement
    /// for the records themselves isn't counted.
    static let loadInclude = Operation(
        "include", optional: [.include, .filter], result: "the records with the include"
    ) { request, database in
        var members = request[.filter]?.members ?? []
        var includes: [JSONValue] = []
        for json in [members.first { $0.key == "include" }?.value, request[.include]] {
            guard let json, json != .null else { continue }
            includes += json.elements ?? [json]
        }
        members.removeAll { $0.key == "include" }
        members.append(.init("include", .array(includes)))
        let graph = try await database.find(request.model, filter: .object(members))
        return BatchAnswer(result: try graph.json(), graph.statistics, besides: 1)
    }
}
