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

    @Test func examplesAreDescribed() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "examples-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "examples.json")
        try Data(#"{"Customer": {"id": 4711, "name": "Example"}}"#.utf8).write(to: file)
        let (running, client) = try await serve(["--examples", file.path])
        let description = try await client.send("GET", "/explorer/openapi.json")
        #expect(description.text.contains(#""examples":[{"id":4711,"name":"Example"}]"#))
        running.send(SIGTERM)
        _ = await running.outcome()
        let tool = try await SmallShop.shared().tool
        for text in ["[]", "{", #"{"Nobody": {}}"#, #"{"Customer": 1}"#] {
            try Data(text.utf8).write(to: file)
            let outcome = try await tool.run(["serve", "--port", "0", "--examples", file.path])
            #expect(outcome.status == 65 && outcome.errors.contains("Customer"), "\(text): \(outcome.errors)")
        }
        let missing = try await tool.run(["serve", "--port", "0", "--examples", folder.appending(path: "none").path])
        #expect(missing.status == 66, "\(missing.errors)")
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

    /// Whatever decides who may do what, it is told at the start, and by `--who`.
    @Test func whoMayDoWhatIsAlwaysTold() async throws {
        let rule = #"{"acls": [{"principalType": "ROLE", "principalId": "$authenticated", "permission": "ALLOW"}]}"#
        let folder = try SmallShop.folder(of: ["model-config.json": #"{"Customer": \#(rule)}"#])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let config = ["--config", folder + "/model-config.json"]
        let tool = try await SmallShop.shared().tool
        for (arguments, line) in [
            ([], "everyone: reads all models; nobody writes, for no model has access rules"),
            (["--access", "read"], "everyone: reads all models; nobody writes (--access read)"),
            (["--access", "open"], "everyone: reads and writes all models (--access open)"),
            (["--access", "none"], "nobody may do anything (--access none)"),
            (
                ["--access", "open"] + config,
                "everyone: reads and writes all models (--access open); the models' access rules aren't kept"
            ),
            (config, "Customer, signed in: *"),
        ] as [([String], String)] {
            let told = try await tool.run(["serve", "--who"] + arguments)
            #expect(told.status == 0 && told.lines.contains(line), "\(told.output)\(told.errors)")
            let (running, _) = try await serve(arguments)
            #expect(running.errorsSoFar.contains("who may call what:\n"), "\(running.errorsSoFar)")
            #expect(running.errorsSoFar.contains(line + "\n"), "\(running.errorsSoFar)")
            running.send(SIGTERM)
            _ = await running.outcome()
        }
    }

    private static let secret = "0123456789abcdef0123456789abcdef"
    /// Of HS256 and the secret, for the audience shop until the year 9999.
    private static let token =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiNyIsImV4cCI6MjUzNDAyMzAwNzk5fQ.B2Qcb3HOijvq2ACljS5ADiPJr7xv5kCpZLVO4YWBB1Y"

    @Test func tokensOfAnIssuerCount() async throws {
        let folder = try SmallShop.folder(of: ["secret": Self.secret + "\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arguments = ["--jwt-secret-file", folder + "/secret", "--jwt-issuer", "https://login.example"]
        let (running, client) = try await serve(arguments + ["--jwt-audience", "shop", "--log-level", "trace"])
        func status(_ token: String) async throws -> (Int, [String]?) {
            let answer = try await client.send("GET", "/api/Customers", [("Authorization", "Bearer \(token)")])
            return (answer.status, answer.fields["www-authenticate"])
        }
        #expect(try await status(Self.token).0 == 200)
        for wrong in ["x", Self.token + "A", String(Self.token.dropLast(43))] {
            let (status, challenge) = try await status(wrong)
            #expect(status == 401 && challenge == [#"Bearer error="invalid_token""#], "\(wrong)")
        }
        running.send(SIGTERM)
        let said = await running.outcome().errors
        #expect(!said.contains(Self.secret) && !said.contains("B2Qcb3HOijvq2ACljS5ADiPJr7xv5kCpZLVO4YWBB1Y"))
        // For nobody in particular there are other tokens.
        let (second, other) = try await serve(arguments)
        #expect(
            try await other.send("GET", "/api/Customers", [("Authorization", "Bearer \(Self.token)")]).status == 401)
        second.send(SIGTERM)
        _ = await second.outcome()
    }

    @Test func keysThatAreLeftOutAreTold() async throws {
        let curve = #""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#
        let set = #"{"keys":[{\#(curve)},{\#(curve),"use":"enc"},{"kty":"new"},{\#(curve),"alg":"ES256K"}]}"#
        let folder = try SmallShop.folder(of: ["set": set])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (running, _) = try await serve(["--jwt-keys", folder + "/set", "--tenant-claim", "/app/org"])
        running.send(SIGTERM)
        let told = await running.outcome().errors
        for part in [
            "keys[1]: It is not for signatures", "keys[2]: It is of a kind", "keys[3]: Its algorithm is none",
        ] { #expect(told.contains("A key of --jwt-keys is left out: \(part)"), "\(told)") }
        #expect(!told.contains("keys[0]"))
    }

    @Test func keysThatAreNoneAreTold() async throws {
        let tool = try await SmallShop.shared().tool
        let folder = try SmallShop.folder(of: [
            "short": "tooshort", "pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "none": "{}",
        ])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (arguments, status, part) in [
            (["--jwt-issuer", "x"], 64, "--jwt-keys"), (["--tenant-claim", "org"], 64, "--jwt-keys"),
            (["--jwt-keys", folder + "/none", "--jwt-algorithm", "none"], 64, "HS256"),
            (["--jwt-keys", folder + "/none", "--access", "open"], 64, "leave it out"),
            (["--jwt-keys", folder + "/none", "--jwt-leeway", "1e9"], 64, "--jwt-leeway"),
            (["--jwt-keys", folder + "/none", "--tenant-claim", "/a//b"], 64, "--tenant-claim"),
            (["--jwt-keys", folder + "/none", "--tenant-claim", "/a~2"], 64, "--tenant-claim"),
            (["--jwt-keys", folder + "/none", "--jwt-roles-claim", "/"], 64, "--jwt-roles-claim"),
            (["--jwt-keys", folder + "/none", "--jwt-user-claim", ""], 64, "--jwt-user-claim"),
            (["--jwt-keys", folder + "/gone"], 66, "no file"),
            (["--jwt-keys", folder + "/none"], 78, "JWT_KEY_INVALID"),
            (["--jwt-keys", folder + "/pem"], 78, "private key"),
            (["--jwt-secret-file", folder + "/short"], 78, "8 bytes"),
        ] as [([String], Int32, String)] {
            let outcome = try await tool.run(["serve", "--port", "0"] + arguments)
            #expect(outcome.status == status && outcome.errors.contains(part), "\(arguments) \(outcome.errors)")
            #expect(!outcome.errors.contains("tooshort") && !outcome.errors.contains("AAAA"))
        }
    }
}
#endif
