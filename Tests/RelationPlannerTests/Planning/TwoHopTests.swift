// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport
import Testing

/// Many-to-many relations: links and targets joined, or apart where targets are heavily shared.
@Suite struct TwoHopTests {
    private func schema() throws -> Schema {
        let definitions = [
            """
            {"name": "Product", "properties": {"id": {"type": "number", "id": true}},
             "relations": {"tags": {"type": "hasMany", "model": "Tag", "through": "Tagging"}}}
            """,
            """
            {"name": "Tag", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}}}
            """,
            """
            {"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "productId": {"type": "number"}, "tagId": {"type": "number"}}}
            """,
        ]
        return try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    private func plan(
        _ include: String, links: Double?, targets: Double?, _ strategy: Strategy = .byLevel
    ) throws -> Plan {
        let schema = try schema()
        func table(_ name: String, _ columns: [(String, ColumnType)], rows: Double?, _ keys: [String]) -> Catalog.Table
        {
            Catalog.Table(
                name: name, columns: columns.map { Catalog.Column($0.0, $0.1) }, primaryKey: ["id"],
                indexes: keys.map { Catalog.Index(name: $0, columns: [.init($0)]) }, estimatedRows: rows)
        }
        let catalog = Catalog([
            table("product", [("id", .int4)], rows: 1000, []),
            table("tag", [("id", .int4), ("name", .text)], rows: targets, []),
            table(
                "tagging", [("id", .int4), ("productid", .int4), ("tagid", .int4)], rows: links, ["productid", "tagid"]),
        ])
        let model = try #require(schema.model("Product")).id
        let filter = try schema.filter(JSONValue(parsing: #"{"include": \#(include)}"#), for: model)
        let (shape, _) = try ScopedSchema(schema).resolved(filter, for: model).parameterized()
        return try Planner(schema: schema, catalog: catalog).plan(shape, for: model, strategy: strategy)
    }

    @Test func `Links and targets come joined`() throws {
        for (links, targets) in [(100, 50), (nil, nil), (nil, 5), (100, nil)] as [(Double?, Double?)] {
            let plan = try plan(#""tags""#, links: links, targets: targets)
            #expect(plan.fetches.count == 2)
            #expect(plan.fetches[1].text.contains(#"FROM "public"."tagging" AS l JOIN "public"."tag" AS t"#))
        }
    }

    @Test(arguments: Strategy.allCases)
    func `Heavily shared targets come once each, in the same round trip as the links`(strategy: Strategy) throws {
        let plan = try plan(#""tags""#, links: 5000, targets: 20, strategy)
        #expect(plan.fetches.count == 3)
        #expect(plan.waves == (strategy == .byLevel ? [[0], [1, 2]] : [[0, 1, 2]]))
        #expect(
            plan.fetches[1].text.hasPrefix(
                #"WITH r AS MATERIALIZED (SELECT t."productid", t."tagid" FROM "public"."tagging" AS t WHERE t."productid" = ANY("#
            ))
        #expect(plan.fetches[1].text.contains(#"set_config('kinship.k2_1', coalesce(array_agg(DISTINCT r."tagid")"#))
        #expect(
            LaidOutSQL(plan.fetches[2].text)
                == #"""
                SELECT t."id", t."name"
                FROM "public"."tag" AS t
                WHERE t."id" = ANY((SELECT current_setting(CASE current_setting('kinship.k2_1', true) WHEN '' THEN 'kinship.k2_1_lost' ELSE 'kinship.k2_1' END))::integer[])
                ORDER BY t."id"
                """#
        )
        #expect(
            plan.nodes[1].link
                == .twoHop(
                    KeySource(fetch: 0, columns: [0]), source: [0], targets: KeySource(fetch: 1, columns: [1]),
                    child: [0]))
    }

    @Test func `What needs the links beside the targets joins them`() throws {
        for include in [
            #"{"relation": "tags", "scope": {"limit": 2}}"#,
            #"{"relation": "tags", "through": {"fields": ["id"], "as": "link"}}"#,
            #"{"relation": "tags", "through": {"order": "id DESC"}}"#,
        ] {
            #expect(try plan(include, links: 5000, targets: 20).fetches.count == 2, "\(include)")
        }
    }

    @Test func `It is explained with the links above the targets`() throws {
        let tree = try plan(#""tags""#, links: 5000, targets: 20).explained(in: schema())
        #expect(tree.title == "3 statements in 2 round trips")
        let links = try #require(tree.children.first?.children.first)
        #expect(links.title == "tags: links")
        #expect(links.edgeLabel == "keys of Product.id, as a parameter")
        #expect(
            links.lines[0] == .text("Tagging: links to targets that are shared by many, tagging.productid is indexed"))
        let tags = try #require(links.children.first)
        #expect(tags.title == "tags")
        #expect(tags.edgeLabel == "keys of Tagging.tagId, handed over")
        #expect(tags.lines[0] == .text("Tag: each shared target once, tag.id is indexed"))
        #expect(
            tags.lines[1]
                == .text("round trip 2; the statement of Tagging leaves the keys on the server, in kinship.k2"))
    }
}
