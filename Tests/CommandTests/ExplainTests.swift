// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner
import TestSupport
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// `kinship query --explain` in all its forms.
@Suite struct ExplainTests {
    private let filter = #"{"where": {"name": "Ada"}, "include": "orders"}"#

    private func explain(_ more: [String]) async throws -> Tool.Outcome {
        let shop = try await SmallShop.shared()
        return try await shop.tool.run(["query", "Customer", filter, "--explain", "--strategy", "byLevel"] + more)
    }

    @Test func itPrintsThePlanAndNoRecords() async throws {
        let outcome = try await explain([])
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(outcome.lines.first == "2 statements in 2 round trips [byLevel]")
        for text in [
            "byLevel was asked for", "└─ Customer [root]", "orders [unnest], keys of Customer.id, as a parameter",
            "$1 text: \"Ada\", from the filter", "round trip 2", "no index on orders.customer_id: hash join",
            #"! Customer.orders is joined by orders.customer_id, which no index begins with."#,
            #"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer_id")"#,
        ] {
            #expect(outcome.output.contains(text), "\(text)")
        }
        #expect(!outcome.output.contains("90071992547409931"))
        #expect(outcome.output.hasSuffix("\n") && !outcome.output.hasSuffix("\n\n"))
        let text = try await explain(["--format", "text"])
        #expect(outcome.output == text.output)
    }

    @Test func analyzeTellsWhatItTook() async throws {
        let outcome = try await explain(["--analyze"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("2 rows for 1 key, in a round trip of "))
        #expect(outcome.output.contains(": 2 statements in 2 round trips ("))
        #expect(!outcome.output.contains("server: "))
    }

    @Test func analyzeServerShowsTheServersOwnPlan() async throws {
        let outcome = try await explain(["--analyze-server"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("2 rows for 1 key, in a round trip of "))
        #expect(outcome.output.contains("server: "))
        #expect(outcome.output.contains("Seq Scan on orders"))
    }

    @Test func jsonIsForPrograms() async throws {
        let outcome = try await explain(["--analyze-server", "--format", "json"])
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 1)
        let tree = try JSONValue(parsing: outcome.output)
        #expect(tree["facts"]?["strategy"] == "byLevel")
        #expect(tree["facts"]?["run"]?["roundTrips"] == 2)
        let customer = try #require(tree["children"]?.elements?.first)
        #expect(customer["title"] == "Customer")
        #expect(customer["facts"]?["statement"]?.text?.hasPrefix("SELECT t.\"id\"") == true)
        let orders = try #require(customer["children"]?.elements?.first)
        #expect(orders["facts"]?["rows"] == 2 && orders["facts"]?["keys"] == 1)
        #expect(orders["facts"]?["serverPlan"]?.elements?.first?["Plan"]?["Node Type"] != nil)
    }

    @Test func mermaidAndSVGArePictures() async throws {
        let mermaid = try await explain(["--format", "mermaid"])
        #expect(mermaid.lines.first == "flowchart TD")
        #expect(mermaid.output.contains(#"n1 -->|"keys of Customer.id, as a parameter"| n2"#))
        #expect(mermaid.output.hasSuffix("\n") && !mermaid.output.hasSuffix("\n\n"))
        let svg = try await explain(["--format", "svg"])
        #expect(svg.output.hasPrefix("<svg ") && svg.output.hasSuffix("</svg>\n"))
        #expect(XMLParser(data: Data(svg.output.utf8)).parse())
    }

    @Test(arguments: [
        (["--analyze"], "--explain"), (["--analyze-server"], "--explain"), (["--format", "svg"], "--explain"),
        (["--explain", "--format", "png"], "text, json, mermaid or svg"),
        (["--explain", "--analyze", "--analyze-server"], "give one of them"),
        (["--explain", "--pretty"], "give one of them"), (["--explain", "--lines"], "give one of them"),
        (["--explain=json"], "--explain"),
    ])
    func combinationsThatMakeNoSense(arguments: [String], hint: String) async throws {
        let outcome = try await Tool().run(["query", "Customer"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(hint), "\(outcome.errors)")
        #expect(outcome.errors.contains("Usage:"))
        #expect(outcome.output == "")
    }

    @Test func aFilterThatIsWrongIsAnErrorAsEver() async throws {
        let shop = try await SmallShop.shared()
        let outcome = try await shop.tool.run(["query", "Customer", #"{"where": {"nope": 1}}"#, "--explain"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("UNKNOWN_PROPERTY at where.nope"))
        #expect(outcome.output == "")
    }
}
