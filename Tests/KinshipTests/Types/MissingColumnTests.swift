// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import Testing

@testable import Kinship

/// Rows with fewer columns than were asked for are no answer: what isn't there is not NULL.
@Suite struct MissingColumnTests {
    @Test func `They are refused`() throws {
        let definition = #"{"name": "Note", "properties": {"id": {"type": "number", "id": true}, "text": "string"}}"#
        let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
        let plan = try Planner(schema: schema).plan(Filter(), for: try schema.id(of: "Note"))
        let columns = plan.fetches[0].columns.map {
            RowSetBuilder.Column($0.type.name, TypeID(rawValue: $0.type.oid))
        }
        try #require(columns.count == 2)
        try StaleType.check(RowSetBuilder(columns: columns).finish(), of: plan.fetches[0], schema)
        let error = #expect(throws: PlannerError.self) {
            try StaleType.check(RowSetBuilder(columns: [columns[0]]).finish(), of: plan.fetches[0], schema)
        }
        #expect(error?.code == .typeChanged && error?.model == "Note")
    }
}
