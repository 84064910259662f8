// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import HTTPTypes
import Kinship
import KinshipBcrypt
import KinshipREST
import TestSupport
import Testing

/// Users that are a tenant's, with the access tokens of everybody.
@Suite struct TenantUserTests {
    private static let tables = """
        DROP TABLE IF EXISTS account, accesstoken, role, rolemapping CASCADE;
        CREATE TABLE account (id serial PRIMARY KEY, org text NOT NULL, email text, username text, password text, realm text,
            emailverified boolean, verificationtoken text);
        INSERT INTO account (org, email) VALUES ('acme', 'ada@example.org'), ('other', 'bob@example.org');
        CREATE TABLE accesstoken (id text PRIMARY KEY, ttl integer, scopes text, created timestamptz, userid integer);
        INSERT INTO accesstoken VALUES ('ada', 3600, NULL, now(), 1), ('stolen', 3600, NULL, now(), 1), ('bob', 3600, NULL, now(), 2);
        CREATE TABLE role (id serial PRIMARY KEY, name text, description text, created timestamptz, modified timestamptz);
        CREATE TABLE rolemapping (id serial PRIMARY KEY, principaltype text, principalid text, roleid integer);
        """

    /// The tenant is that of the user who asks, as it stands in the table.
    private static let ofUser = TenantSource { _, identity, database in
        guard let user = identity?.user else { return nil }
        let graph = try await database.withoutTenant(reason: "whose the user is").findById(
            "Account", id: JSONValue.string(user))
        return try JSONValue(parsing: try graph.firstJSON())["org"]
    }

    private func withService(
        _ name: String, _ tenant: TenantSource, _ body: (RESTService, TestDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("tenant-users-\(name)")
        try await made.run(Self.tables)
        let account = try ModelDefinition(
            [
                "name": "Account", "base": "User", "tenant": "org",
                "properties": ["id": ["type": "number", "id": true, "generated": true], "org": "string"],
            ], file: nil)
        try await Database.withDatabase(
            schema: try Schema(definitions: [account]).addingAccessModels(),
            connection: ConnectionConfiguration(url: made.url),
            pool: PoolConfiguration(minimumConnections: 1, maximumConnections: 4)
        ) { database in
            var options = RESTOptions()
            options.access = AccessControl(userModel: "Account")
            options.passwords = BcryptHasher(cost: 4)
            options.tenant = tenant
            try await body(RESTService(database, options), made)
        }
    }

    @Test func theyLogInAndOutAndANewPasswordEndsOtherLogins() async throws {
        try await withService("logins", Self.ofUser) { service, made in
            let hash = try await BcryptHasher(cost: 4).hash("first")
            try await made.run("UPDATE account SET password = '\(hash)' WHERE id = 1")
            let changed = try await service.ask(as: "ada", .patch, "/api/Accounts/1", ["password": "second"])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await made.run("SELECT id FROM accesstoken ORDER BY id") == [["ada"], ["bob"]])
            #expect(try await service.ask(as: "stolen", .get, "/api/Accounts/1").status == 401)
            // Another tenant's user isn't there.
            #expect(try await service.ask(as: "ada", .get, "/api/Accounts/2").status != 200)
            #expect(try await service.ask(as: "ada", .patch, "/api/Accounts/2", ["password": "x"]).status != 200)
            let login = try await service.ask(
                as: nil, .post, "/api/Accounts/login?include=user", ["email": "ada@example.org", "password": "second"])
            #expect(login.status == 200 && login.json["user"]?["org"] == "acme", "\(login.text)")
            let token = try #require(login.json["id"]?.text)
            #expect(try await service.ask(as: token, .get, "/api/Accounts/1").status == 200)
            #expect(try await service.ask(as: token, .post, "/api/Accounts/logout").status == 204)
            #expect(try await service.ask(as: token, .get, "/api/Accounts/1").status == 401)
        }
    }

    @Test func whereTheRequestSaysWhoseUsersAreMeantTheyAreAskedAlone() async throws {
        let name = try #require(HTTPField.Name("X-Org"))
        try await withService("header", .header(name)) { service, made in
            let hashes = [try await BcryptHasher(cost: 4).hash("one"), try await BcryptHasher(cost: 4).hash("two")]
            try await made.run(
                """
                UPDATE account SET email = 'same@example.org', password = '\(hashes[0])' WHERE id = 1;
                UPDATE account SET email = 'same@example.org', password = '\(hashes[1])' WHERE id = 2
                """)
            func login(_ org: String, _ password: String) async throws -> Answered {
                try await service.ask(
                    .post, "/api/Accounts/login", [name: org],
                    ["email": "same@example.org", "password": .string(password)])
            }
            #expect(try await login("acme", "one").status == 200)
            #expect(try await login("other", "two").status == 200)
            #expect(try await login("acme", "two").code == "LOGIN_FAILED")
            #expect(try await login("other", "one").code == "LOGIN_FAILED")
            #expect(try await login("third", "one").code == "LOGIN_FAILED")
            // What is no tenant's name means nobody's users, and not everybody's.
            #expect(try await login("", "one").code == "TENANT_REQUIRED")
        }
    }
}
#endif
