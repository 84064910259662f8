// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import TestSupport
import Testing

/// `kinship serve`.
@Suite struct ServeTests {
    /// A server that runs, and a client of it.
    private func serve(_ arguments: [String]) async throws -> (RunningTool, RawHTTP) {
        let running = try await SmallShop.shared().tool.start(["serve", "--port", "0"] + arguments)
        try #require(await running.waitForErrors("Ctrl-C ends it"))
        let said = running.errorsSoFar
        let port = try #require(said.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\//#)?.output.1)
        return (running, RawHTTP(port: try #require(Int(port))))
    }

    @Test func itAnswersUntilItIsToldToEnd() async throws {
        let (running, client) = try await serve(["--cors", "https://app.example"])
        let list = try await client.send("GET", "/api/Customers?filter[fields]=id", [("Origin", "https://app.example")])
        #expect(list.status == 200 && list.text == #"[{"id":1},{"id":2},{"id":3}]"#)
        #expect(list.fields["access-control-allow-origin"] == ["https://app.example"])
        #expect(try await client.send("GET", "/ready").status == 200)
        // Nobody may write unless the server was told so.
        #expect(try await client.send("DELETE", "/api/Items/100").status == 401)
        running.send(SIGTERM)
        let outcome = await running.outcome()
        #expect(outcome.status == 143, "\(outcome.errors)")
    }

    @Test func optionsSayWhatIsAllowed() async throws {
        let (running, client) = try await serve(["--access", "none", "--base-path", "/v1"])
        #expect(try await client.send("GET", "/v1/Customers").status == 401)
        #expect(try await client.send("GET", "/api/Customers").status == 404)
        running.send(SIGINT)
        #expect(await running.outcome().status == 130)
    }

    @Test func whatCantBeServedIsTold() async throws {
        let tool = try await SmallShop.shared().tool
        for arguments in [
            ["--port", "99999"], ["--access", "everything"], ["--base-path", "api"], ["--grace", "0"],
        ] {
            #expect(try await tool.run(["serve"] + arguments).status == 64, "\(arguments)")
        }
        let (running, client) = try await serve([])
        let port = try #require(running.errorsSoFar.firstMatch(of: #/:(\d+)\/api/#)?.output.1)
        let second = try await tool.run(["serve", "--port", String(port)])
        #expect(second.status == 69 && second.errors.contains("can't listen"), "\(second.errors)")
        #expect(try await client.send("GET", "/health").status == 200)
        running.send(SIGTERM)
        _ = await running.outcome()
    }
}
#endif
