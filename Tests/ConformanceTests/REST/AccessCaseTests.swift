// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import Foundation
import Kinship
import KinshipBcrypt
import KinshipREST
import TestSupport
import Testing

/// Requests by known and unknown people to models with access rules.
@Suite struct AccessCaseTests {
    @Test(arguments: try AccessCase.all().filter { !$0.changesSomething })
    func whoMayIsAnswered(example: RESTCase) async throws {
        let service = RESTService(try await AccessCase.shared.value, AccessCase.options)
        #expect(service.ruleProblems.isEmpty)
        try await AccessCase.ask(example, service)
    }

    @Test func theCorpusIsWhole() throws {
        let cases = try AccessCase.all()
        #expect(cases.count == 229)
        #expect(cases.filter(\.changesSomething).count > 50)
    }
}

/// Those that change something, whose data are loaded anew for each.
@Suite(.serialized) struct AccessChangeCaseTests {
    @Test(arguments: try AccessCase.all().filter(\.changesSomething))
    func whoMayDoes(example: RESTCase) async throws {
        let made = try await TestDatabase.named("acl-writes")
        for file in AccessCase.files {
            try await made.run(try String(contentsOfFile: Repository.path(file), encoding: .utf8))
        }
        let database = try await AccessCase.open(made)
        do {
            try await AccessCase.ask(example, RESTService(database, AccessCase.options))
            if let difference = try await RESTCaseService.difference(after: example, in: made) {
                Issue.record("\(difference)")
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

extension RESTCase {
    /// Whether it may: a token that is over is deleted.
    fileprivate var changesSomething: Bool {
        !["GET", "HEAD"].contains(method) || name.contains("expired")
            || json["expect"]?["error"]?["code"] == "INVALID_TOKEN"
    }
}

/// What the cases are about.
enum AccessCase {
    static let files = ["small-data.sql", "acl-data.sql"].map { "Tests/Fixtures/conformance/\($0)" }

    static func all() throws -> [RESTCase] { try Case.lines("acl.jsonl").map { try RESTCase($0) } }

    /// One for those that only read.
    static let shared = Task { try await open(try await TestDatabase.named("acl", loading: files)) }

    static func open(_ made: TestDatabase) async throws -> Database {
        try await Database.open(schema: try schema(), connection: ConnectionConfiguration(url: made.url))
    }

    static func ask(_ example: RESTCase, _ service: RESTService) async throws {
        let response = await service.respond(to: try example.request(), body: RESTRequestBody(example.body))
        if let difference = try await RESTAnswer(response).difference(from: example) {
            Issue.record("\(difference)")
        }
    }

    static var options: RESTOptions {
        var options = RESTOptions()
        var access = AccessControl(userModel: "Account", roles: ["projectMember": ProjectMember()])
        options.passwords = BcryptHasher(cost: 4)
        access.cookieSecret = "conformance"
        options.access = access
        options.cors = CORSOptions(origins: ["https://app.example"])
        return options
    }

    /// Whoever the table has with the project.
    private struct ProjectMember: RoleResolver {
        func holds(
            _ role: String, _ identity: Identity?, model: Model, id: JSONValue?, in database: Database
        ) async throws -> Bool {
            guard let user = identity?.user, let id = id?.text ?? id?.description else { return false }
            return try await database.pool.execute(
                "SELECT FROM membership WHERE account_id::text = \(user) AND project_id::text = \(id)"
            ).count > 0
        }
    }

    /// The models of the REST cases, with rules.
    static func schema() throws -> Schema {
        let folder = Repository.path("Tests/Fixtures/conformance/acl-models")
        func read(_ path: String) throws -> JSONValue {
            try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8))
        }
        let overlay = try read(Repository.path("Tests/Fixtures/conformance/rest-overlay.json"))
        let configuration = try ModelConfiguration(
            json: Array(String(contentsOfFile: "\(folder)/model-config.json", encoding: .utf8).utf8))
        let plain = Repository.path("Tests/Fixtures/conformance/models")
        let files = try [plain, folder].flatMap { try FileManager.default.contentsOfDirectory(atPath: $0) }
        let definitions = try Set(files).sorted().filter { $0.hasSuffix(".json") && $0 != "model-config.json" }.map {
            file in
            var model: JSONValue = [:]
            if FileManager.default.fileExists(atPath: "\(plain)/\(file)") {
                model = try read("\(plain)/\(file)").merged(with: overlay[String(file.dropLast(5))] ?? [:])
            }
            if FileManager.default.fileExists(atPath: "\(folder)/\(file)") {
                model = model.merged(with: try read("\(folder)/\(file)"))
            }
            var definition = try ModelDefinition(model, file: file)
            definition.configure(configuration)
            return definition
        }
        return try Schema(definitions: definitions).addingAccessModels().attaching([
            "Project": .modelMethods([
                "stats": ModelMethod(verb: .get, isReadOnly: true) { projects -> JSONValue in
                    ["projects": .number("\(try await projects.count())")]
                },
                "rebuild": ModelMethod { _ -> JSONValue in ["rebuilt": true] },
                "purge": ModelMethod { _ -> JSONValue in ["purged": 0] }.ruled(tokenScopes: ["maintenance"]),
            ]),
            "Item": .modelMethods([
                "pull": ModelMethod(verb: .get) { _ -> JSONValue in ["pulled": 0] }.ruled("REPLICATE")
            ]),
        ]).attaching([
            "Project": .recordMethods([
                "archive": RecordMethod { project -> JSONValue in ["archived": project.record["id"]] },
                "summary": RecordMethod(verb: .get, isReadOnly: true) { project -> JSONValue in
                    ["name": project.record["name"]]
                },
            ])
        ])
    }
}
#endif
