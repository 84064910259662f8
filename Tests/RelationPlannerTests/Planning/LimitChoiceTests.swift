// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// How the first rows of each parent are looked up, by what the catalog says of the table.
@Suite struct LimitChoiceTests {
    /// - Parameters:
    ///   - each: the rows of each customer; nil when the statistics don't say.
    ///   - order: more columns of the index on the customer.
    private func choice(
        each: Double?, then order: [Catalog.Index.Column] = [],
        scope: String = #"{"order": "total DESC", "limit": 3}"#, correlation: Double? = nil
    ) throws -> Fetch {
        let orders = Catalog.Table(
            name: "orders",
            columns: [
                .init("id", .int4), .init("total", .numeric),
                .init("customer_id", .int4, estimatedDistinct: each.map { 100_000 / $0 }, correlation: correlation),
            ],
            primaryKey: ["id"], indexes: [.init(name: "by_customer", columns: [.init("customer_id")] + order)],
            estimatedRows: 100_000)
        let schema = try ShopSchema.make()
        let customer = try #require(schema.model("Customer")).id
        let filter = try schema.filter(
            JSONValue(parsing: #"{"include": {"relation": "orders", "scope": \#(scope)}}"#), for: customer)
        let (shape, _) = try ScopedSchema(schema).resolved(filter, for: customer).parameterized()
        let planner = Planner(schema: schema, catalog: Catalog([orders]))
        return try planner.plan(shape, for: customer, strategy: .byLevel).fetches[1]
    }

    @Test(arguments: [(5.0, Fetch.Access.window), (20, .window), (21, .lateral), (1000, .lateral)])
    func `Few rows for each parent are sorted together`(each: Double, access: Fetch.Access) throws {
        #expect(try choice(each: each).access == access)
    }

    @Test func `An index with the order is read row by row, however few there are`() throws {
        #expect(try choice(each: 5, then: [.init("total", isDescending: true)]).access == .lateral)
        // Backwards is as good; another order is not.
        #expect(try choice(each: 5, then: [.init("total")]).access == .lateral)
        #expect(try choice(each: 5, then: [.init("id")]).access == .window)
        #expect(try choice(each: 5, then: [.init("id")], scope: #"{"limit": 3}"#).access == .lateral)
    }

    @Test func `No index but the key's is read for the order`() throws {
        // Else the server may walk the primary key for the first row of a key, all of it for one without rows.
        #expect(
            try choice(each: nil, scope: #"{"limit": 1}"#).text.contains(#"ORDER BY greatest(t."id", t."id") LIMIT"#))
        #expect(try choice(each: 1000).text.contains(#"ORDER BY greatest(t."total", t."total") DESC, t."id" LIMIT"#))
        // One that has key and order is read for both.
        #expect(try choice(each: 1000, then: [.init("total")]).text.contains(#"ORDER BY t."total" DESC, t."id" LIMIT"#))
        // So is one that has a column of one value between them.
        let between = #"{"where": {"id": 5}, "order": "total", "limit": 1}"#
        #expect(
            try choice(each: 1000, then: [.init("id"), .init("total")], scope: between).text.contains(
                #"ORDER BY t."total", t."id" LIMIT"#))
    }

    @Test func `For a good part of all keys there is a window, where the order is not served`() throws {
        // 100,000 rows, 100 for each: 1,000 keys.
        let fetch = try choice(each: 100)
        let many = try #require(fetch.forMany)
        #expect(
            many.minimumKeys == 40 && many.access == .window && many.text.contains("row_number() OVER (PARTITION BY"))
        #expect(!many.text.contains("greatest"))
        #expect(fetch.statement(forKeys: 39).access == .lateral && fetch.statement(forKeys: 39).text == fetch.text)
        #expect(fetch.statement(forKeys: 40).text == many.text)
        #expect(try choice(each: 50_000).forMany?.minimumKeys == 2)
        #expect(try choice(each: 5).forMany == nil)
        #expect(try choice(each: nil).forMany == nil)
        #expect(try choice(each: 100, then: [.init("total")]).forMany == nil)
        #expect(try choice(each: 100, correlation: 0.1).forMany != nil)
    }

    @Test(arguments: [5.0, 100], [0.6, -1])
    func `Rows that lie together are looked up parent by parent`(each: Double, correlation: Double) throws {
        let fetch = try choice(each: each, correlation: correlation)
        #expect(fetch.access == .lateral && fetch.forMany == nil)
    }

    @Test func `Without statistics the server looks up each parent`() throws {
        #expect(try choice(each: nil).access == .lateral)
    }

    @Test func `The reason says what was counted on`() throws {
        #expect(
            try choice(each: 9.5).reason
                == "limit for each parent, only orders.customer_id is indexed, with about 10 rows for each")
    }

    @Test func `No index has what stands in related rows`() throws {
        // The property's place in its own model is none there is in the model that is ordered.
        let schema = try Schema(definitions: [
            ModelDefinition(
                "Author", properties: [.id(), .string("a"), .string("b"), .string("name")],
                relations: [.hasMany("books", "Book", foreignKey: "authorId")]),
            ModelDefinition(
                "Book", properties: [.id(), .number("authorId")], relations: [.belongsTo("author", "Author")]),
        ])
        let author = try #require(schema.model("Author")).id
        let books = Catalog.Table(
            name: "book", columns: [.init("id", .int4), .init("authorid", .int4, estimatedDistinct: 100)],
            primaryKey: ["id"], indexes: [.init(name: "by_author", columns: [.init("authorid")])], estimatedRows: 500)
        let filter = try schema.filter(
            ["include": ["relation": "books", "scope": ["order": "author.name", "limit": 2]]], for: author)
        let planner = Planner(schema: schema, catalog: Catalog([books]))
        let plan = try planner.plan(
            try ScopedSchema(schema).resolved(filter, for: author), for: author, strategy: .byLevel)
        #expect(plan.fetches[1].access == .window)
    }
}
