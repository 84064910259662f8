// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import RelationPlanner

/// One step becomes one statement, whatever the others are.
@Suite struct StatementWriterTests {
    private func written(
        _ model: String, _ filter: String, _ id: Step.ID, _ change: (inout Step) -> Void = { _ in }
    ) throws -> SQLText {
        let tree = try LibrarySchema.tree(model, filter, [AccessPass(), ColumnsPass()])
        var step = tree.steps[id]
        change(&step)
        return try StatementWriter(schema: tree.schema).write(step, id: 7)
    }

    private let books = #"{"include": {"relation": "books", "scope": {"fields": ["title"]}}}"#

    @Test func `Keys in a parameter`() throws {
        let sql = try written("Person", books, 1) { $0.passing = .parameter }
        #expect(
            sql.text
                == #"SELECT t."title", t."writerid" FROM "public"."book" AS t WHERE t."writerid" = ANY((SELECT $1)::integer[]) ORDER BY t."id""#
        )
        #expect(sql.slots == [.keys(part: 0, element: .int4)])
    }

    @Test func `Keys that the filter names`() throws {
        let sql = try written("Person", books, 1) { step in
            step.passing = .known
            step.lookup?.known = .knownKey(0, element: .int4)
        }
        #expect(sql.slots == [.knownKey(0, element: .int4)])
    }

    @Test func `Keys in the setting of the step's own place`() throws {
        let sql = try written("Person", books, 1) { $0.passing = .handedOver }
        #expect(sql.text.contains("current_setting('kinship.k7_1', true)") && sql.slots.isEmpty)
    }

    @Test func `Keys for others, of one column and of several`() throws {
        let one = try written("Person", "{}", 0) {
            $0.handOvers = [HandOver(taker: 3, columns: [["id"]], areDistinct: true)]
        }
        #expect(
            LaidOutSQL(one.text)
                == #"""
                WITH r AS MATERIALIZED (
                    SELECT t."id", t."name"
                    FROM "public"."person" AS t
                    ORDER BY t."id"
                )
                SELECT r.*
                FROM r
                WHERE (
                    SELECT set_config('kinship.k3_1', coalesce(array_agg(r."id")::text, '{}'), true)
                    FROM r
                ) IS NOT NULL
                """#
        )
        let parts = try written("Person", "{}", 0) {
            $0.handOvers = [HandOver(taker: 3, columns: [["id", "name"]], areDistinct: false)]
        }
        #expect(
            parts.text.hasSuffix(
                #"(SELECT set_config('kinship.k3_1', coalesce(array_agg(d."k1")::text, '{}'), true) || set_config('kinship.k3_2', coalesce(array_agg(d."k2")::text, '{}'), true) FROM (SELECT DISTINCT r."id", r."name" FROM r WHERE r."id" IS NOT NULL AND r."name" IS NOT NULL) AS d("k1", "k2")) IS NOT NULL"#
            ))
        let sources = try written("Person", "{}", 0) {
            $0.handOvers = [HandOver(taker: 3, columns: [["id"], ["name"]], areDistinct: false)]
        }
        #expect(
            sources.text.contains(
                #"(SELECT r."id" FROM r WHERE r."id" IS NOT NULL UNION SELECT r."name" FROM r WHERE r."name" IS NOT NULL)"#
            ))
    }

    @Test func `Rows that are made here have no statement`() throws {
        #expect(try written("Book", #"{"include": "readers"}"#, 1).text.isEmpty)
    }
}
