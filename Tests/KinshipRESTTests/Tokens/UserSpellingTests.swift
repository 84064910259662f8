// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

@testable import KinshipJWT

/// Users whose keys are numbers of which there are several texts.
@Suite struct UserSpellingTests {
    private static func spelling(_ type: String) throws -> UserKeySpelling {
        let kind = ["text", "uuid"].contains(type) ? "string" : "number"
        let schema = try Schema(definitions: [
            ModelDefinition(
                [
                    "name": "Person", "base": "User",
                    "properties": [
                        "id": ["type": .string(kind), "id": true, "postgresql": ["dataType": .string(type)]]
                    ],
                ], file: nil)
        ])
        return UserKeySpelling(schema.people(named: nil))
    }

    private static let spellings: [(type: String, texts: [String: String])] = [
        ("integer", ["1": "1", "007": "7", "1.00": "1", "-0": "0", "x": "x", "1.5": "1.5", "1e99": "1e99"]),
        ("numeric", ["1.00": "1", "1": "1", "1e2": "100", "0.10": "0.1", "-0.0": "0", "x": "x", "NaN": "NaN"]),
        ("numeric", ["1e999999": "1e999999", "12345678901234567890.10": "12345678901234567890.1"]),
        (
            "double precision",
            ["1.0": "1", "1e2": "100", "0.1000": "0.1", "0x10": "0x10", "1e400": "1e400", "inf": "inf"]
        ),
        ("real", ["1.0": "1", "0.10000000149": "0.1"]), ("text", ["1.0": "1.0", "A": "A"]),
        ("uuid", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    ]

    @Test func aKeyHasOneSpelling() throws {
        for (type, texts) in Self.spellings {
            let spelling = try Self.spelling(type)
            for (given, spelled) in texts { #expect(spelling.spelled(given) == spelled, "\(type) \(given)") }
        }
        #expect(UserKeySpelling(nil).spelled("1.0") == "1.0")
    }

    private static let tables = """
        DROP TABLE IF EXISTS person, accesstoken, doc, role, rolemapping CASCADE;
        CREATE TABLE person (id numeric(10,2) PRIMARY KEY, email text, username text, password text, realm text,
            emailverified boolean, verificationtoken text);
        INSERT INTO person (id, email) VALUES (1, 'ada@example.org'), (2, 'bob@example.org');
        CREATE TABLE accesstoken (id text PRIMARY KEY, ttl integer, scopes text, created timestamptz, userid numeric(12,4));
        INSERT INTO accesstoken VALUES ('ada', 3600, NULL, now(), 1), ('gone', 3600, NULL, now(), 3);
        CREATE TABLE doc (id serial PRIMARY KEY, title text, personid integer);
        INSERT INTO doc (title, personid) VALUES ('of ada', 1), ('of bob', 2);
        CREATE TABLE role (id serial PRIMARY KEY, name text, description text, created timestamptz, modified timestamptz);
        INSERT INTO role (name) VALUES ('editor');
        CREATE TABLE rolemapping (id serial PRIMARY KEY, principaltype text, principalid text, roleid integer);
        INSERT INTO rolemapping (principaltype, principalid, roleid) VALUES ('USER', '1', 1);
        """

    private static func models() throws -> [ModelDefinition] {
        func rule(_ permission: String, _ type: String, _ principal: String, _ property: JSONValue = "*") -> JSONValue {
            [
                "permission": .string(permission), "principalType": .string(type), "principalId": .string(principal),
                "property": property,
            ]
        }
        let definitions: [JSONValue] = [
            [
                "name": "Person", "base": "User", "plural": "People",
                "properties": ["id": ["type": "number", "id": true, "postgresql": ["dataType": "numeric"]]],
            ],
            [
                "name": "Doc",
                "properties": [
                    "id": ["type": "number", "id": true, "generated": true], "title": "string", "personId": "number",
                ],
                "relations": ["person": ["type": "belongsTo", "model": "Person", "foreignKey": "personId"]],
                "acls": [
                    rule("DENY", "ROLE", "$everyone"), rule("ALLOW", "ROLE", "$owner", ["patchAttributes"]),
                    rule("ALLOW", "ROLE", "editor", ["create"]), rule("ALLOW", "USER", "2.0", ["find"]),
                ],
            ],
        ]
        return try definitions.map { try ModelDefinition($0, file: nil) }
    }

    @Test func rulesCompareValues() async throws {
        let made = try await TestDatabase.named("tokens-spelling")
        try await made.run(Self.tables)
        try await Database.withDatabase(
            schema: try Schema(definitions: try Self.models()).addingAccessModels(),
            connection: ConnectionConfiguration(url: made.url),
            pool: PoolConfiguration(minimumConnections: 1, maximumConnections: 4)
        ) { database in
            var options = RESTOptions()
            options.access = AccessControl(
                authenticator: AuthenticatorChain(
                    try TokenMaker.authenticator(), AccessTokenAuthenticator(database.schema)))
            options.access?.errorStatus = 403
            let service = RESTService(database, options)
            func bearer(_ subject: String) throws -> HTTPFields {
                [.authorization: "Bearer " + (try TokenMaker.token(#"{"sub":\#(subject),"exp":1800000060}"#))]
            }
            let subjects = [#""1""#, #""1.0""#, #""1.00""#, "1", "1.000", "1e0", #""01""#]
            let own: [HTTPFields] = [[.authorization: "ada"]] + (try subjects.map { try bearer($0) })
            for fields in own {
                #expect(try await service.ask(.get, "/api/People/me", fields).json["email"] == "ada@example.org")
                let patched = try await service.ask(.patch, "/api/Docs/1", fields, ["title": "new"])
                #expect(patched.status == 200, "\(fields) \(patched.text)")
                #expect(try await service.ask(.patch, "/api/Docs/2", fields, ["title": "new"]).status == 403)
                // A role that the table gives, and a rule for somebody else.
                #expect(try await service.ask(.post, "/api/Docs", fields, ["title": "made"]).status == 200)
                #expect(try await service.ask(.get, "/api/Docs", fields).status == 403)
            }
            for subject in [#""2""#, #""2.00""#, "2.0"] {
                #expect(try await service.ask(.get, "/api/Docs", bearer(subject)).status == 200)
                #expect(try await service.ask(.post, "/api/Docs", bearer(subject), ["title": "made"]).status == 403)
            }
            #expect(try await service.ask(.get, "/api/People/me", [.authorization: "gone"]).status == 401)
        }
    }
}
