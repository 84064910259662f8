// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
import TestSupport
import Testing

/// From an empty folder and an empty database to a service, by commands alone: no JSON is written by hand.
@Suite struct FirstServiceTests {
    private static let json = [("Content-Type", "application/json")]

    @Test func anEmptyFolderBecomesAService() async throws {
        let database = try await TestDatabase.named("first_service")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        defer { try? FileManager.default.removeItem(atPath: tool.directory) }
        tool.environment = ["KINSHIP_DATABASE_URL": database.url]

        for arguments in [
            ["model", "--name", "Customer", "--property", "name:string"],
            ["model", "--name", "Order", "--property", "total:number", "--property", "placedAt:date"],
            ["relation", "--from", "Customer", "--type", "hasMany", "--to", "Order", "--inverse", "customer"],
            ["scope", "--model", "Order", "--name", "large", "--filter", #"{"where": {"total": {"gt": 100}}}"#],
            ["check", "--offline", "--strict"],
        ] {
            let outcome = try await tool.run(arguments)
            #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: tool.directory + "/models").sorted()
                == ["customer.json", "order.json"])
        let applied = try await tool.run(["migrate", "apply", "--yes"])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try await tool.run(["migrate", "status", "--check"]).status == 0)
        #expect(try await tool.run(["check", "--strict"]).status == 0)

        let serving = try tool.start(["serve", "--port", "0", "--access", "open"])
        try #require(await serving.waitForErrors("Ctrl-C ends it"))
        let port = try #require(serving.errorsSoFar.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\//#)?.output.1)
        let client = RawHTTP(port: try #require(Int(port)))
        func post(_ path: String, _ text: String) async throws {
            let answer = try await client.send("POST", path, Self.json, body: Array(text.utf8))
            #expect(answer.status == 200, "\(path): \(answer.text)")
        }
        func get(_ path: String) async throws -> JSONValue {
            let answer = try await client.send("GET", path)
            #expect(answer.status == 200, "\(path): \(answer.text)")
            return try JSONValue(parsing: answer.body)
        }
        try await post("/api/Customers", #"{"name": "Ada"}"#)
        try await post("/api/Customers", #"{"name": "Zoë"}"#)
        try await post("/api/Customers/1/orders", #"{"total": 7, "placedAt": "2026-11-30T10:15:00.000Z"}"#)
        try await post("/api/Orders", #"{"total": 120, "customerId": 1}"#)

        let customers = try #require(try await get("/api/Customers?filter[include]=orders&filter[order]=id").elements)
        #expect(customers.map { $0["name"]?.text } == ["Ada", "Zoë"])
        let orders = customers.map { ($0["orders"]?.elements ?? []).compactMap { $0["total"]?.description } }
        #expect(orders == [["7", "120"], []])
        let back = try #require(try await get("/api/Orders?filter[include]=customer&filter[order]=id").elements)
        #expect(back.map { $0["customer"]?["name"]?.text } == ["Ada", "Ada"])
        #expect(back.first?["placedAt"]?.text == "2026-11-30T10:15:00.000Z")
        serving.send(SIGTERM)
        let ended = await serving.outcome()
        #expect(ended.status == 143, "\(ended.errors)")
    }
}
#endif
