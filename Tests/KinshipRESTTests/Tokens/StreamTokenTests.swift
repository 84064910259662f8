// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

@testable import KinshipJWT

/// A stream of changes ends with the token that it was begun with, whether anything changes or not.
@Suite(.timeLimit(.minutes(2))) struct StreamTokenTests {
    private static let tables = """
        DROP TABLE IF EXISTS person, accesstoken, note, news CASCADE;
        CREATE TABLE person (id serial PRIMARY KEY, email text, username text, password text, realm text,
            emailverified boolean, verificationtoken text);
        INSERT INTO person (email) VALUES ('ada@example.org');
        CREATE TABLE accesstoken (id text PRIMARY KEY, ttl integer, scopes text, created timestamptz, userid integer);
        CREATE TABLE note (id serial PRIMARY KEY, title text);
        CREATE TABLE news (id serial PRIMARY KEY, title text);
        """

    /// The models: of notes, which who is known may read, and of news, which everybody may.
    private static func models() throws -> [ModelDefinition] {
        let properties: JSONValue = ["id": ["type": "number", "id": true, "generated": true], "title": "string"]
        func rule(_ permission: String, _ role: String) -> JSONValue {
            ["permission": .string(permission), "principalType": "ROLE", "principalId": .string(role)]
        }
        let definitions: [JSONValue] = [
            [
                "name": "Person", "base": "User", "plural": "People",
                "properties": ["id": ["type": "number", "id": true, "generated": true]],
            ],
            [
                "name": "Note", "properties": properties,
                "acls": [rule("DENY", "$everyone"), rule("ALLOW", "$authenticated")],
            ],
            ["name": "News", "plural": "News", "properties": properties, "acls": [rule("ALLOW", "$everyone")]],
        ]
        return try definitions.map { try ModelDefinition($0, file: nil) }
    }

    private func withService(
        _ name: String, heartbeat: Duration = .seconds(20), _ authenticator: (any Authenticator)? = nil,
        _ body: (RESTService, TestDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("stream-tokens-\(name)")
        try await made.run(Self.tables)
        try await Database.withDatabase(
            schema: try Schema(definitions: try Self.models()).addingAccessModels(),
            connection: ConnectionConfiguration(url: made.url),
            pool: PoolConfiguration(minimumConnections: 1, maximumConnections: 4)
        ) { database in
            try await database.installChangeTriggers(of: ["Note", "News"])
            var options = RESTOptions()
            options.access = AccessControl(authenticator: authenticator)
            options.limits.heartbeat = heartbeat
            try await body(RESTService(database, options), made)
        }
    }

    private func open(
        _ service: RESTService, _ model: String, _ fields: HTTPFields
    ) async throws -> RESTResponseBody.Iterator {
        let response = await service.respond(
            to: HTTPRequest(
                method: .get, scheme: nil, authority: nil, path: "/api/\(model)/change-stream", headerFields: fields))
        #expect(response.head.status == .ok)
        return response.body.makeAsyncIterator()
    }

    /// What comes of a stream until it ends.
    private func rest(_ stream: inout RESTResponseBody.Iterator) async throws -> String {
        var text = ""
        while let piece = try await stream.next() { text += String(decoding: piece, as: UTF8.self) }
        return text
    }

    /// Whose token is over after 2 s, in both ways.
    enum Kind: CaseIterable {
        case row, signed

        var authenticator: (any Authenticator)? {
            get throws {
                guard self == .signed else { return nil }
                var taker = JWTAuthenticator(try JWTKeySet([TokenMaker.key(.hs256)]), issuer: nil, audience: nil)
                taker.leeway = .zero
                return taker
            }
        }

        func fields(_ made: TestDatabase) async throws -> HTTPFields {
            switch self {
            case .row:
                try await made.run("INSERT INTO accesstoken VALUES ('ada', 2, NULL, now(), 1)")
                return [.authorization: "ada"]
            case .signed:
                let end = Date().timeIntervalSince1970 + 2
                return [.authorization: "Bearer " + (try TokenMaker.token(#"{"sub":"1","exp":\#(end)}"#))]
            }
        }
    }

    @Test(arguments: [(Kind.row, "Notes"), (.row, "News"), (.signed, "Notes"), (.signed, "News")])
    func anIdleStreamEndsWithItsToken(_ kind: Kind, _ path: String) async throws {
        try await withService("idle-\(kind)-\(path)", try kind.authenticator) { service, made in
            var stream = try await open(service, path, try await kind.fields(made))
            let start = ContinuousClock.now
            let text = try await rest(&stream)
            #expect(text.contains("event: error\n") && text.contains("INVALID_TOKEN"), "\(text)")
            #expect(!text.contains("event: data"))
            // Long before a sign of life was due, and not ahead of the token's end.
            let time = start.duration(to: .now)
            #expect(time < .seconds(15) && time > .seconds(1), "\(time)")
            #expect(service.changeStreams == 0)
        }
    }

    @Test(arguments: Kind.allCases)
    func aBusyStreamEndsWithItsToken(_ kind: Kind) async throws {
        try await withService("busy-\(kind)", try kind.authenticator) { service, made in
            var stream = try await open(service, "Notes", try await kind.fields(made))
            let writer = Task {
                while !Task.isCancelled {
                    try await made.run("INSERT INTO note (title) VALUES ('x')")
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            defer { writer.cancel() }
            let text = try await rest(&stream)
            let events = text.split(separator: "\n").filter { $0.hasPrefix("event: ") }
            #expect(events.count > 1 && events.dropLast().allSatisfy { $0 == "event: data" }, "\(events)")
            #expect(events.last == "event: error" && text.contains("INVALID_TOKEN"), "\(text.suffix(500))")
        }
    }

    /// Who gives a token up has ended its streams, though everybody may hear of what they are about.
    @Test func aStreamEndsAtASignOfLifeOnceItsTokenIsGivenUp() async throws {
        try await withService("given-up", heartbeat: .milliseconds(100)) { service, made in
            for path in ["Notes", "News"] {
                try await made.run("INSERT INTO accesstoken VALUES ('\(path)', 3600, NULL, now(), 1)")
                var stream = try await open(service, path, [.authorization: path])
                // While it holds there are signs of life, and nothing else.
                for place in 0..<5 {
                    let piece = String(decoding: try await stream.next() ?? [], as: UTF8.self)
                    #expect(piece.hasPrefix(":") && !piece.contains("event"), "\(place): \(piece)")
                }
                try await made.run("DELETE FROM accesstoken WHERE id = '\(path)'")
                let text = try await rest(&stream)
                #expect(text.contains("event: error\n") && text.contains("INVALID_TOKEN"), "\(path): \(text)")
            }
            // Nobody in particular has no token that could end.
            var stream = try await open(service, "News", [:])
            for _ in 0..<10 { _ = try await stream.next() }
            try await made.run("INSERT INTO news (title) VALUES ('mark')")
            var text = ""
            while !text.contains("mark"), let piece = try await stream.next() {
                text += String(decoding: piece, as: UTF8.self)
            }
            #expect(text.contains("event: data") && !text.contains("event: error"), "\(text)")
        }
    }

    /// A user who is taken out of what they may listen to hears no more, be it that nothing changes.
    @Test func aStreamEndsAtASignOfLifeOnceItsRightsAreGone() async throws {
        try await withService("rights", heartbeat: .milliseconds(100)) { service, made in
            try await made.run("INSERT INTO accesstoken VALUES ('ada', 3600, NULL, now(), 1)")
            var stream = try await open(service, "Notes", [.authorization: "ada"])
            _ = try await stream.next()
            try await made.run("UPDATE accesstoken SET scopes = '[\"other\"]' WHERE id = 'ada'")
            let text = try await rest(&stream)
            #expect(text.contains("event: error\n") && text.contains("AUTHORIZATION_REQUIRED"), "\(text)")
        }
    }
}
