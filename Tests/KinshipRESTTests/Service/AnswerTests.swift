// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipGzip
import KinshipREST
import TestSupport
import Testing

/// Headers and forms of answers that the corpus doesn't have.
@Suite struct AnswerTests {
    @Test func whoTakesNoJSONIsRefusedBeforeAnythingChanges() async throws {
        try await RESTWorld.withService("accept") { service, database, _ in
            let before = try await database.count("Piece").count
            let html: HTTPFields = [.accept: "text/html"]
            #expect(try await service.ask(.get, "/api/Things/1", html).status == 406)
            #expect(try await service.ask(.get, "/api/Things/0", html).status == 404)
            #expect(try await service.ask(.post, "/api/Pieces", html, ["name": "x"]).status == 406)
            #expect(try await service.ask(.delete, "/api/Pieces/1", html).status == 406)
            #expect(try await database.count("Piece").count == before)
            #expect(try await service.ask(.get, "/api/Things/1", [.accept: "text/html, */*;q=0.1"]).status == 200)
        }
    }

    @Test func optionsNameTheMethodsOfAPath() async throws {
        try await RESTWorld.withService("options") { service, _, _ in
            let answer = try await service.ask(.options, "/api/things/1")
            #expect(answer.status == 204)
            #expect(answer.fields[.allow] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS")
            #expect(try await service.ask(.options, "/api/nothing").status == 404)
        }
    }

    @Test func pagesAnswerOriginsThatMayAsk() async throws {
        try await RESTWorld.withService("origins") { options in
            options.cors = CORSOptions(origins: ["https://app.example"])
        } _: { service, _, _ in
            for path in ["/api/Things/1", "/api/Things/0", "/nowhere"] {
                let own = try await service.ask(.get, path, [.origin: "https://app.example"])
                #expect(own.fields[.accessControlAllowOrigin] == "https://app.example", "\(path)")
                #expect(own.fields[.accessControlAllowCredentials] == "true")
                let other = try await service.ask(.get, path, [.origin: "https://evil.example"])
                #expect(other.fields[.accessControlAllowOrigin] == nil)
                #expect(other.fields[values: .vary].contains("Origin"))
            }
            let preflight = try await service.ask(
                .options, "/api/Things", [.origin: "https://evil.example", .accessControlRequestMethod: "POST"])
            #expect(preflight.status == 204 && preflight.fields[.accessControlAllowMethods] == nil)
        }
        try await RESTWorld.withService("no-origins") { service, _, _ in
            let answer = try await service.ask(.get, "/api/Things/1", [.origin: "https://app.example"])
            #expect(answer.fields[.accessControlAllowOrigin] == nil)
        }
    }

