// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

@testable import KinshipJWT

/// Tokens in requests: who asks, with which roles, for which tenant.
@Suite struct TokenServiceTests {
    private static let tables = """
        DROP TABLE IF EXISTS person, accesstoken, doc, news CASCADE;
        CREATE TABLE person (id serial PRIMARY KEY, email text, username text, password text, realm text,
            emailverified boolean, verificationtoken text);
        INSERT INTO person (email) VALUES ('ada@example.org'), ('bob@example.org');
        CREATE TABLE accesstoken (id text PRIMARY KEY, ttl integer, scopes text, created timestamptz, userid integer);
        INSERT INTO accesstoken VALUES ('bob', 3600, NULL, now(), 2), ('over', 1, NULL, now() - interval '1 hour', 2);
        CREATE TABLE doc (id serial PRIMARY KEY, org text NOT NULL, title text, personid integer);
        INSERT INTO doc (org, title, personid) VALUES ('acme', 'of ada', 1), ('acme', 'of bob', 2), ('other', 'secret', 1);
        CREATE TABLE news (id serial PRIMARY KEY, title text);
        INSERT INTO news (title) VALUES ('for all');
        """

    private static func models() throws -> [ModelDefinition] {
        let id: JSONValue = ["type": "number", "id": true, "generated": true]
        func rule(_ permission: String, _ role: String, _ property: JSONValue = "*") -> JSONValue {
            [
                "permission": .string(permission), "principalType": "ROLE", "principalId": .string(role),
                "property": property,
            ]
        }
        let definitions: [JSONValue] = [
            ["name": "Person", "base": "User", "plural": "People", "properties": ["id": id]],
            [
                "name": "Doc", "tenant": "org",
                "properties": ["id": id, "org": "string", "title": "string", "personId": "number"],
                "relations": ["person": ["type": "belongsTo", "model": "Person", "foreignKey": "personId"]],
                "acls": [
                    rule("DENY", "$everyone"), rule("ALLOW", "$authenticated", ["find", "findById", "count"]),
                    rule("ALLOW", "$owner", ["patchAttributes"]), rule("ALLOW", "editor", ["create"]),
                ],
            ],
            [
                "name": "News", "plural": "News", "properties": ["id": id, "title": "string"],
                "acls": [rule("ALLOW", "$everyone", ["find"])],
            ],
        ]
        return try definitions.map { try ModelDefinition($0, file: nil) }
    }

