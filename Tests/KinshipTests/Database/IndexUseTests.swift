// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The server's own plans of the statements: where an index serves, it is used, whatever the values turn out to be.
@Suite struct IndexUseTests {
    private static let definitions = [
        """
        {"name": "Buyer", "properties": {"id": {"type": "number", "id": true}, "code": {"type": "number"}},
         "relations": {
            "sales": {"type": "hasMany", "model": "Sale", "foreignKey": "buyer"},
            "profile": {"type": "hasOne", "model": "Profile", "foreignKey": "buyer"},
            "passport": {"type": "hasOne", "model": "Passport", "foreignKey": "buyer"},
            "coupons": {"type": "hasMany", "model": "Coupon", "foreignKey": "code", "primaryKey": "code"}}}
        """,
        """
        {"name": "Sale", "properties": {"id": {"type": "number", "id": true}, "buyer": {"type": "number"}, "total": {"type": "number"}},
         "relations": {
            "owner": {"type": "belongsTo", "model": "Buyer", "foreignKey": "buyer"},
            "tags": {"type": "hasMany", "model": "Tag", "through": "Tagging", "foreignKey": "sale", "keyThrough": "tag"}}}
        """,
        """
        {"name": "Profile", "properties": {"id": {"type": "number", "id": true}, "buyer": {"type": "number"}, "text": {"type": "string"}}}
        """,
        """
        {"name": "Passport", "properties": {"id": {"type": "number", "id": true}, "buyer": {"type": "number"}}}
        """,
        """
        {"name": "Coupon", "properties": {"id": {"type": "number", "id": true}, "code": {"type": "number"}}}
        """,
        """
        {"name": "Tag", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}}}
        """,
        """
        {"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "sale": {"type": "number"}, "tag": {"type": "number"}}}
        """,
        """
        {"name": "Shelf", "properties": {"row": {"type": "number", "id": 1}, "place": {"type": "number", "id": 2}},
         "relations": {"goods": {"type": "hasMany", "model": "Good", "foreignKey": ["shelfRow", "shelfPlace"]}}}
        """,
        """
        {"name": "Good", "properties": {"id": {"type": "number", "id": true}, "shelfRow": {"type": "number"}, "shelfPlace": {"type": "number"}}}
        """,
    ]

    private static let tables = """
        CREATE TABLE buyer (id int PRIMARY KEY, code numeric);
        CREATE TABLE sale (id int PRIMARY KEY, buyer int, total int);
        CREATE TABLE profile (id int PRIMARY KEY, buyer int, text text);
        CREATE TABLE passport (id int PRIMARY KEY, buyer int);
        CREATE TABLE coupon (id int PRIMARY KEY, code numeric);
        CREATE TABLE tag (id int PRIMARY KEY, name text);
        CREATE TABLE tagging (id int PRIMARY KEY, sale int, tag int);
        CREATE TABLE shelf ("row" int, place int, PRIMARY KEY ("row", place));
        CREATE TABLE good (id int PRIMARY KEY, shelfrow int, shelfplace int);
        INSERT INTO buyer SELECT n, n FROM generate_series(1, 20000) n;
        INSERT INTO sale SELECT n, n % 20000 + 1, n * 7919 % 1000 FROM generate_series(1, 100000) n;
        INSERT INTO profile SELECT n, n % 15000 + 1, 'p' || n FROM generate_series(1, 100000) n;
        INSERT INTO passport SELECT n, n FROM generate_series(1, 20000) n;
        INSERT INTO coupon SELECT n, n % 20000 + 1 FROM generate_series(1, 100000) n;
        INSERT INTO tag SELECT n, 't' || n FROM generate_series(1, 2000) n;
        INSERT INTO tagging SELECT n, n * 7919 % 100000 + 1, n * 7 % 2000 + 1 FROM generate_series(1, 100000) n;
        INSERT INTO shelf SELECT n / 100, n % 100 FROM generate_series(1, 10000) n;
        INSERT INTO good SELECT n, n % 100, n / 100 % 100 FROM generate_series(1, 100000) n;
        CREATE INDEX sale_buyer ON sale (buyer);
        CREATE INDEX sale_buyer_total ON sale (buyer, total DESC, id);
        CREATE INDEX profile_buyer ON profile (buyer);
        CREATE UNIQUE INDEX passport_buyer ON passport (buyer);
        CREATE INDEX coupon_code ON coupon (code);
        CREATE INDEX tagging_sale ON tagging (sale);
        CREATE INDEX good_shelf ON good (shelfrow, shelfplace);
        ANALYZE;
        """

