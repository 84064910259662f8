// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

@testable import RelationPlanner

#if canImport(FoundationXML)
import FoundationXML
#endif

/// The forms a tree is shown in.
@Suite struct ExplainTreeTests {
    private static let small = ExplainTree(
        "Customer", badge: "root", lines: [.code(#"SELECT t."id" FROM t"#), .text("$1 bigint; 2 < 3 & more")],
        facts: [.init("rows", 12)],
        children: [
            ExplainTree(
                "orders", badge: "array", lines: [.warning("no index")], edgeLabel: "keys of Customer.id",
                children: [ExplainTree("items")]),
            ExplainTree("1. #reviews", lines: [.text("a\nb")], edgeLabel: "x|y"),
        ])

    /// Six nodes like those of a plan, with statements that are longer than any row.
    static let shop: ExplainTree = {
        let orders = ExplainTree(
            "orders: Order", badge: "lateral",
            lines: [
                .code(
                    #"SELECT t."id", t."total", t."placed_at", t."customer_id", k."kinship_ordinal" FROM unnest($1::integer[]) WITH ORDINALITY AS k("key", "kinship_ordinal") CROSS JOIN LATERAL (SELECT t."id", t."total", t."placed_at", t."customer_id" FROM "public"."orders" AS t WHERE t."customer_id" = k."key" ORDER BY t."placed_at" DESC, t."id" LIMIT $2) AS t"#
                ),
                .text("limit for each parent, orders.customer_id is indexed"),
                .text("$1 integer[]: keys of Customer.id · $2 bigint: from the filter"),
                .text("30 rows of 30 estimated · 0.41 ms · round trip 2"),
                .warning(
                    #"Each Customer gets its first orders by placed_at DESC, and no index of orders begins with customer_id and has them in this order: CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer_id", "placed_at" DESC, "id")"#
                ),
            ], edgeLabel: "keys of Customer.id",
            children: [
                ExplainTree(
                    "items: Item", badge: "array",
                    lines: [
                        .code(
                            #"SELECT t."id", t."quantity", t."price", t."order_id", t."product_id" FROM "public"."item" AS t WHERE t."order_id" = ANY((SELECT $1)::integer[]) ORDER BY t."id""#
                        ), .text("item.order_id is indexed"), .text("96 rows · 0.35 ms · round trip 3"),
                    ], edgeLabel: "keys of Order.id",
                    children: [
                        ExplainTree(
                            "product: Product", badge: "array",
                            lines: [
                                .code(
                                    #"SELECT t."id", t."name", t."price" FROM "public"."product" AS t WHERE t."id" = ANY((SELECT $1)::integer[])"#
                                ), .text("product.id is unique"), .text("71 rows · 0.22 ms · round trip 4"),
                            ], edgeLabel: "keys of Item.productId")
                    ])
            ])
        return ExplainTree(
            "Customer", badge: "root",
            lines: [
                .code(
                    #"SELECT t."id", t."name" FROM "public"."customer" AS t WHERE t."vip" = $1 ORDER BY t."name", t."id" LIMIT $2"#
                ), .text("the root's own condition"), .text("10 rows · 0.30 ms · round trip 1"),
            ],
            children: [
                orders,
                ExplainTree("profile: Profile", badge: "no statement", lines: [.text("the key already answers")]),
                ExplainTree(
                    "reviews: Review", badge: "array",
                    lines: [
                        .code(
                            #"SELECT t."id", t."rating", t."author_id" FROM "public"."review" AS t WHERE t."author_id" = ANY((SELECT $1)::integer[]) ORDER BY t."id""#
                        ), .text("review.author_id is indexed"), .text("24 rows · 0.19 ms · round trip 2"),
                    ], edgeLabel: "keys of Customer.id"),
            ])
    }()

    @Test func `Mermaid, to the letter`() {
        #expect(
            Self.small.mermaid() == """
                flowchart TD
                    n0["<b>Customer</b> (root)<br/>SELECT t.#34;id#34; FROM t<br/>$1 bigint; 2 #60; 3 #38; more"]
                    n1["<b>orders</b> (array)<br/>no index"]
                    n2["<b>items</b>"]
                    n3["<b>1#46; #35;reviews</b><br/>a<br/>b"]
                    n0 -->|"keys of Customer.id"| n1
                    n1 --> n2
                    n0 -->|"x#124;y"| n3
                """)
        #expect(
            ExplainTree("$$x$$", lines: [.text("- `a` *b*\u{1B}")]).mermaid().hasSuffix(
                #"n0["<b>$#36;x$#36;</b><br/>#45; #96;a#96; #42;b#42;"]"#))
    }

    @Test func `JSON, to the letter`() {
        #expect(
            Self.small.json.description
                == #"{"title":"Customer","badge":"root","lines":[{"kind":"code","text":"SELECT t.\"id\" FROM t"},{"kind":"text","text":"$1 bigint; 2 < 3 & more"}],"facts":{"rows":12},"children":[{"title":"orders","badge":"array","edge":"keys of Customer.id","lines":[{"kind":"warning","text":"no index"}],"children":[{"title":"items","children":[]}]},{"title":"1. #reviews","edge":"x|y","lines":[{"kind":"text","text":"a\nb"}],"children":[]}]}"#
        )
    }

    @Test func `Text, to the letter`() {
        #expect(
            Self.small.text() == """
                Customer [root]
                │ SELECT t."id" FROM t
                │ $1 bigint; 2 < 3 & more
                ├─ orders [array], keys of Customer.id
                │  │ ! no index
                │  └─ items
                └─ 1. #reviews, x|y
                     a
                     b
                """)
        #expect(ExplainTree("\u{1B}[31m", lines: [.text("\u{9B}2J\rx")]).text() == "\u{FFFD}[31m\n  \u{FFFD}2J\n  x")
    }

