// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import TestSupport
import Testing

/// The page at `/explorer/`, in a browser.
@Suite struct ExplorerTests {
    private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Clicks and keys, by a script that says what failed. Where there is no browser nothing can be said.
    @Test(.enabled(if: browser != nil, "there is no Chromium here: apt-get install chromium"))
    func thePageDoesWhatItShows() async throws {
        let shop = try await TestDatabase.named(
            "explorer", loading: ["sql/shop/schema.sql", "sql/shop/data.sql"])
        let serving = try await SmallShop.shared().tool.start([
            "serve", "--port", "0", "--access", "open", "--models", Repository.path("Examples/models"), "--database",
            shop.url, "--quiet",
        ])
        try #require(await serving.waitForErrors("Ctrl-C ends it"))
        let port = try #require(serving.errorsSoFar.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\//#)?.output.1)
        // Two dozen checks, each with limits of its own, which take the better part of a minute where nothing else goes on.
        let script = try RunningTool(
            Repository.path("Scripts/explorer-test"), ["http://127.0.0.1:\(port)/explorer/"],
            environment: ProcessInfo.processInfo.environment, directory: Repository.path("."), output: nil,
            limit: .seconds(300))
        let outcome = await script.outcome()
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
        serving.send(SIGTERM)
        _ = await serving.outcome()
    }

    /// What is served beside the page, and to whom.
    @Test func theDescriptionsAreThere() async throws {
        let serving = try await SmallShop.shared().tool.start(["serve", "--port", "0"])
        try #require(await serving.waitForErrors("Ctrl-C ends it"))
        let port = try #require(serving.errorsSoFar.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\//#)?.output.1)
        let client = RawHTTP(port: try #require(Int(port)))
        let page = try await client.send("GET", "/explorer/")
        #expect(page.status == 200 && page.fields["content-type"] == ["text/html; charset=utf-8"])
        #expect(
            page.fields["content-security-policy"]?.first?.hasPrefix("default-src 'none'; script-src 'self'") == true)
        #expect(try await client.send("GET", "/explorer").fields["location"] == ["/explorer/"])
        #expect(
            try await client.send("GET", "/explorer/main.js").fields["content-type"] == [
                "text/javascript; charset=utf-8"
            ])
        #expect(try await client.send("GET", "/explorer/openapi.json").text.hasPrefix(#"{"openapi":"3.1.0""#))
        #expect(try await client.send("GET", "/explorer/swagger.json").text.hasPrefix(#"{"swagger":"2.0""#))
        // Plans are for where everybody may do everything.
        #expect(try await client.send("GET", "/explorer/plan/Customer").status == 404)
        for path in ["/explorer/../api", "/explorer/nothing.js", "/explorerx", "/explorer/%2e%2e/main.js"] {
            #expect(try await client.send("GET", path).status == 404, "\(path)")
        }
        serving.send(SIGTERM)
        _ = await serving.outcome()
    }
}
#endif
