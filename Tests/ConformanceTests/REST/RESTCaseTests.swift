// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// The HTTP requests of the corpus, asked of the service without a server.
@Suite struct RESTReadCaseTests {
    @Test(arguments: try RESTCase.reading())
    func requestIsAnsweredAsExpected(example: RESTCase) async throws {
        let service = try await RESTCaseService.shared.value
        let response = await service.respond(to: try example.request(), body: RESTRequestBody(example.body))
        let difference = try await RESTAnswer(response).difference(from: example)
        if let reason = knownDifferences["rest:" + example.name] {
            #expect(difference != nil, "it is answered as expected now; take it off the list (\(reason))")
        } else if let difference {
            Issue.record("\(difference)")
        }
        #expect(service.requestsInFlight >= 0)
    }

    @Test func theCorpusIsWhole() throws {
        let cases = try RESTCase.all()
        #expect(cases.count == 376)
        #expect(Set(cases.map(\.name)).count == cases.count)
    }
}

/// Those that change something, whose data are loaded anew for each.
@Suite(.serialized) struct RESTWriteCaseTests {
    @Test(arguments: try RESTCase.writing())
    func requestIsDoneAsExpected(example: RESTCase) async throws {
        let made = try await RESTCaseService.loadedDatabase()
        let database = try await RESTCaseService.open(made)
        let service = RESTCaseService.service(of: database)
        let response = await service.respond(to: try example.request(), body: RESTRequestBody(example.body))
        if let difference = try await RESTAnswer(response).difference(from: example) {
            Issue.record("\(difference)")
        }
        if let difference = try await RESTCaseService.difference(after: example, in: made) {
            Issue.record("\(difference)")
        }
        await database.close()
    }
}

/// The service that the cases are about.
enum RESTCaseService {
    /// One for those that only read.
    static let shared = Task {
        let made = try await TestDatabase.named("rest", loading: ["Tests/Fixtures/conformance/small-data.sql"])
        return service(of: try await open(made))
    }

    /// The database of those that write, as it is at first.
    static func loadedDatabase() async throws -> TestDatabase {
        let made = try await TestDatabase.named("rest-writes")
        try await made.run(
            try String(contentsOfFile: Repository.path("Tests/Fixtures/conformance/small-data.sql"), encoding: .utf8))
        return made
    }

    static func open(_ made: TestDatabase) async throws -> Database {
        try await Database.open(schema: try schema(), connection: ConnectionConfiguration(url: made.url))
    }

    static func service(of database: Database) -> RESTService {
        var options = RESTOptions()
        options.policy = OpenPolicy()
        options.cors = CORSOptions(origins: ["https://app.example"])
        return RESTService(database, options)
    }

    /// What the tables hold afterwards that they shouldn't.
    static func difference(after example: RESTCase, in made: TestDatabase) async throws -> String? {
        guard let sql = example.afterSQL else { return nil }
        let rows = try await made.run("SELECT coalesce(json_agg(to_jsonb(q)), '[]') FROM (\(sql)) AS q")
        let found = try Rows(try JSONValue(parsing: rows.first?.first.flatMap { $0 } ?? "[]"))
        let expected = try Rows(try #require(example.json["expectAfter"]))
        let isSame = found.equals(expected, isOrdered: sql.lowercased().contains("order by"))
        return isSame ? nil : "afterwards there is \(found), not \(expected)"
    }

    /// The models, each with its member of the overlay.
    static func schema() throws -> Schema {
        let folder = Repository.path("Tests/Fixtures/conformance/models")
        let overlay = try JSONValue(
            parsing: String(
                contentsOfFile: Repository.path("Tests/Fixtures/conformance/rest-overlay.json"), encoding: .utf8))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        let definitions = try files.sorted().map { file in
            let model = try JSONValue(parsing: String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8))
            return try ModelDefinition(model.merged(with: overlay[String(file.dropLast(5))] ?? [:]), file: file)
        }
        return try Schema(definitions: definitions)
    }
}

extension JSONValue {
    /// Objects member by member, anything else replaced.
    func merged(with other: JSONValue) -> JSONValue {
        guard var members, let others = other.members else { return other }
        for member in others {
            if let place = members.firstIndex(where: { $0.key == member.key }) {
                members[place].value = members[place].value.merged(with: member.value)
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }
}
