// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport
import Testing

/// Includes that ask for nothing but keys, and plans for tables spread over several servers.
@Suite struct KeysOnlyTests {
    private static let definitions = [
        """
        {"name": "Product", "properties": {"id": {"type": "number", "id": true}, "makerId": {"type": "number"}, "name": {"type": "string"}},
         "relations": {
            "maker": {"type": "belongsTo", "model": "Maker"},
            "tags": {"type": "hasMany", "model": "Tag", "through": "Tagging"}}}
        """,
        """
        {"name": "Maker", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}},
         "relations": {"products": {"type": "hasMany", "model": "Product", "foreignKey": "makerId"}}}
        """,
        """
        {"name": "Tag", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}}}
        """,
        """
        {"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "productId": {"type": "number"}, "tagId": {"type": "number"}}}
        """,
    ]

    private func plan(
        _ filter: String, of model: String = "Product", foreignKeys: Bool = true, rowSecurity: Bool = false,
        distributed: Bool = false, strategy: Strategy = .byLevel
    ) throws -> Plan {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        func table(_ name: String, _ columns: [String], keys: [(String, String)] = []) -> Catalog.Table {
            var table = Catalog.Table(
                name: name, columns: columns.map { Catalog.Column($0, $0 == "name" ? .text : .int4) },
                primaryKey: ["id"], indexes: keys.map { Catalog.Index(name: $0.0, columns: [.init($0.0)]) },
                foreignKeys: foreignKeys
                    ? keys.map {
                        Catalog.ForeignKey(
                            name: $0.0, columns: [$0.0], target: Catalog.TableName("public", $0.1),
                            targetColumns: ["id"])
                    } : [])
            table.hasRowSecurity = rowSecurity
            if distributed { table.distribution = .distributed(column: "id") }
            return table
        }
        let catalog = Catalog([
            table("product", ["id", "makerid", "name"], keys: [("makerid", "maker")]),
            table("maker", ["id", "name"]), table("tag", ["id", "name"]),
            table("tagging", ["id", "productid", "tagid"], keys: [("productid", "product"), ("tagid", "tag")]),
        ])
        let id = try #require(schema.model(model)).id
        let checked = try schema.filter(JSONValue(parsing: filter), for: id)
        let (shape, _) = try ScopedSchema(schema).resolved(checked, for: id).parameterized()
        return try Planner(schema: schema, catalog: catalog).plan(shape, for: id, strategy: strategy)
    }

    // MARK: The key is here

    @Test func `The key of a belongsTo needs no statement`() throws {
        let filter = #"{"include": {"relation": "maker", "scope": {"fields": ["id"]}}}"#
        let plan = try plan(filter)
        #expect(plan.fetches.count == 1)
        #expect(plan.nodes[1].link == .joined(presence: [1]))
        #expect(plan.nodes[1].shown.map(\.column) == [1])
        #expect(try self.plan(filter, foreignKeys: false).fetches.count == 2)
        #expect(try self.plan(filter, rowSecurity: true).fetches.count == 2)
        let condition = #"{"include": {"relation": "maker", "scope": {"fields": ["id"], "where": {"id": {"gt": 1}}}}}"#
        #expect(try self.plan(condition).fetches.count == 2)
    }

    @Test func `What hangs from the key is found by it`() throws {
        let plan = try plan(
            #"{"include": {"relation": "maker", "scope": {"fields": ["id"], "include": "products"}}}"#)
        #expect(plan.fetches.count == 2)
        #expect(plan.fetches[1].keys == [KeySource(fetch: 0, columns: [1])])
        #expect(plan.fetches[1].text.contains(#"t."makerid" = ANY("#))
    }

    @Test func `The keys of linked targets stand in the links`() throws {
        let plan = try plan(#"{"include": {"relation": "tags", "scope": {"fields": ["id"], "limit": 2}}}"#)
        #expect(
            LaidOutSQL(plan.fetches[1].text)
                == #"""
                SELECT t."productid", t."tagid"
                FROM unnest($1::integer[]) WITH ORDINALITY AS k("key", "kinship_ordinal")
                CROSS JOIN LATERAL (
                    SELECT t."productid", t."tagid"
                    FROM "public"."tagging" AS t
                    WHERE t."productid" = k."key" AND t."tagid" IS NOT NULL
                    ORDER BY greatest(t."tagid", t."tagid"), t."id"
                    LIMIT $2
                ) AS t
                """#
        )
        #expect(plan.nodes[1].shown.map(\.column) == [1])
        let other = try self.plan(#"{"include": {"relation": "tags", "scope": {"fields": ["id"], "order": "name"}}}"#)
        #expect(other.fetches[1].text.contains("JOIN"))
    }

    @Test func `A plan explains where the keys are`() throws {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let tree = try plan(
            #"{"include": [{"relation": "maker", "scope": {"fields": ["id"], "include": "products"}}, {"relation": "tags", "scope": {"fields": ["id"]}}]}"#
        ).explained(in: schema)
        let (maker, tags) = (tree.children[0].children[0], tree.children[0].children[1])
        #expect(maker.badge == "key only")
        #expect(
            maker.lines
                == [.text("Maker: its key is all that is asked, and each row of Product has it; no statement")])
        #expect(maker.children.first?.edgeLabel == "keys of Product.makerId, as a parameter")
        #expect(
            tags.lines.first
                == .text("Tagging: the links have the targets' keys, tagging.productid is indexed"))
        #expect(tags.json["facts"]?["model"] == "Tag" && tags.json["facts"]?["rowsFrom"] == "Tagging")
    }

    // MARK: Several servers

    @Test(arguments: Strategy.allCases)
    func `On several servers keys are sent, limits are windows, nothing is joined in`(strategy: Strategy) throws {
        let plan = try plan(
            #"{"where": {"name": "x"}, "include": {"relation": "products", "scope": {"limit": 2, "include": "tags"}}}"#,
            of: "Maker", distributed: true, strategy: strategy)
        #expect(plan.strategy == .byLevel)
        #expect(plan.waves == [[0], [1], [2]])
        #expect(plan.fetches.map(\.access) == [.root, .window, .array])
        #expect(plan.fetches.allSatisfy { !$0.text.contains("LATERAL") && !$0.text.contains("set_config") })
        let point = try self.plan(
            #"{"where": {"id": 1}, "include": "maker"}"#, distributed: true)
        #expect(point.fetches.count == 2)
    }
}
