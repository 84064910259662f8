// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import HTTPTypes
import Kinship
import KinshipBcrypt
import KinshipJWT
import KinshipREST
import TestSupport
import Testing

/// Users with passwords.
@Suite struct LoginTests {
    @Test func aUserSignsUpLogsInAndOut() async throws {
        try await RuleWorld.withService("login") { service, _, made in
            let made1 = try await service.ask(
                as: nil, .post, "/api/People", ["email": "eve@example.org", "password": "pass-eve"])
            #expect(made1.status == 200 && made1.json["password"] == nil, "\(made1.text)")
            let kept = try await made.run("SELECT password FROM person WHERE email = 'eve@example.org'")
            #expect(kept.first?.first??.hasPrefix("$2b$04$") == true)
            let login = try await service.ask(
                as: nil, .post, "/api/People/login?include=user",
                ["email": "eve@example.org", "password": "pass-eve", "ttl": 60])
            #expect(login.status == 200 && login.json["ttl"] == 60 && login.json["user"]?["email"] == "eve@example.org")
            let token = try #require(login.json["id"]?.text)
            #expect(token.utf8.count == 64)
            #expect(try await service.ask(as: token, .get, "/api/People/me").json["email"] == "eve@example.org")
            let changed = try await service.ask(as: token, .patch, "/api/People/me", ["password": "other"])
            #expect(changed.status == 200)
            #expect(
                try await service.ask(
                    as: nil, .post, "/api/People/login", ["email": "eve@example.org", "password": "pass-eve"]
                ).code == "LOGIN_FAILED")
            #expect(try await service.ask(as: token, .post, "/api/People/logout").status == 204)
            #expect(try await service.ask(as: token, .get, "/api/People/me").status == 401)
        }
    }

    @Test func nothingElseLogsIn() async throws {
        try await RuleWorld.withService("no-login") { service, _, made in
            try await made.run("UPDATE person SET password = CASE id WHEN 1 THEN 'plain' ELSE '$2x$broken' END")
            for data: JSONValue in [
                ["email": "ada@example.org", "password": "plain"],
                ["email": "bob@example.org", "password": "$2x$broken"],
                ["email": ["neq": "x"], "password": "plain"], ["email": "ada@example.org", "password": ["neq": "x"]],
                ["email": "ada@example.org"], ["email": "nobody@example.org", "password": "plain"],
                ["email": "ada@example.org", "password": ""],
                ["email": "ada@example.org", "password": .string(String(repeating: "x", count: 100))],
            ] {
                let answer = try await service.ask(as: nil, .post, "/api/People/login", data)
                #expect(answer.status == 401 && answer.code == "LOGIN_FAILED", "\(data): \(answer.text)")
            }
            #expect(try await service.ask(as: nil, .post, "/api/People/login", ["password": "x"]).status == 400)
        }
    }

    /// Two with one name would lock each other out, or log in as each other.
    @Test func namesAreOneUsersOwn() async throws {
        try await RuleWorld.withService("names") { service, _, made in
            for data: JSONValue in [
                ["email": "ada@example.org", "password": "x"], ["email": "ADA@example.org", "password": "x"],
                [["email": "new@example.org", "password": "x"], ["email": "New@example.org", "password": "x"]],
            ] {
                let answer = try await service.ask(as: nil, .post, "/api/People", data)
                #expect(answer.status == 422 && answer.code == "NAME_TAKEN", "\(data): \(answer.text)")
            }
            #expect(
                try await service.ask(as: "bob", .patch, "/api/People/me", ["email": "ada@example.org"]).code
                    == "NAME_TAKEN")
            #expect(
                try await service.ask(as: "bob", .patch, "/api/People/me", ["email": "bob@example.org"]).status == 200)
            let verified = try await service.ask(as: "bob", .patch, "/api/People/me", ["emailVerified": true])
            #expect(verified.status == 200)
            #expect(try await made.run("SELECT count(*) FROM person WHERE emailverified")[0] == ["0"])
            // A number is a name too, and the key of another record is no user's.
            #expect(
                try await service.ask(
                    as: nil, .post, "/api/People", ["username": 7, "email": "seven@example.org", "password": "x"]
                ).status == 200)
            #expect(
                try await service.ask(
                    as: nil, .post, "/api/People", ["username": 7, "email": "eight@example.org", "password": "x"]
                ).code == "NAME_TAKEN")
            let below = try await service.ask(
                as: "bob", .post, "/api/Groups/1/people", ["email": "ada@example.org", "password": "x"])
            #expect(below.code == "NAME_TAKEN", "\(below.text)")
            let changed = try await service.ask(as: "bob", .put, "/api/Groups/2/people/2", ["password": "new"])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await service.ask(as: "ada", .get, "/api/People/me").status == 200)
            let many = JSONValue.array((0..<20).map { ["email": .string("m\($0)@example.org"), "password": "x"] })
            #expect(try await service.ask(as: nil, .post, "/api/People", many).status == 413)
        }
    }

    @Test func aNewPasswordEndsOtherLogins() async throws {
        try await RuleWorld.withService("anew") { service, _, made in
            try await made.run("INSERT INTO accesstoken VALUES ('other', 3600, NULL, now(), 1)")
            #expect(try await service.ask(as: "ada", .patch, "/api/People/me", ["password": "new"]).status == 200)
            #expect(try await service.ask(as: "other", .get, "/api/People/me").status == 401)
            #expect(try await service.ask(as: "ada", .get, "/api/People/me").status == 200)
            #expect(try await service.ask(as: "bob", .get, "/api/People/me").status == 200)
        }
    }

    /// A key of one model of users is another one's in the next.
    @Test func oneModelIsThatOfTheUsers() throws {
        let schema = try Schema(definitions: [
            ModelDefinition("Account", base: "User"), ModelDefinition("Client", base: "User"),
        ])
        let problems = RESTService.accessProblems(schema, AccessControl())
        #expect(problems.count == 1)
        #expect(RESTService.accessProblems(schema, AccessControl(userModel: "Client")).isEmpty)
        #expect(RESTService.accessProblems(schema, AccessControl(userModel: "Clients")).count == 1)
    }

    /// Who asks is said by one, and what they may do by another: both have to mean the same people.
    @Test func tokensAndRulesAreAboutTheSameUsers() throws {
        let schema = try Schema(definitions: [
            ModelDefinition("Account", base: "User"), ModelDefinition("Client", base: "User"),
        ]).addingAccessModels()
        func problems(_ authenticator: any Authenticator, of users: String = "Client") -> [String] {
            RESTService.accessProblems(schema, AccessControl(userModel: users, authenticator: authenticator))
        }
        func tokens(_ users: String?) throws -> JWTAuthenticator {
            let secret = Array("0123456789abcdef0123456789abcdef".utf8)
            var tokens = JWTAuthenticator(try JWTKeySet([JWTKey(secret: secret)]), issuer: nil, audience: nil)
            tokens.userModel = users
            return tokens
        }
        for right in [nil, "Client"] as [String?] { #expect(problems(try tokens(right)).isEmpty) }
        let loopBack = try #require(AccessTokenAuthenticator(schema, userModel: "Account"))
        for wrong in [
            try tokens("Account"), try tokens("Nobody"), loopBack, AuthenticatorChain(try tokens(nil), loopBack),
        ] as [any Authenticator] {
            let told = problems(wrong)
            #expect(told.count == 1 && told[0].contains("of Client") && told[0].contains("userModel"), "\(told)")
        }
        #expect(problems(loopBack, of: "Account").isEmpty)
        // What wasn't said is the service's.
        let chain = AuthenticatorChain(try tokens(nil), AccessTokenAuthenticator(schema))
        let told = try #require(chain.takingUsers(of: "Client", in: schema) as? AuthenticatorChain)
        #expect((told.authenticators[0] as? JWTAuthenticator)?.userModel == "Client" && problems(chain).isEmpty)
    }

    @Test func passwordsThatCannotBeKeptAreRefused() async throws {
        try await RuleWorld.withService("passwords") { service, _, made in
            for (password, code) in [
                (JSONValue.string(String(repeating: "ä", count: 37)), "PASSWORD_TOO_LONG"), ("", "INVALID_PASSWORD"),
                (7, "INVALID_PASSWORD"), (["$inc": 1], "INVALID_PASSWORD"),
            ] {
                let answer = try await service.ask(
                    as: nil, .post, "/api/People", ["email": "x@example.org", "password": password])
                #expect(answer.status == 422 && answer.code == code, "\(answer.text)")
            }
            #expect(try await made.run("SELECT count(*) FROM person")[0] == ["2"])
        }
        try await RuleWorld.withService("no-hasher") { options in
            options.passwords = nil
        } _: { service, _, made in
            let answer = try await service.ask(
                as: nil, .post, "/api/People", ["email": "x@example.org", "password": "secret"])
            #expect(answer.code == "UNSUPPORTED")
            #expect(try await made.run("SELECT count(*) FROM person")[0] == ["2"])
        }
    }

    @Test func hashesAreThoseOfBcrypt() async throws {
        let hasher = BcryptHasher(cost: 4)
        // Of the bcrypt that LoopBack uses.
        #expect(try await hasher.verify("secret-a", "$2a$04$9CB4CKntcpDIV4I11wbR8utQCUYFY4TPVWzIVmCK.FF68//8CyWVm"))
        #expect(try await !hasher.verify("secret-b", "$2a$04$9CB4CKntcpDIV4I11wbR8utQCUYFY4TPVWzIVmCK.FF68//8CyWVm"))
        let (one, other) = (try await hasher.hash("pässwörd"), try await hasher.hash("pässwörd"))
        #expect(one != other && one.utf8.count == 60)
        #expect(try await hasher.verify("pässwörd", one))
        for broken in [
            "", "$2b$", "$2b$04$short", "$1$md5$x", "*0",
            "$2b$99$9CB4CKntcpDIV4I11wbR8utQCUYFY4TPVWzIVmCK.FF68//8CyWVm",
        ] {
            #expect(try await !hasher.verify("", broken))
        }
    }

    @Test func tokensThatAreOverAreDeleted() async throws {
        try await RuleWorld.withService("tokens") { service, _, made in
            try await made.run("UPDATE accesstoken SET created = now() - interval '2 hours' WHERE id = 'ada'")
            try await made.run("UPDATE accesstoken SET ttl = NULL WHERE id = 'bob'")
            for token in ["ada", "bob"] {
                #expect(try await service.ask(as: token, .get, "/api/Labels").code == "INVALID_TOKEN")
                #expect(try await service.ask(as: token, .get, "/api/Labels").status == 200)
            }
            #expect(try await made.run("SELECT count(*) FROM accesstoken")[0] == ["0"])
        }
    }
}
#endif