    private func withService(
        _ name: String, _ authenticator: (Schema) throws -> any Authenticator, _ log: RecordingLog = RecordingLog(),
        tenant: TenantSource = .claim("org"),
        _ body: (RESTService, TestDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("tokens-\(name)")
        try await made.run(Self.tables)
        try await Database.withDatabase(
            schema: try Schema(definitions: try Self.models()).addingAccessModels(),
            connection: ConnectionConfiguration(url: made.url),
            pool: PoolConfiguration(minimumConnections: 1, maximumConnections: 4)
        ) { database in
            var options = RESTOptions()
            options.access = AccessControl(authenticator: try authenticator(database.schema))
            options.access?.errorStatus = 403
            options.tenant = tenant
            options.logger = log.logger
            try await body(RESTService(database, options), made)
        }
    }

    private static func taker(_ keys: (any JWTKeySource)? = nil) throws -> JWTAuthenticator {
        try TokenMaker.authenticator(
            try keys ?? JWTKeySet([TokenMaker.key(.es256), TokenMaker.key(.hs256)]), issuer: "https://a",
            audience: "shop"
        ) { $0.rolesClaim = "roles" }
    }

    /// What carries a token of somebody.
    private func bearer(_ more: String, _ algorithm: JWTAlgorithm = .es256) throws -> HTTPFields {
        let claims = #"{"iss":"https://a","aud":"shop","exp":1800000060,\#(more)}"#
        return [.authorization: "Bearer " + (try TokenMaker.token(claims, algorithm))]
    }

    @Test func whoAsksAndForWhomIsInTheToken() async throws {
        try await withService("rules", { _ in try Self.taker() }) { service, made in
            let path = "/api/Docs"
            let nobody = try await service.ask(.get, path)
            #expect(nobody.status == 401 && nobody.code == "AUTHORIZATION_REQUIRED")
            #expect(nobody.fields[.wwwAuthenticate] == "Bearer")

            let ada = try bearer(#""sub":"1","org":"acme""#)
            let list = try await service.ask(.get, path + "?filter[order]=id", ada)
            #expect(
                list.status == 200 && list.json.elements?.map { $0["title"] } == ["of ada", "of bob"], "\(list.text)")
            #expect(try await service.ask(.get, "/api/People/me", ada).json["email"] == "ada@example.org")
            // Their own, and nobody else's.
            #expect(try await service.ask(.patch, path + "/1", ada, ["title": "new"]).status == 200)
            let foreign = try await service.ask(.patch, path + "/2", ada, ["title": "new"])
            #expect(foreign.status == 403 && foreign.fields[.wwwAuthenticate] == nil, "\(foreign.text)")
            // Their own, but another tenant's.
            for method in [HTTPRequest.Method.get, .patch] {
                let answer = try await service.ask(method, path + "/3", ada, method == .get ? .none : ["title": "new"])
                #expect([403, 404].contains(answer.status) && !answer.text.contains("secret"), "\(answer.text)")
            }
            let other = try bearer(#""sub":1,"org":"other""#, .hs256)
            #expect(try await service.ask(.get, path, other).json.elements?.map { $0["title"] } == ["secret"])
            let nowhere = try await service.ask(.get, path, try bearer(#""sub":"1""#))
            #expect(nowhere.status == 403 && nowhere.code == "TENANT_REQUIRED")
            for org in ["null", #"["acme"]"#, #"{"neq":"x"}"#, "true", #""""#, #""acme' OR '1'='1""#] {
                let answer = try await service.ask(.get, path, try bearer(#""sub":"1","org":\#(org)"#))
                #expect(answer.code == "TENANT_REQUIRED" || answer.text == "[]", "\(answer.text)")
            }
            // Roles.
            let new: JSONValue = ["title": "made"]
            #expect(try await service.ask(.post, path, ada, new).status == 403)
            for roles in [#"["editor"]"#, #""viewer editor""#] {
                let editor = try bearer(#""sub":"2","org":"acme","roles":\#(roles)"#)
                let made = try await service.ask(.post, path, editor, new)
                #expect(made.status == 200 && made.json["org"] == "acme", "\(made.text)")
                #expect(
                    try await service.ask(.post, path, editor, ["title": "x", "org": "other"]).code == "TENANT_MISMATCH"
                )
            }
            for roles in [#"["$owner"]"#, #"["Editor"]"#, #""editors""#, "null"] {
                let answer = try await service.ask(
                    .post, path, try bearer(#""sub":"2","org":"acme","roles":\#(roles)"#), new)
                #expect(answer.status == 403)
            }
            #expect(try await made.run("SELECT count(*) FROM doc WHERE org = 'other'").first?.first == "1")
        }
    }

    /// What doesn't count ends the request, also where everybody may do what it asks for.
    @Test func tokensThatDontCountAreRefused() async throws {
        try await withService("refused", { _ in try Self.taker() }) { service, _ in
            let right = try #require(try bearer(#""sub":"1","org":"acme""#)[.authorization])
            #expect(try await service.ask(.get, "/api/News", [.authorization: right]).status == 200)
            #expect(try await service.ask(.get, "/api/News").status == 200)
            let parts = right.dropFirst(7).split(separator: ".").map(String.init)
            let unsigned = Base64URL.text(#"{"alg":"none"}"#.utf8) + ".\(parts[1])."
            var wrong = [
                "Bearer", "Bearer ", "Bearer x", "Bearer bob", "Bearer \(unsigned)", "Bearer \(parts[0]).\(parts[1]).",
                right + "A", "bEARER " + String(repeating: "a", count: 20_000), "\(right), \(right)",
            ]
            for claims in [
                #"{"iss":"https://a","aud":"shop","exp":1800000000,"sub":"1"}"#,
                #"{"iss":"https://b","aud":"shop","exp":1800000060,"sub":"1"}"#,
                #"{"iss":"https://a","aud":"else","exp":1800000060,"sub":"1"}"#,
                #"{"iss":"https://a","aud":"shop","exp":1800000060,"sub":"ada"}"#,
                #"{"iss":"https://a","aud":"shop","exp":1800000060,"sub":"1","roles":7}"#,
            ] { wrong.append("Bearer " + (try TokenMaker.token(claims, .es256))) }
            for text in wrong {
                for path in ["/api/News", "/api/Docs"] {
                    let answer = try await service.ask(.get, path, [.authorization: text])
                    #expect(
                        answer.status == 401 && answer.code == "INVALID_TOKEN", "\(text.prefix(99)): \(answer.text)")
                    #expect(answer.fields[.wwwAuthenticate] == #"Bearer error="invalid_token""#)
                    #expect(!answer.text.contains("eyJ"))
                }
            }
            var twice = HTTPFields()
            twice.append(HTTPField(name: .authorization, value: right))
            twice.append(HTTPField(name: .authorization, value: right))
            #expect(try await service.ask(.get, "/api/News", twice).code == "INVALID_TOKEN")
            // What isn't a token of this kind is nobody's; nor is one in another place.
            for fields: HTTPFields in [
                [.authorization: "Basic Ym9iOmJvYg=="], [.authorization: parts.joined(separator: ".")],
            ] {
                #expect(try await service.ask(.get, "/api/News", fields).status == 200)
                #expect(try await service.ask(.get, "/api/Docs", fields).code == "AUTHORIZATION_REQUIRED")
            }
            let path = "/api/Docs?access_token=" + parts.joined(separator: ".")
            #expect(try await service.ask(.get, path).code == "AUTHORIZATION_REQUIRED")
        }
    }

    @Test func tokensStandWhereTheyMay() async throws {
        let places = { (_: Schema) in
            var taker = try Self.taker()
            taker.places = Set(JWTPlace.allCases)
            return taker as any Authenticator
        }
        try await withService("places", places) { service, _ in
            let fields = try bearer(#""sub":"1","org":"acme""#)
            let token = String(try #require(fields[.authorization]).dropFirst(7))
            let header = try #require(HTTPField.Name("X-Access-Token"))
            let path = "/api/People/me"
            #expect(try await service.ask(.get, path, [header: token]).status == 200)
            #expect(try await service.ask(.get, path + "?access_token=" + token).status == 200)
            #expect(try await service.ask(.get, path + "?access_token=" + token, fields).code == "INVALID_TOKEN")
            #expect(try await service.ask(.get, path + "?access_token[x]=" + token).code == "INVALID_TOKEN")
            #expect(try await service.ask(.get, path + "?access_token=").code == "INVALID_TOKEN")
        }
    }

    /// A tenant's claim may stand inside of others.
    @Test func tenantsAreFoundInsideOfClaims() async throws {
        try await withService("nested", { _ in try Self.taker() }, tenant: .claim("/realm/org~1id")) { service, _ in
            let path = "/api/Docs?filter[order]=id"
            let right = try await service.ask(.get, path, bearer(#""sub":"1","realm":{"org/id":"acme"}"#))
            #expect(right.json.elements?.map { $0["title"] } == ["of ada", "of bob"], "\(right.text)")
            for claims in [
                #""org":"acme""#, #""realm":"acme""#, #""realm":["acme"]"#, #""realm":{"org/id":["acme"]}"#,
                #""realm":{"org":{"id":"acme"}}"#, #""/realm/org~1id":"acme""#, #""realm":null"#,
            ] {
                let answer = try await service.ask(.get, path, bearer(#""sub":"1",\#(claims)"#))
                #expect(answer.code == "TENANT_REQUIRED", "\(claims) \(answer.text)")
            }
        }
        for wrong in ["", "/", "/a//b", "/a/", "/a/~", "/a~2/b"] {
            #expect(ClaimPath(wrong) == nil, "\(wrong)")
            try await withService("pointer", { _ in try Self.taker() }, tenant: .claim(wrong)) { service, _ in
                #expect(service.ruleProblems.count == 1 && service.ruleProblems[0].contains("\"\(wrong)\""))
                let answer = try await service.ask(.get, "/api/News", bearer(#""sub":"1","a":{"":{"b":"acme"}}"#))
                #expect([401, 403].contains(answer.status), "\(answer.text)")
            }
        }
        let claims: JSONValue = ["a/b": "flat", "a": ["~": "tilde", "/": "slash", "~1": "both"]]
        for (path, value) in [
            ("a/b", "flat"), ("/a~1b", "flat"), ("/a/~0", "tilde"), ("/a/~1", "slash"), ("/a/~01", "both"),
        ] {
            #expect(ClaimPath(path)?.value(in: claims)?.text == value && ClaimPath(path)?.description == path)
        }
        #expect(ClaimPath("/a/b/c")?.value(in: claims) == nil)
    }

    /// Parameters of a challenge stand behind its scheme, with commas between them.
    @Test(arguments: [
        ("Bearer", #"Bearer error="invalid_token""#),
        (#"Bearer realm="shop""#, #"Bearer realm="shop", error="invalid_token""#),
        (#"Bearer realm="the shop", scope="a b" "#, #"Bearer realm="the shop", scope="a b", error="invalid_token""#),
    ]) func challengesHaveParameters(_ challenge: String, _ refusing: String) async throws {
        struct Asking: Authenticator {
            let challenge: String?

            func identity(of request: HTTPRequest, query: QueryString?, in: Database) async throws -> Identity? {
                guard request.headerFields[.authorization] != nil else { return nil }
                throw RESTError(.invalidToken, "No.")
            }
        }
        try await withService("challenge-\(challenge.utf8.count)", { _ in Asking(challenge: challenge) }) {
            service, _ in
            let refused = try await service.ask(.get, "/api/Docs", [.authorization: "Bearer x"])
            #expect(refused.status == 401 && refused.fields[.wwwAuthenticate] == refusing)
            let nobody = try await service.ask(.get, "/api/Docs")
            #expect(nobody.status == 401 && nobody.fields[.wwwAuthenticate]?.hasPrefix(challenge.prefix(6)) == true)
            #expect(nobody.fields[.wwwAuthenticate]?.contains("error") == false)
        }
    }

    /// LoopBack's tokens and those of an issuer, in one service.
    @Test func severalKindsOfTokens() async throws {
        let chain = { (schema: Schema) in
            AuthenticatorChain(try Self.taker(), nil, AccessTokenAuthenticator(schema, userModel: "Person"))
                as any Authenticator
        }
        try await withService("chain", chain) { service, made in
            func me(_ fields: HTTPFields) async throws -> String? {
                let answer = try await service.ask(.get, "/api/People/me", fields)
                #expect(answer.status == 200 || answer.fields[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
                return answer.json["email"]?.text ?? answer.code
            }
            #expect(try await me(bearer(#""sub":"1","org":"acme""#)) == "ada@example.org")
            #expect(try await me([.authorization: "Bearer bob"]) == "bob@example.org")
            #expect(try await me([.authorization: "bob"]) == "bob@example.org")
            #expect(try await me([:]) == "AUTHORIZATION_REQUIRED")
            #expect(try await me([.authorization: "Bearer carl"]) == "INVALID_TOKEN")
            #expect(try await me([.authorization: "carl"]) == "AUTHORIZATION_REQUIRED")
            #expect(try await me([.authorization: "over"]) == "INVALID_TOKEN")
            #expect(try await made.run("SELECT count(*) FROM accesstoken").first?.first == "1")
            // One that isn't LoopBack's can't be given up.
            let logout = try await service.ask(.post, "/api/People/logout", bearer(#""sub":"1","org":"acme""#))
            #expect([401, 403].contains(logout.status))
        }
        struct Down: Authenticator {
            func identity(of: HTTPRequest, query: QueryString?, in: Database) async throws -> Identity? {
                throw RESTError(.overloaded, "Not now.")
            }
        }
        // Who can't be asked isn't passed over.
        try await withService("down", { AuthenticatorChain(Down(), AccessTokenAuthenticator($0)) }) { service, _ in
            let answer = try await service.ask(.get, "/api/News", [.authorization: "bob"])
            #expect(answer.status == 503 && answer.fields[.wwwAuthenticate] == nil)
        }
    }

    @Test func keysThatCantBeHadAreNobodysFault() async throws {
        struct Gone: Error {}
        let log = RecordingLog()
        let gone = { (_: Schema) in
            try Self.taker(FetchedKeys(logger: log.logger) { throw Gone() }) as any Authenticator
        }
        try await withService("gone", gone, log) { service, _ in
            let answer = try await service.ask(.get, "/api/News", bearer(#""sub":"1""#))
            #expect(answer.status == 503 && answer.code == "JWT_KEYS_UNAVAILABLE" && answer.fields[.retryAfter] != nil)
            for _ in 0..<20 {
                #expect(try await service.ask(.get, "/api/News", bearer(#""sub":"1""#)).status == 503)
            }
            // Once, whoever asks.
            let told = log.lines.filter { $0.hasPrefix("error") || $0.hasPrefix("warning") }
            #expect(told.count == 2 && told.count { $0.contains("JWT_KEYS_UNAVAILABLE") } == 1, "\(told)")
            #expect(try await service.ask(.get, "/api/News").status == 200)
        }
    }
}
