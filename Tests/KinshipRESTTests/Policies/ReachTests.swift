// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// A policy hears of every model that a request reaches.
@Suite struct ReachTests {
    /// Everything but what reaches secrets.
    private struct NoSecrets: RESTPolicy {
        func authorize(_ access: Access) throws {
            guard !access.models.contains("Secret") else {
                throw RESTError(.authorizationRequired, "Secrets are not for you.")
            }
        }
    }

    private static func models(_ change: (inout ModelDefinition, inout ModelDefinition) -> Void = { _, _ in })
        -> [ModelDefinition]
    {
        var secrets = RelationDefinition.hasMany("secrets", "Secret", foreignKey: "ownerId")
        secrets.nestRemoting = true
        var owner = ModelDefinition(
            "Owner", table: "owner", properties: [.id(), .string("name"), .number("friendId", column: "friend_id")],
            relations: [
                secrets, .belongsTo("friend", "Owner", foreignKey: "friendId"),
                .hasMany("friends", "Owner", foreignKey: "friendId"),
                .hasOne("first", "Secret", foreignKey: "ownerId"),
            ])
        owner.relations[1].nestRemoting = true
        owner.scopes = [.init("known", ["where": ["secrets": ["some": ["pin": 1]]]])]
        var secret = ModelDefinition(
            "Secret", table: "secret",
            properties: [.id(), .number("ownerId", column: "owner_id"), .number("pin"), .date("gone")],
            relations: [.belongsTo("owner", "Owner", foreignKey: "ownerId")])
        secret.softDelete = "gone"
        change(&owner, &secret)
        return [owner, secret]
    }

