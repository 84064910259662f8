// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Which indexes are advised, to the letter, and where there is nothing to advise.
@Suite struct IndexAdvisorTests {
    /// A shop with every kind of relation that is joined by columns.
    private static let definitions = [
        """
        {"name": "Customer", "options": {"postgresql": {"schema": "app", "table": "customer"}},
         "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}, "city": {"type": "string"},
            "vip": {"type": "boolean"}, "data": {"type": "object", "postgresql": {"dataType": "jsonb"}}},
         "relations": {
            "orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"},
            "profile": {"type": "hasOne", "model": "Profile", "foreignKey": "customerId"},
            "pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "imageable"},
            "tags": {"type": "hasMany", "model": "Tag", "through": "Tagging", "foreignKey": "customerId", "keyThrough": "tagId"}}}
        """,
        """
        {"name": "Order", "options": {"postgresql": {"table": "orders"}},
         "properties": {"id": {"type": "number", "id": true}, "total": {"type": "number", "postgresql": {"dataType": "numeric"}},
            "customerId": {"type": "number", "postgresql": {"columnName": "customer \\"id"}}},
         "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"},
            "city": {"type": "belongsTo", "model": "City", "foreignKey": "total", "primaryKey": "code"}}}
        """,
        """
        {"name": "City", "properties": {"id": {"type": "number", "id": true}, "code": {"type": "number"}}}
        """,
        """
        {"name": "Profile", "properties": {"id": {"type": "number", "id": true}, "customerId": {"type": "number"}}}
        """,
        """
        {"name": "Picture", "properties": {"id": {"type": "number", "id": true}},
         "relations": {"imageable": {"type": "belongsTo", "polymorphic": true}}}
        """,
        """
        {"name": "Tag", "properties": {"id": {"type": "number", "id": true}, "label": {"type": "string"}}}
        """,
        """
        {"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "weight": {"type": "number"},
            "customerId": {"type": "number"}, "tagId": {"type": "number"}},
         "relations": {"customer": {"type": "belongsTo", "model": "Customer"}, "tag": {"type": "belongsTo", "model": "Tag"}}}
        """,
    ]

