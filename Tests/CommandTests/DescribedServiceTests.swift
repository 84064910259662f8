// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import TestSupport
import Testing

/// The descriptions of the routes, held against tools of others: `Scripts/check-description` installs them.
@Suite struct DescribedServiceTests {
    private static let tools = ProcessInfo.processInfo.environment["KINSHIP_API_TOOLS"]

    @Test(.enabled(if: tools != nil, "Scripts/check-description runs it, with tools from PyPI"))
    func theServiceDoesWhatItsDescriptionSays() async throws {
        let tools = try #require(Self.tools)
        let shop = try await TestDatabase.named(
            "described", loading: ["sql/shop/schema.sql", "sql/shop/data.sql"])
        let serving = try await SmallShop.shared().tool.start([
            "serve", "--port", "0", "--access", "open", "--models", Repository.path("Examples/models"), "--database",
            shop.url, "--quiet",
        ])
        try #require(await serving.waitForErrors("Ctrl-C ends it"))
        let port = try #require(serving.errorsSoFar.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\//#)?.output.1)
        let client = RawHTTP(port: try #require(Int(port)))
        let folder = FileManager.default.temporaryDirectory.appending(path: "described-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["openapi.json", "swagger.json"] {
            let file = folder.appending(path: name)
            try Data(try await client.send("GET", "/explorer/\(name)").body).write(to: file)
            let outcome = try await run("\(tools)/openapi-spec-validator", [file.path], in: folder.path)
            #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
        }
        let outcome = try await run(
            "\(tools)/schemathesis",
            [
                "run", folder.appending(path: "openapi.json").path, "--url", "http://127.0.0.1:\(port)/api", "--phases",
                "fuzzing",
                "--max-examples", "4", "--workers", "2", "--suppress-health-check", "all", "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            ], in: folder.path)
        #expect(outcome.status == 0, "\(outcome.output.suffix(8000))\n\(outcome.errors.suffix(2000))")
        #expect(try await client.send("GET", "/ready").status == 200)
        serving.send(SIGTERM)
        _ = await serving.outcome()
    }

    /// In a folder of its own: schemathesis keeps what it found beside it.
    private func run(
        _ tool: String, _ arguments: [String], in folder: String
    ) async throws -> (status: Int32, output: String, errors: String) {
        let running = try RunningTool(
            tool, arguments, environment: ProcessInfo.processInfo.environment, directory: folder,
            output: nil)
        let outcome = await running.outcome()
        return (outcome.status, outcome.output, outcome.errors)
    }
}
#endif