    @Test func `A picture is well-formed XML whatever stands in it`() throws {
        let hostile = #"</text><script>alert("1")</script>&<!--]]>"#
        var tree = Self.shop
        tree.children.append(
            ExplainTree(
                hostile, badge: hostile,
                lines: [.code(hostile), .text("a\u{0}\u{1B}\u{FFFF}\r\nb"), .warning(hostile)],
                edgeLabel: hostile))
        let document = try Document(tree.svg())
        #expect(Set(document.elements) == ["svg", "title", "style", "rect", "path", "circle", "text", "g"])
        #expect(document.elements.count { $0 == "g" } == 7)
        // The whole of each statement is there, for the pointer.
        #expect(document.text.contains(hostile))
        for node in tree.places.map(\.node) {
            for line in node.lines where line.kind == .code { #expect(document.text.contains(line.text)) }
        }
    }

    @Test func `Nothing in a picture covers anything else`() {
        var wide = Self.shop
        wide.children[1].lines = [
            .text(String(repeating: "x", count: 700)), .code(String(repeating: "語 ", count: 700)), .text(""),
        ]
        wide.children[1].title = String(repeating: "a long title ", count: 20)
        wide.children[1].badge = String(repeating: "badge", count: 20)
        wide.children[1].edgeLabel = String(repeating: "edge ", count: 100)
        for tree in [Self.small, Self.shop, wide, ExplainTree("")] {
            let layout = ExplainLayout(tree)
            let boxes = layout.boxes.map(\.frame)
            let labels = layout.edges.map(\.labelFrame)
            let page = ExplainLayout.Frame(x: 0, y: 0, width: layout.width, height: layout.height)
            #expect(boxes.count == tree.places.count)
            #expect(layout.edges.count == boxes.count - 1)
            for (position, frame) in (boxes + labels).enumerated() {
                #expect(frame.x >= 0 && frame.y >= 0 && frame.right <= page.right && frame.bottom <= page.bottom)
                for other in (boxes + labels).dropFirst(position + 1) { #expect(!frame.overlaps(other)) }
            }
            for box in layout.boxes {
                let inner = box.frame.width - 2 * ExplainLayout.Measure.padding
                for row in box.rows {
                    #expect(ExplainRows.width(row.text) * ExplainLayout.Measure.column / 10 <= inner)
                    #expect(row.baseline > box.frame.y && row.baseline < box.frame.bottom)
                }
                let title = ExplainRows.width(box.title) * ExplainLayout.Measure.titleColumn / 10
                #expect(title + box.badgeFrame.width <= inner)
            }
            for edge in layout.edges {
                #expect(edge.x > boxes[edge.from].x && edge.x < edge.end && edge.end == boxes[edge.to].x)
                #expect(edge.top == boxes[edge.from].bottom && edge.bottom > edge.top)
            }
        }
    }

    /// The shop's tree with its round trips, analysed.
    static let measured: ExplainTree = {
        var tree = ExplainTree("4 statements in 4 round trips", badge: "byLevel", children: [shop])
        tree.lanes = (1...4).map { .init("round trip \($0)", bars: [.init(.time, Double($0) / 3, "\($0).25 ms")]) }
        tree.children[0].lane = 0
        tree.children[0].children[0].lane = 1
        tree.children[0].children[0].bars = [.init(.rows, 30, "30 rows"), .init(.time, 0.3, "0.3 ms there")]
        tree.children[0].children[0].children[0].lane = 2
        tree.children[0].children[0].children[0].bars = [.init(.rows, 96, "96 rows")]
        tree.children[0].children[0].children[0].children[0].lane = 3
        tree.children[0].children[2].lane = 1
        return tree
    }()

    @Test func `Round trips are lanes, what was measured bars, and a legend tells which`() throws {
        var oneTrip = Self.measured
        oneTrip.lanes.removeLast(3)
        func setAll(_ tree: inout ExplainTree) {
            if tree.lane != nil { tree.lane = 0 }
            for position in tree.children.indices { setAll(&tree.children[position]) }
        }
        setAll(&oneTrip)
        var many = Self.measured
        many.children[0].children[2].lane = 11
        many.children[0].bars = [
            .init(.rows, .infinity, String(repeating: "long ", count: 90)), .init(.time, .nan, "?"),
        ]
        for tree in [Self.measured, oneTrip, many] {
            let layout = ExplainLayout(tree)
            let lanes = try #require(layout.lanes)
            let places = tree.places
            let boxes = layout.boxes.map(\.frame)
            #expect(lanes.lanes.map(\.frame).allSatisfy { lane in !boxes.contains { lane.overlaps($0) } })
            #expect(lanes.marks.count == places.count && lanes.marks[0] == nil)
            for (place, mark) in zip(places, lanes.marks).dropFirst() {
                let mark = try #require(mark)
                #expect(mark.isSent == (place.node.lane != nil))
                if let lane = place.node.lane {
                    #expect(mark.x > lanes.lanes[lane].frame.x && mark.x < lanes.lanes[lane].frame.right)
                }
                if let parent = mark.parent.flatMap({ lanes.marks[$0] }) {
                    #expect(parent.y < mark.y && parent.x <= mark.x)
                }
            }
            // Bars and what is written above them stay in their lanes, and cover nothing.
            let bars = lanes.lanes.flatMap(\.bars) + lanes.marks.flatMap { $0?.bars ?? [] }
            let frames = bars.flatMap { bar in
                [
                    bar.frame,
                    ExplainLayout.Frame(
                        x: bar.frame.x, y: bar.baseline - 10, width: textWidth(bar.label, 68), height: 12),
                ]
            }
            for (position, frame) in frames.enumerated() {
                #expect(lanes.lanes.contains { $0.frame.x <= frame.x && frame.right <= $0.frame.right })
                for other in frames.dropFirst(position + 1) { #expect(!frame.overlaps(other)) }
            }
            #expect(lanes.right <= layout.width && lanes.bottom <= layout.height)
            #expect(Set(lanes.legend.map(\.text)).isSuperset(of: ["statement", "keys it asks for", "rows", "time"]))
            #expect(try Document(tree.svg()).text.contains("no statement of its own"))
        }
        #expect(ExplainLayout(Self.measured).lanes?.lanes.map(\.title) == (1...4).map { "round trip \($0)" })
        #expect(ExplainLayout(Self.shop).lanes == nil)
        let mermaid = Self.measured.mermaid()
        #expect(mermaid.contains("    subgraph lane1[\"round trip 2\"]\n        n2["))
        #expect(mermaid.split(separator: "\n").count { $0 == "    end" } == 4)
    }

    @Test func `Columns are left out, conditions never`() {
        func shown(_ text: String, columns: Int = 500) -> [String] {
            ExplainRows.rows(of: .code(text), columns: columns)
        }
        #expect(shown(#"SELECT t."a", t."b", t."c" FROM t"#) == [#"SELECT t."a", t."b", t."c" FROM t"#])
        #expect(
            shown(#"SELECT t."a", t."b", t."c", t."d" FROM t WHERE t."a" = $1"#) == [
                #"SELECT t."a", … FROM t WHERE t."a" = $1"#
            ])
        // What is more than a column stays; names may hold anything.
        #expect(
            shown(
                #"SELECT t."a, FROM (x", t.b, t.c, count(*) OVER (PARTITION BY t.a, t.b) AS n, t.d, t.e::text FROM t"#)
                == [#"SELECT t."a, FROM (x", …, count(*) OVER (PARTITION BY t.a, t.b) AS n, … FROM t"#])
        #expect(
            shown(#"WITH r AS (SELECT a, b, c, d FROM (SELECT e, f, g, h FROM x WHERE i) AS y) SELECT r.* FROM r"#)
                == [#"WITH r AS (SELECT a, … FROM (SELECT e, … FROM x WHERE i) AS y) SELECT r.* FROM r"#])
        #expect(shown("SELECT a, b, c, d") == ["SELECT a, …"])
        #expect(shown("SELECT ((a, b) FROM") == ["SELECT ((a, b) FROM"])
        // A long sub-select stands on rows of its own, further in.
        #expect(
            shown(
                "SELECT a FROM (SELECT a FROM somewhere WHERE something = $1 ORDER BY other) AS t WHERE n <= $2",
                columns: 50
            ) == [
                "SELECT a", "  FROM (SELECT a", "    FROM somewhere", "    WHERE something = $1",
                "    ORDER BY other) AS t", "  WHERE n <= $2",
            ])
        for node in Self.shop.places.map(\.node) {
            for line in node.lines where line.kind == .code {
                let rows = ExplainRows.rows(of: line, columns: 60).joined(separator: " ").split(separator: " ").joined(
                    separator: " ")
                #expect(rows.contains("WHERE") && rows.contains(line.text.suffix(12)))
            }
        }
    }

    @Test func `Statements break before their clauses, long words anywhere, endless ones are cut`() {
        let statement =
            #"SELECT "a FROM b", (SELECT x FROM y WHERE z) FROM "t" WHERE a = 'x ORDER BY' ORDER BY a LIMIT $1"#
        #expect(
            ExplainRows.rows(of: .code(statement), columns: 60) == [
                #"SELECT "a FROM b", (SELECT x FROM y WHERE z)"#, #"  FROM "t""#, "  WHERE a = 'x ORDER BY'",
                "  ORDER BY a", "  LIMIT $1",
            ])
        #expect(ExplainRows.rows(of: .code(statement), columns: 200) == [statement])
        #expect(
            ExplainRows.rows(of: .text("aaaa bb cccccccccc"), columns: 6) == [
                "aaaa", "  bb", "  cccc", "  cccc", "  cc",
            ])
        #expect(ExplainRows.rows(of: .text("日本語日本"), columns: 6) == ["日本語", "  日本"])
        let rows = ExplainRows.rows(of: .text(String(repeating: "word ", count: 100)), columns: 10)
        #expect(rows.count == ExplainRows.longest)
        #expect(rows.last?.hasSuffix("…") == true)
        #expect(ExplainRows.rows(of: .text(""), columns: 10) == [""])
    }
}

/// An XML document, parsed.
private final class Document: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var text = ""

    init(_ xml: String) throws {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        try #require(parser.parse(), "\(parser.parserError?.localizedDescription ?? "")")
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