    /// The links lead through all of the list, and back.
    @Test func pagesLinkToEachOther() async throws {
        try await RESTWorld.withService("links") { service, _, _ in
            var path: String? =
                "/api/Things?a=1&filter[where][id][lt]=96&filter[limit]=20&filter[order]=name%20DESC&filter[page][cursor]=true"
            var ids: [String] = []
            var pages = 0
            var last: HTTPFields = [:]
            while let target = path, pages < 10 {
                let answer = try await service.ask(.get, target)
                #expect(answer.status == 200, "\(answer.text)")
                ids += answer.json["rows"]?.elements?.compactMap { $0["id"]?.description } ?? []
                last = answer.fields
                path = Self.link("next", answer.fields)
                pages += 1
            }
            #expect(pages == 5)
            #expect(ids.count == 95 && Set(ids).count == 95)
            let back = try await service.ask(.get, try #require(Self.link("prev", last)))
            #expect(back.json["rows"]?.elements?.first?["id"]?.description == ids[60])
            #expect(Self.link("prev", last)?.contains("a=1") == true)
        }
    }

    private static func link(_ relation: String, _ fields: HTTPFields) -> String? {
        let parts = HTTPField.Name("Link").flatMap { fields[$0] }?.components(separatedBy: ", ") ?? []
        return parts.first { $0.hasSuffix("rel=\"\(relation)\"") }.flatMap {
            $0.dropFirst().split(separator: ">").first.map(String.init)
        }
    }

    @Test func answersAreCompressedForWhoTakesThemSo() async throws {
        try await RESTWorld.withService("gzip") { options in
            options.compressor = GzipCompressor()
            (options.batchSize, options.bufferedBytes) = (100, 4_000)
        } _: { service, _, _ in
            for path in ["/api/Pieces?filter[limit]=20", "/api/Things", "/api/Pieces"] {
                let plain = try await service.ask(.get, path)
                let small = try await service.ask(.get, path, [.acceptEncoding: "br, gzip;q=0.5"])
                #expect(plain.fields[.contentEncoding] == nil && small.fields[.contentEncoding] == "gzip")
                #expect(small.fields[values: .vary].contains("Accept-Encoding"))
                #expect(small.body.count < plain.body.count / 3)
                #expect(try Self.expanded(small.body) == plain.body, "\(path)")
            }
            #expect(
                try await service.ask(.get, "/api/Pieces", [.acceptEncoding: "gzip;q=0"]).fields[.contentEncoding]
                    == nil)
            #expect(
                try await service.ask(.get, "/api/Pieces/count", [.acceptEncoding: "gzip"]).fields[.contentEncoding]
                    == nil)
        }
    }

    /// The explorer's page and the descriptions are answers as well.
    @Test(arguments: [
        "/explorer/", "/explorer/main.js", "/explorer/explorer.css", "/explorer/openapi.json", "/explorer/swagger.json",
    ])
    func whatDescribesTheRoutesIsCompressedToo(path: String) async throws {
        try await RESTWorld.withService("explorer-gzip") { options in
            options.compressor = GzipCompressor()
        } _: { service, _, _ in
            let plain = try await service.ask(.get, path)
            #expect(plain.status == 200 && plain.fields[.contentEncoding] == nil)
            let tag = try #require(plain.fields[.eTag])
            // Twice: the second one is known.
            for _ in 0..<2 {
                let small = try await service.ask(.get, path, [.acceptEncoding: "gzip, deflate, br"])
                #expect(small.fields[.contentEncoding] == "gzip")
                #expect(small.fields[.contentLength] == String(small.body.count))
                #expect(small.body.count < plain.body.count * 2 / 3)
                #expect(try Self.expanded(small.body) == plain.body)
                // It says what is in it, however it is sent.
                #expect(small.fields[.eTag] == tag)
                #expect(small.fields[.contentType] == plain.fields[.contentType])
            }
            let head = try await service.ask(.head, path, [.acceptEncoding: "gzip"])
            #expect(head.fields[.contentEncoding] == "gzip" && head.body.isEmpty)
            let same = try await service.ask(.get, path, [.acceptEncoding: "gzip", .ifNoneMatch: tag])
            #expect(same.status == 304 && same.body.isEmpty && same.fields[.contentEncoding] == nil)
            for answer in [plain, head, same] {
                #expect(answer.fields[values: .vary].contains("Accept-Encoding"), "\(answer.status)")
            }
            #expect(
                try await service.ask(.get, path, [.acceptEncoding: "gzip;q=0"]).fields[.contentEncoding] == nil)
        }
    }

    /// That nothing has changed is said of a coding, too.
    @Test func whatIsNotModifiedVariesAsWell() async throws {
        try await RESTWorld.withService("gzip-tags") { options in
            options.compressor = GzipCompressor()
        } _: { service, _, _ in
            let path = "/api/Pieces?filter[limit]=20"
            let small = try await service.ask(.get, path, [.acceptEncoding: "gzip"])
            let tag = try #require(small.fields[.eTag])
            #expect(try await service.ask(.get, path).fields[.eTag] == tag)
            let same = try await service.ask(.get, path, [.acceptEncoding: "gzip", .ifNoneMatch: tag])
            #expect(same.status == 304 && same.fields[values: .vary].contains("Accept-Encoding"))
        }
    }

    /// What gzip itself makes of it.
    private static func expanded(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).gz")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(data)
    }

    /// What went wrong in the server is not told to strangers.
    @Test func faultsOfTheServerAreNotTold() async throws {
        try await RESTWorld.withService("faults") { service, _, made in
            try await made.run("alter table thing drop column name cascade")
            let answer = try await service.ask(.get, "/api/Things?filter[limit]=1")
            #expect(answer.status == 500)
            #expect(!answer.text.contains("column") && !answer.text.contains("name\":\"thing"))
            let violated = try await service.ask(
                .post, "/api/Pieces", [:], ["note": "forbidden", "name": "secret words"])
            #expect(violated.status == 409 && violated.code == "CONSTRAINT_VIOLATION")
            #expect(!violated.text.contains("secret words"))
            #expect(violated.fields[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test func theProcessAndTheDatabaseSayHowTheyAre() async throws {
        try await RESTWorld.withService("status") { service, database, _ in
            #expect(try await service.ask(.get, "/health").status == 200)
            #expect(try await service.ask(.get, "/ready").text == #"{"status":"ready"}"#)
            await database.close()
            #expect(try await service.ask(.get, "/health").status == 200)
            let answer = try await service.ask(.get, "/ready")
            #expect(answer.status == 503 && answer.fields[.retryAfter] == "1")
            let other = try await service.ask(.get, "/api/Things/1")
            #expect(other.status == 503 && !other.text.contains("pool"))
        }
    }

    /// By default everybody may read and nobody may write.
    @Test func withoutAPolicyRecordsAreOnlyRead() async throws {
        try await RESTWorld.withService("default") { options in
            options.policy = nil
        } _: { service, database, _ in
            #expect(try await service.ask(.get, "/api/Things/1/pieces").status == 200)
            for route in service.routes.routes where route.accessType != .read {
                let path = "/api" + route.path.replacing(#/:\w+/#, with: "1")
                let answer = try await service.ask(route.method, path, [:], ["name": "x"])
                #expect(answer.status == 401 && answer.code == "AUTHORIZATION_REQUIRED", "\(route)")
            }
            #expect(try await database.count("Piece").count == 60)
            #expect(try await database.count("Thing").count == 1234)
        }
    }

    /// Without a policy the models' rules are kept, in what others include too.
    @Test func accessRulesAreKeptWithoutAPolicy() async throws {
        let (database, made) = try await RESTWorld.database("rules")
        await database.close()
        let schema = try RESTWorld.schema { thing in
            thing.settings = [
                .init("acls", [["principalType": "ROLE", "principalId": "$everyone", "permission": "DENY"]])
            ]
        }
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: made.url)) {
            database in
            let service = RESTService(database)
            #expect(service.ruleProblems.isEmpty)
            for path in ["/api/Things", "/api/Pieces?filter[include]=thing"] {
                let answer = try await service.ask(.get, path)
                #expect(answer.status == 401)
            }
        }
    }

    /// Browsers post forms for pages of any origin without asking first.
    @Test func pagesOfOtherOriginsPostNoForms() async throws {
        try await RESTWorld.withService("origins") { options in
            options.cors = CORSOptions(origins: ["https://app.example"])
        } _: { service, _, tables in
            for (type, origin, status) in [
                ("application/x-www-form-urlencoded", "https://evil.example", 403), ("text/plain", "null", 403),
                ("application/x-www-form-urlencoded", "https://app.example", 200),
                ("application/json", "https://evil.example", 200),
            ] {
                var request = HTTPRequest(method: .post, scheme: nil, authority: "api.example", path: "/api/Pieces")
                request.headerFields = [.origin: origin, .contentType: type]
                let text = type.hasSuffix("json") ? #"{"name":"a"}"# : "name=a"
                let answer = await service.respond(to: request, body: RESTRequestBody(Array(text.utf8)))
                #expect(answer.head.status.code == status, "\(type) \(origin)")
            }
            let made = try await tables.run("SELECT count(*) FROM piece WHERE name = 'a'")
            #expect(made == [["2"]])
        }
    }
}