    private static let ready = Task {
        let test = try await TestDatabase.named("index_use")
        try await test.run(tables)
        return test
    }

    /// What is asked, and what the statements of the relation use: their way, and the index of their table.
    private struct Case {
        var model: String
        var filter: String
        var uses: [(access: Fetch.Access, table: String, index: String)]
    }

    private static let cases = [
        Case(model: "Buyer", filter: #"{"include": "sales"}"#, uses: [(.array, "sale", "sale_buyer")]),
        Case(
            model: "Sale", filter: #"{"limit": 20, "include": "owner"}"#, uses: [(.array, "buyer", "buyer_pkey")]),
        Case(
            model: "Buyer",
            filter: #"{"include": {"relation": "sales", "scope": {"order": "total DESC", "limit": 3}}}"#,
            uses: [(.lateral, "sale", "sale_buyer_total")]),
        Case(model: "Buyer", filter: #"{"include": "profile"}"#, uses: [(.distinctOn, "profile", "profile_buyer")]),
        Case(
            model: "Buyer", filter: #"{"where": {"id": 7}, "include": {"passport": {}}}"#,
            uses: [(.root, "passport", "passport_buyer")]),
        Case(
            model: "Sale", filter: #"{"where": {"id": 7}, "include": {"owner": "passport"}}"#,
            uses: [(.root, "buyer", "buyer_pkey"), (.root, "passport", "passport_buyer")]),
        Case(
            model: "Sale", filter: #"{"include": "tags"}"#,
            uses: [(.array, "tagging", "tagging_sale"), (.array, "tag", "tag_pkey")]),
        // Of so few tags the server makes a hash table.
        Case(
            model: "Sale", filter: #"{"include": {"relation": "tags", "scope": {"limit": 2}}}"#,
            uses: [(.window, "tagging", "tagging_sale")]),
        Case(
            model: "Buyer", filter: #"{"include": {"relation": "sales", "count": true}}"#,
            uses: [(.array, "sale", "sale_buyer")]),
        Case(model: "Buyer", filter: #"{"include": "coupons"}"#, uses: [(.ordinality, "coupon", "coupon_code")]),
        Case(model: "Shelf", filter: #"{"include": "goods"}"#, uses: [(.ordinality, "good", "good_shelf")]),
        Case(
            model: "Buyer", filter: #"{"where": {"id": {"inq": [1, 2]}}, "include": "sales"}"#,
            uses: [(.array, "sale", "sale_buyer")]),
    ]

    /// The server's plan of a statement for values it doesn't know.
    private func explain(_ fetch: Fetch, on test: TestDatabase) async throws -> [String] {
        let types = fetch.slots.isEmpty ? "" : "(\(fetch.slots.map(\.typeName).joined(separator: ", ")))"
        let values = fetch.slots.isEmpty ? "" : "(\(fetch.slots.map { _ in "NULL" }.joined(separator: ", ")))"
        return try await test.run(
            """
            SET plan_cache_mode = force_generic_plan;
            PREPARE asked\(types) AS \(fetch.text);
            EXPLAIN EXECUTE asked\(values)
            """
        ).compactMap { $0.first.flatMap { $0 } }
    }

    @Test(arguments: Strategy.allCases)
    func `Where an index serves, the generic plan uses it`(strategy: Strategy) async throws {
        let test = try await Self.ready.value
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(maximumConnections: 1), trees: TreeOptions(strategy: strategy))
        for asked in Self.cases {
            let plan = try database.plan(asked.model, filter: JSONValue(parsing: asked.filter))
            for use in asked.uses {
                let name = "\"\(use.table)\""
                let fetch = try #require(
                    plan.fetches.last { $0.access == use.access && $0.text.contains("\"public\".\(name)") },
                    "\(asked.filter): no \(use.access.rawValue) of \(use.table) in \(plan.fetches.map(\.text))")
                let lines = try await explain(fetch, on: test)
                let uses = lines.filter { $0.contains("using \(use.index) ") || $0.contains("on \(use.index) ") }
                #expect(!uses.isEmpty, "\(asked.filter), \(use.table): \(lines.joined(separator: "\n"))")
                #expect(
                    !lines.contains { $0.contains("Seq Scan on \(use.table) ") }, "\(lines.joined(separator: "\n"))")
            }
        }
        await database.close()
    }
}
