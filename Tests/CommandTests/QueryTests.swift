// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship query` when all is well.
@Suite struct QueryTests {
    @Test func aTreeComesOutAsOneLine() async throws {
        let shop = try await SmallShop.shared()
        let outcome = try await shop.tool.run([
            "query", "Customer", #"{"where": {"id": {"lt": 3}}, "include": {"orders": "items"}}"#,
        ])
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(
            outcome.output == """
                [{"id":1,"name":"Ada","balance":90071992547409931.25,"orders":[\
                {"id":10,"customerId":1,"total":5.00,"items":[\
                {"id":100,"orderId":10,"sku":"a"},{"id":101,"orderId":10,"sku":"b"}]},\
                {"id":11,"customerId":1,"total":7.50,"items":[]}]},\
                {"id":2,"name":"Zoë \\"Z\\" \\\\","balance":0.00,"orders":[\
                {"id":12,"customerId":2,"total":1.00,"items":[{"id":102,"orderId":12,"sku":"c"}]}]}]

                """)
    }

    @Test func prettyLaysTheSameResultOut() async throws {
        let shop = try await SmallShop.shared()
        let filter =
            #"{"where": {"id": 1}, "fields": ["id", "balance"], "include": {"relation": "orders", "scope": {"limit": 1}}}"#
        let outcome = try await shop.tool.run(["query", "Customer", filter, "--pretty"])
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                [
                  {
                    "id": 1,
                    "balance": 90071992547409931.25,
                    "orders": [
                      {
                        "id": 10,
                        "customerId": 1,
                        "total": 5.00
                      }
                    ]
                  }
                ]

                """)
    }

    @Test func bigNumbersCanBeStrings() async throws {
        let shop = try await SmallShop.shared()
        let outcome = try await shop.tool.run([
            "query", "Customer", #"{"where": {"id": 1}, "fields": ["id", "balance"]}"#, "--big-integers-as-strings",
            "--microseconds",
        ])
        #expect(outcome.status == 0)
        #expect(outcome.output == "[{\"id\":1,\"balance\":\"90071992547409931.25\"}]\n")
    }

    @Test func withoutAFilterAllRecordsCome() async throws {
        let shop = try await SmallShop.shared()
        let outcome = try await shop.tool.run(["query", "Item"])
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix(#"[{"id":100,"#))
        #expect(outcome.output.hasSuffix("\"sku\":\"c\"}]\n"))
    }

    @Test func theFilterCanComeFromStandardInput() async throws {
        let shop = try await SmallShop.shared()
        let outcome = try await shop.tool.run(
            ["query", "Item", "-"], input: #"{"where": {"id": 102}, "fields": "sku"}"# + "\n")
        #expect(outcome.status == 0)
        #expect(outcome.output == "[{\"sku\":\"c\"}]\n")
    }

    @Test func optionsWinOverTheEnvironment() async throws {
        let shop = try await SmallShop.shared()
        let tool = Tool(environment: [
            "KINSHIP_DATABASE_URL": "postgres://nobody@127.0.0.1:1/x", "KINSHIP_MODELS": "/x",
        ])
        let outcome = try await tool.run([
            "query", "Item", #"{"where": {"id": 102}, "fields": "id"}"#, "--models", shop.models, "--database",
            shop.database.url,
        ])
        #expect(outcome.status == 0)
        #expect(outcome.output == "[{\"id\":102}]\n")
    }

    @Test func modelsAreFoundInTheWorkingDirectory() async throws {
        let shop = try await SmallShop.shared()
        let home = try SmallShop.folder(of: [:])
        try FileManager.default.createSymbolicLink(atPath: home + "/models", withDestinationPath: shop.models)
        let tool = Tool(environment: ["KINSHIP_DATABASE_URL": shop.database.url], directory: home)
        let outcome = try await tool.run(["query", "Item", #"{"limit": 1, "fields": ["id"]}"#])
        #expect(outcome.status == 0)
        #expect(outcome.output == "[{\"id\":100}]\n")
    }

    @Test func anotherSchemaCanStandInForPublic() async throws {
        let shop = try await SmallShop.shared()
        try await shop.database.run(
            """
            CREATE SCHEMA elsewhere;
            CREATE TABLE elsewhere.item AS SELECT 7 AS id, NULL::int AS order_id, 'there' AS sku;
            CREATE TABLE elsewhere.customer AS SELECT * FROM public.customer;
            CREATE TABLE elsewhere.orders AS SELECT * FROM public.orders;
            """)
        let outcome = try await shop.tool.run(["query", "Item", "--schema", "elsewhere"])
        #expect(outcome.status == 0)
        #expect(outcome.output == "[{\"id\":7,\"orderId\":null,\"sku\":\"there\"}]\n")
    }

    @Test func linesAreRecordsOneByOne() async throws {
        let shop = try await SmallShop.shared()
        let outcome = try await shop.tool.run([
            "query", "Customer", #"{"fields": "id", "include": {"relation": "orders", "scope": {"fields": "id"}}}"#,
            "--lines",
        ])
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(outcome.output.hasPrefix("{\"id\":1,\"orders\":[{\"id\":10},{\"id\":11}]}\n{\"id\":2,"))
        #expect(outcome.output.hasSuffix("}\n"))
        let none = try await shop.tool.run(["query", "Customer", #"{"where": {"id": -1}}"#, "--lines"])
        #expect(none.status == 0)
        #expect(none.output == "")
        let page = try await shop.tool.run(["query", "Customer", #"{"page": true}"#, "--lines"])
        #expect(page.status == 65)
        #expect(page.errors.contains("INVALID_FILTER at page"))
        let both = try await shop.tool.run(["query", "Customer", "--lines", "--pretty"])
        #expect(both.status == 64)
    }

    @Test func helpHasExamplesAndTheVersionIsPrinted() async throws {
        for arguments in [["--help"], ["query", "--help"], ["batch", "--help"], ["demo", "--help"], []] {
            let outcome = try await Tool().run(arguments)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("Examples:"), "\(arguments)")
            #expect(outcome.errors == "")
        }
        let version = try await Tool().run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.wholeMatch(of: #/[0-9]+\.[0-9]+\.[0-9]+\n/#) != nil)
    }
}