    private static let tables = """
        CREATE TABLE owner (id serial PRIMARY KEY, name text, friend_id integer);
        CREATE TABLE secret (id serial PRIMARY KEY, owner_id integer, pin integer, gone timestamptz);
        INSERT INTO owner (name, friend_id) VALUES ('a', 2), ('b', 1);
        INSERT INTO secret (owner_id, pin, gone) VALUES (1, 1, NULL), (2, 2, now());
        """

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    @Test func everyWayToAModelIsAsked() async throws {
        try await RESTWorld.withOwn("reach", tables: Self.tables, Self.models()) { options in
            options.policy = NoSecrets()
            options.graphs = true
        } _: { service, _, made in
            let before = try await made.run("select (select count(*) from owner), (select count(*) from secret)")
            let some = #"{"secrets":{"some":{"pin":{"lt":5000}}}}"#
            let filters = [
                #"{"include":"secrets"}"#, #"{"include":{"friend":"secrets"}}"#, #"{"where":\#(some)}"#,
                #"{"include":{"relation":"friend","scope":{"include":["first"]}}}"#,
                #"{"where":{"or":[{"id":1},{"not":\#(some)}]}}"#, #"{"order":"secrets.count DESC"}"#,
                #"{"where":{"friend":{"is":\#(some)}}}"#, #"{"order":"first.pin"}"#,
                #"{"include":{"relation":"secrets","count":true}}"#,
                #"{"include":{"relation":"friends","scope":{"where":\#(some)}}}"#,
            ]
            for filter in filters {
                for path in [
                    "/api/Owners", "/api/Owners/findOne", "/api/Owners/1/friends", "/api/Owners/1/friend/friends",
                ] {
                    let answer = try await service.ask(.get, "\(path)?filter=\(encoded(filter))")
                    #expect(answer.status == 401, "\(path) \(filter): \(answer.text)")
                }
                let header = try await service.ask(
                    .get, "/api/Owners", [try #require(HTTPField.Name("filter")): filter])
                #expect(header.status == 401, "\(filter)")
            }
            for filter in filters where filter.contains("include") {
                #expect(try await service.ask(.get, "/api/Owners/1?filter=\(encoded(filter))").status == 401)
                let odd = filter.dropLast() + #","where":{"nothing":1}}"#
                #expect(try await service.ask(.get, "/api/Owners/1?filter=\(encoded(String(odd)))").status == 401)
            }
            for (method, path) in [
                (HTTPRequest.Method.get, "/api/Owners/count"), (.post, "/api/Owners/update"),
                (.post, "/api/Owners/upsertWithWhere"), (.get, "/api/Owners/1/friends/count"),
                (.delete, "/api/Owners/1/friends"), (.get, "/api/Owners/1/friend/friends/count"),
            ] {
                let answer = try await service.ask(method, "\(path)?where=\(encoded(some))", [:], ["name": "x"])
                #expect(answer.status == 401, "\(path): \(answer.text)")
            }
            let routes = service.routes.routes.filter {
                $0.path.contains("ecret") || $0.path.contains("first") || $0.path.contains("known")
            }
            #expect(routes.count > 30)
            for route in routes {
                let path = "/api" + route.path.replacing(#/:\w+/#, with: "1")
                #expect(try await service.ask(route.method, path, [:], ["name": "x"]).status == 401, "\(route)")
            }
            for body: JSONValue in [
                ["name": "x", "secrets": [["pin": 5]]], ["friend": ["create": ["secrets": ["connect": [1]]]]],
                [
                    "friends": [
                        "connectOrCreate": ["where": ["secrets": ["some": ["pin": 1]]], "create": ["name": "x"]]
                    ]
                ],
                ["friends": ["create": [["first": ["pin": 3]]]]],
            ] {
                #expect(try await service.ask(.post, "/api/Owners/graph", [:], body).status == 401, "\(body)")
                #expect(try await service.ask(.patch, "/api/Owners/1/graph", [:], body).status == 401, "\(body)")
                #expect(try await service.ask(.put, "/api/Owners/graph", [:], body).status == 401, "\(body)")
            }
            #expect(try await made.run("select (select count(*) from owner), (select count(*) from secret)") == before)
            // All else is served.
            for path in [
                "/api/Owners?filter[include]=friend", "/api/Owners/1/friends?filter[include]=friends",
                "/api/Owners/count",
            ] {
                #expect(try await service.ask(.get, path).status == 200, "\(path)")
            }
        }
    }

    @Test func whatAScopeShowsIsHeardOf() async throws {
        let models = Self.models { owner, _ in owner.scope = ["include": "secrets"] }
        try await RESTWorld.withOwn("reach-scope", tables: Self.tables, models) { options in
            options.policy = NoSecrets()
        } _: { service, _, _ in
            for path in ["/api/Owners", "/api/Owners/1", "/api/Owners/1/friend", "/api/Owners/count"] {
                let answer = try await service.ask(.get, path)
                #expect(answer.status == 401, "\(path)")
            }
        }
    }

    /// What is deleted is shown where the program says so, and nowhere else.
    @Test(arguments: [false, true]) func deletedRecordsAreShownWhereTheyMayBe(shows: Bool) async throws {
        try await RESTWorld.withOwn("deleted", tables: Self.tables, Self.models()) { options in
            options.showsDeleted = shows
        } _: { service, _, _ in
            for path in [
                "/api/Secrets?filter[withDeleted]=true", "/api/Secrets?filter[withDeleted]=only",
                "/api/Owners/2/secrets?filter=" + encoded(#"{"withDeleted":true}"#),
                "/api/Owners?filter=" + encoded(#"{"include":{"relation":"secrets","scope":{"withDeleted":"only"}}}"#),
            ] {
                let answer = try await service.ask(.get, path)
                #expect(answer.status == (shows ? 200 : 400), "\(path): \(answer.text)")
                #expect(answer.text.contains("\"pin\":2") == shows, "\(path)")
            }
            #expect(try await service.ask(.get, "/api/Secrets?filter[withDeleted]=false").status == 200)
            // Text isn't looked into any further, whatever stands in it.
            for part in ["include", "include[0]", "include[scope]", "include[0][scope]"] {
                let text = encoded(#"{"relation":"secrets","scope":{"withDeleted":"only"}}"#)
                let answer = try await service.ask(
                    .get, "/api/Owners?filter[\(part)]=\(text)")
                #expect(!answer.text.contains("\"pin\":2") || shows, "\(part)")
            }
        }
    }

    /// A graph does no more than single requests could.
    @Test func graphsGoAroundNothing() async throws {
        let models = Self.models { owner, secret in
            owner.hidden = ["first"]
            secret.settings = [
                .init("remoting", ["sharedMethods": ["create": false, "patchAttributes": false, "deleteById": false]])
            ]
            owner.settings = [
                .init(
                    "remoting",
                    [
                        "sharedMethods": [
                            "__create__secrets": false, "__updateById__secrets": false, "__destroyById__secrets": false,
                            "__delete__secrets": false,
                        ]
                    ])
            ]
        }
        try await RESTWorld.withOwn("graphs", tables: Self.tables, models) {
            $0.graphs = true
        } _: { service, _, made in
            let before = try await made.run("select s::text from secret as s order by id")
            for body: JSONValue in [
                ["secrets": [["pin": 5]]], ["secrets": ["create": ["pin": 5]]], ["secrets": ["connect": [2]]],
                ["secrets": ["set": [2]]], ["secrets": ["update": [["id": 1, "pin": 9]]]], ["secrets": ["delete": [1]]],
                ["secrets": ["upsert": [["id": 1, "pin": 9]]]], ["secrets": ["disconnect": [1]]],
                ["first": ["pin": 5]], ["first": ["update": ["pin": 5]]],
                ["friends": ["create": [["first": ["pin": 5]]]]],
                ["friend": ["update": ["secrets": ["delete": [2]]]]],
            ] {
                let answer = try await service.ask(.patch, "/api/Owners/1/graph", [:], body)
                #expect(answer.status == 400, "\(body): \(answer.text)")
            }
            // What closes single methods closes those of graphs.
            for path in ["/api/Secrets/graph", "/api/Secrets/1/graph"] {
                for method in [HTTPRequest.Method.post, .patch] {
                    #expect(try await service.ask(method, path, [:], ["pin": 7]).status == 404, "\(method) \(path)")
                }
            }
            #expect(try await made.run("select s::text from secret as s order by id") == before)
            let made = try await service.ask(
                .post, "/api/Owners/graph", [:], ["name": "c", "friends": [["name": "d"]]])
            #expect(made.status == 200, "\(made.text)")
        }
    }
}
