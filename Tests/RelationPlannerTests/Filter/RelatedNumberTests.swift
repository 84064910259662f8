// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import RelationPlanner

/// Conditions on numbers about related rows.
@Suite struct RelatedNumberTests {
    private func root(_ model: String, _ condition: String) throws -> SQLText {
        let tree = try LibrarySchema.tree(model, #"{"where": \#(condition)}"#, [AccessPass(), ColumnsPass()])
        return try StatementWriter(schema: tree.schema).write(tree.steps[0], id: 0)
    }

    private func error(_ json: String, _ model: String = "Customer") throws -> PlannerError? {
        try Conformance.error(#"{"where": \#(json)}"#, model)
    }

    @Test func `All numbers of a condition are one row of one sub-select`() throws {
        let sql = try root(
            "Person",
            #"{"books": {"count": {"gte": 2}, "max": {"title": {"lt": "m"}}, "where": {"title": {"gt": "a"}}}}"#)
        #expect(
            LaidOutSQL(sql.text)
                == #"""
                SELECT t."id", t."name"
                FROM "public"."person" AS t
                WHERE EXISTS (
                    SELECT 1
                    FROM (
                        SELECT count(*) AS "number1", max(r1."title") AS "number2"
                        FROM "public"."book" AS r1
                        WHERE r1."writerid" = t."id" AND r1."title" > $1
                    ) AS r2
                    WHERE (r2."number1" >= $2 AND r2."number2" < $3)
                )
                ORDER BY t."id"
                """#)
    }

    @Test func `The text does not depend on the values`() throws {
        func text(_ number: Int) throws -> String {
            try root("Person", #"{"books": {"count": {"gt": \#(number)}}}"#).text
        }
        #expect(try text(1) == text(70_000))
    }

    @Test(arguments: [
        (#"{"orders": {"where": {"total": 1}}}"#, PlannerError.Code.invalidFilter, "where.orders"),
        (#"{"orders": {"sum": 5}}"#, .invalidFilter, "where.orders.sum"),
        (#"{"orders": {"sum": {}}}"#, .invalidFilter, "where.orders.sum"),
        (#"{"orders": {"sum": {"nope": 5}}}"#, .unknownProperty, "where.orders.sum.nope"),
        (#"{"orders": {"sum": {"status": 5}}}"#, .invalidFilter, "where.orders.sum.status"),
        (#"{"orders": {"count": "many"}}"#, .invalidValue, "where.orders.count"),
        (#"{"orders": {"count": {"ge": 5}}}"#, .unknownOperator, "where.orders.count.ge"),
        (#"{"orders": {"count": {"like": 5}}}"#, .invalidValue, "where.orders.count.like"),
        (#"{"orders": {"max": {"total": {"gt": "much"}}}}"#, .invalidValue, "where.orders.max.total.gt"),
        (#"{"orders": {"median": {"total": 5}}}"#, .invalidFilter, "where.orders"),
    ])
    func `Mistakes`(_ json: String, _ code: PlannerError.Code, _ path: String) throws {
        let error = try #require(try error(json))
        #expect(error.code == code, "\(error)")
        #expect(error.path == path, "\(error)")
    }

    @Test func `A to-one relation has nothing to count`() throws {
        let error = try #require(try error(#"{"customer": {"count": 1}}"#, "Order"))
        #expect(error.code == .invalidFilter && error.message.contains("at most one row"))
    }

    @Test func `The values come out of the shape, and go back by its slots`() throws {
        let filter = try Conformance.filter(
            #"{"where": {"orders": {"count": {"between": [1, 5]}, "where": {"total": {"gt": 7}}}}}"#, "Customer")
        let (shape, values) = filter.parameterized()
        #expect(values.count == 3)
        #expect(shape.parameterized().values.isEmpty)
    }
}
