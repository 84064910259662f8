// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
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
        let serving = try await SmallShop.shared().tool.start(
            [
                "serve", "--port", "0", "--access", "open", "--models", Repository.path("Examples/models"),
                "--database",
                shop.url, "--quiet",
            ], limit: .seconds(400))
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
        let bounded = folder.appending(path: "bounded.json")
        let document = try JSONValue(
            parsing: Array(Data(contentsOf: folder.appending(path: "openapi.json"))), maximumDepth: 512)
        try Data(Self.bounded(document).description.utf8).write(to: bounded)
        let outcome = try await run(
            "\(tools)/schemathesis",
            [
                "run", bounded.path, "--url", "http://127.0.0.1:\(port)/api", "--phases", "fuzzing",
                "--max-examples", "4", "--max-time", "120", "--workers", "2", "--suppress-health-check", "all",
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            ], in: folder.path)
        #expect(outcome.status == 0, "\(outcome.output.suffix(8000))\n\(outcome.errors.suffix(2000))")
        #expect(try await client.send("GET", "/ready").status == 200)
        serving.send(SIGTERM)
        _ = await serving.outcome()
    }

    /// The document with conditions and includes that don't lead on without end: schemathesis takes all ways there are before it begins.
    private static func bounded(_ document: JSONValue) -> JSONValue {
        let schemas = document["components"]?["schemas"]?.members ?? []
        func name(_ reference: JSONValue) -> String? {
            reference["$ref"]?.text?.split(separator: "/").last.map(String.init)
        }
        func references(_ json: JSONValue) -> Set<String> {
            if let name = name(json) { return [name] }
            let parts = json.elements ?? (json.members ?? []).map(\.value)
            return parts.reduce(into: []) { $0.formUnion(references($1)) }
        }
        let leads = Dictionary(uniqueKeysWithValues: schemas.map { ($0.key, references($0.value)) })
        func reaches(_ from: String, _ to: String) -> Bool {
            var (seen, rest): (Set<String>, [String]) = ([from], [from])
            while let next = rest.popLast() {
                if next == to { return true }
                for name in leads[next] ?? [] where seen.insert(name).inserted { rest.append(name) }
            }
            return false
        }
        func cut(_ json: JSONValue, of schema: String) -> JSONValue {
            if let elements = json.elements { return .array(elements.map { cut($0, of: schema) }) }
            if let name = name(json) { return reaches(name, schema) ? ["type": "object", "maxProperties": 0] : json }
            guard let members = json.members else { return json }
            return .object(members.map { .init($0.key, cut($0.value, of: schema)) })
        }
        let asked = ["Where", "Related", "Filter", "Scope", "Include", "Condition"]
        return .object(
            (document.members ?? []).map { part in
                guard part.key == "components" else { return part }
                return .init(
                    part.key,
                    .object(
                        (part.value.members ?? []).map { kind in
                            guard kind.key == "schemas" else { return kind }
                            let all = schemas.map { schema -> JSONValue.Member in
                                let isAsked = asked.contains { schema.key.hasSuffix($0) }
                                return isAsked ? .init(schema.key, cut(schema.value, of: schema.key)) : schema
                            }
                            return .init(kind.key, .object(all))
                        }))
            })
    }

    /// In a folder of its own: schemathesis keeps what it found beside it.
    private func run(
        _ tool: String, _ arguments: [String], in folder: String
    ) async throws -> (status: Int32, output: String, errors: String) {
        let running = try RunningTool(
            tool, arguments, environment: ProcessInfo.processInfo.environment, directory: folder,
            output: nil, limit: .seconds(300))
        let outcome = await running.outcome()
        return (outcome.status, outcome.output, outcome.errors)
    }
}
#endif