    private func schema() throws -> Schema {
        try Schema(definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    /// What a filter lacks, in a catalog whose tables have their primary keys and nothing else.
    private func advice(
        _ model: String, _ filter: String, indexes: [String: [Catalog.Index]] = [:],
        change: (inout Catalog.Table) -> Void = { _ in }
    ) throws -> [IndexAdvice] {
        let schema = try schema()
        let tables = schema.models.map { model in
            var table = Catalog.Table(
                schema: model.tableSchema, name: model.table,
                columns: model.properties.map { Catalog.Column($0.column, $0.columnType) }, primaryKey: ["id"],
                indexes: indexes[model.table] ?? [])
            change(&table)
            return table
        }
        let id = try schema.id(of: model)
        let resolved = try ScopedSchema(schema).resolved(try schema.filter(filter, for: model), for: id)
        return try IndexAdvisor(schema: schema, catalog: Catalog(tables)).advice(for: resolved, of: id)
    }

    private func statements(
        _ model: String, _ filter: String, indexes: [String: [Catalog.Index]] = [:],
        change: (inout Catalog.Table) -> Void = { _ in }
    ) throws -> [String] {
        try advice(model, filter, indexes: indexes, change: change).map(\.createStatement)
    }

    private func index(_ columns: Catalog.Index.Column...) -> Catalog.Index {
        Catalog.Index(name: "i", columns: columns)
    }

    @Test func `A relation's key without an index`() throws {
        let found = try advice("Customer", #"{"include": "orders"}"#)
        #expect(
            found.map(\.createStatement) == [#"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer ""id")"#])
        let first = try #require(found.first)
        #expect((first.schema, first.table, first.model, first.relation) == ("public", "orders", "Customer", "orders"))
        #expect(first.columns == [.init(#"customer "id"#)])
        #expect(
            first.reason == #"Customer.orders is joined by orders.customer "id, which no index begins with."#)
        #expect(
            try statements(
                "Customer", #"{"include": "orders"}"#, indexes: ["orders": [index(.init(#"customer "id"#))]]
            ).isEmpty)
        // What a belongsTo leads to is found by its primary key; another key needs an index of its own.
        #expect(try statements("Order", #"{"include": "customer"}"#).isEmpty)
        #expect(
            try statements("Order", #"{"include": "city"}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."city" ("code")"#])
    }

    @Test func `An order of which each parent gets the first rows`() throws {
        let filter = #"{"include": {"relation": "orders", "scope": {"order": "total DESC NULLS LAST", "limit": 3}}}"#
        let found = try advice("Customer", filter, indexes: ["orders": [index(.init(#"customer "id"#))]])
        #expect(
            found.map(\.createStatement) == [
                #"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer ""id", "total" DESC NULLS LAST, "id")"#
            ])
        #expect(
            found.first?.reason
                == #"Each Customer gets its first orders by total DESC, and no index of orders begins with customer "id and has them in this order."#
        )
        // Few rows are equal in all that was asked: the completing key may be missing.
        let serving = index(.init(#"customer "id"#), .init("total", isDescending: true, nullsFirst: false))
        #expect(try statements("Customer", filter, indexes: ["orders": [serving]]).isEmpty)
        // Without a limit every row is read, whatever the order.
        #expect(
            try statements(
                "Customer", #"{"include": {"relation": "orders", "scope": {"order": "total DESC"}}}"#,
                indexes: ["orders": [index(.init(#"customer "id"#))]]
            ).isEmpty)
        // The default order is that of the key.
        #expect(
            try statements("Customer", #"{"include": {"relation": "orders", "scope": {"limit": 3}}}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer ""id", "id")"#])
        // An order by related rows is in no index; the key is still missing.
        #expect(
            try statements(
                "Customer", #"{"include": {"relation": "orders", "scope": {"order": "customer.name", "limit": 3}}}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer ""id")"#])
    }

    @Test func `Polymorphic relations are found by key and type`() throws {
        #expect(
            try statements("Customer", #"{"include": "pictures"}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."picture" ("imageableid", "imageabletype")"#])
        for served in [
            index(.init("imageableid")), index(.init("imageabletype"), .init("imageableid")),
            index(.init("imageableid"), .init("imageabletype"), .init("id")),
        ] {
            #expect(try statements("Customer", #"{"include": "pictures"}"#, indexes: ["picture": [served]]).isEmpty)
        }
        let limited = #"{"include": {"relation": "pictures", "scope": {"limit": 1}}}"#
        #expect(
            try statements("Customer", limited, indexes: ["picture": [index(.init("imageableid"))]])
                == [#"CREATE INDEX CONCURRENTLY ON "public"."picture" ("imageableid", "imageabletype", "id")"#])
        #expect(
            try statements("Customer", limited, indexes: ["picture": [index(.init("imageableid"), .init("id"))]])
                .isEmpty)
        // Each type is found by its key.
        #expect(try statements("Picture", #"{"include": "imageable"}"#).isEmpty)
        let keyless = try statements("Picture", #"{"include": "imageable"}"#) { $0.primaryKey = [] }
        #expect(keyless.contains(#"CREATE INDEX CONCURRENTLY ON "app"."customer" ("id")"#))
        #expect(keyless.contains(#"CREATE INDEX CONCURRENTLY ON "public"."tag" ("id")"#))
    }

    @Test func `Many-to-many relations are found by the keys of their links`() throws {
        #expect(
            try statements("Customer", #"{"include": "tags"}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."tagging" ("customerid")"#])
        #expect(
            try statements("Customer", #"{"include": {"relation": "tags", "scope": {"limit": 3}}}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."tagging" ("customerid", "tagid", "id")"#])
        #expect(
            try statements(
                "Customer",
                #"{"include": {"relation": "tags", "scope": {"limit": 3}, "through": {"order": "weight DESC"}}}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."tagging" ("customerid", "weight" DESC, "id")"#])
        // An order of the targets is not to be had from an index of the links.
        #expect(
            try statements("Customer", #"{"include": {"relation": "tags", "scope": {"order": "label", "limit": 3}}}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."tagging" ("customerid")"#])
    }

    @Test func `The root's order, of which the first rows are wanted`() throws {
        let found = try advice("Customer", #"{"order": "name", "limit": 10}"#)
        #expect(
            found.map(\.createStatement) == [#"CREATE INDEX CONCURRENTLY ON "app"."customer" ("name", "id")"#])
        #expect(
            found.first?.reason
                == "The first rows of Customer by name are asked for, and no index of customer has them in this order.")
        #expect(found.first?.relation == nil)
        #expect(try statements("Customer", #"{"order": "name"}"#).isEmpty)
        #expect(try statements("Customer", #"{"limit": 10}"#).isEmpty)
        #expect(try statements("Customer", #"{"order": "id DESC", "limit": 10}"#).isEmpty)
        #expect(try statements("Customer", #"{"order": "orders.count DESC", "limit": 10}"#).isEmpty)
        #expect(try statements("Customer", #"{"order": "data.a", "limit": 10}"#).isEmpty)
        let byName = ["customer": [index(.init("name"))]]
        #expect(try statements("Customer", #"{"order": "name DESC", "limit": 10}"#, indexes: byName).isEmpty)
        #expect(
            try statements("Customer", #"{"order": "name DESC NULLS LAST", "limit": 10}"#, indexes: byName)
                == [#"CREATE INDEX CONCURRENTLY ON "app"."customer" ("name" DESC NULLS LAST, "id")"#])
    }

    @Test func `Columns of one value come first in the root's index`() throws {
        let filter = #"{"where": {"city": "Ulm", "vip": true}, "order": "name", "limit": 10}"#
        let found = try advice("Customer", filter)
        #expect(
            found.map(\.createStatement)
                == [#"CREATE INDEX CONCURRENTLY ON "app"."customer" ("city", "vip", "name", "id")"#])
        #expect(found.first?.reason.contains("among those of one city, vip") == true)
        for served in [index(.init("name")), index(.init("vip"), .init("name")), index(.init("name"), .init("city"))] {
            #expect(try statements("Customer", filter, indexes: ["customer": [served]]).isEmpty)
        }
        // One record at most; an order of one value; rows that another index finds.
        #expect(try statements("Customer", #"{"where": {"id": 5}, "order": "name", "limit": 10}"#).isEmpty)
        #expect(try statements("Customer", #"{"where": {"name": "x"}, "order": "name", "limit": 10}"#).isEmpty)
        let between = #"{"where": {"city": {"between": ["A", "B"]}}, "order": "name", "limit": 10}"#
        #expect(try statements("Customer", between, indexes: ["customer": [index(.init("city"))]]).isEmpty)
        #expect(try statements("Customer", between).count == 1)
    }

    @Test func `Small tables, views and tables that aren't there need none`() throws {
        let filter = #"{"order": "name", "limit": 10, "include": "orders"}"#
        #expect(try statements("Customer", filter) { $0.estimatedRows = 499 }.isEmpty)
        #expect(try statements("Customer", filter) { $0.estimatedRows = 500 }.count == 2)
        #expect(try statements("Customer", filter) { $0.kind = .view }.isEmpty)
        #expect(try statements("Customer", filter) { $0.kind = .foreign }.isEmpty)
        #expect(try statements("Customer", filter) { $0.name += "_gone" }.isEmpty)
        // Without CONCURRENTLY, which partitioned tables refuse.
        #expect(
            try statements("Customer", #"{"include": "orders"}"#) { $0.kind = .partitioned }
                == [#"CREATE INDEX ON "public"."orders" ("customer ""id")"#])
    }

    @Test func `Every depth is looked at, and each index named once`() throws {
        #expect(
            try statements(
                "Order",
                #"{"include": {"customer": ["profile", "tags", {"relation": "orders", "scope": {"limit": 1, "include": {"customer": "orders"}}}]}}"#
            ) == [
                #"CREATE INDEX CONCURRENTLY ON "public"."profile" ("customerid")"#,
                #"CREATE INDEX CONCURRENTLY ON "public"."tagging" ("customerid")"#,
                #"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer ""id", "id")"#,
            ])
        // Numbers are reckoned of all rows, in no order.
        #expect(
            try statements("Customer", #"{"include": {"relation": "orders", "count": true, "scope": {"limit": 1}}}"#)
                == [#"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer ""id")"#])
    }
}
