// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// What rules keep back is kept back by whatever way it is asked for.
@Suite struct RuleWorldTests {
    private static func path(_ model: String, _ filter: JSONValue) -> String {
        let text = filter.description.utf8.map { "%" + String(Int($0) + 0x100, radix: 16).suffix(2) }.joined()
        return "/api/\(model)?filter=\(text)"
    }

    /// Ways that lead to secrets of somebody else, each with the answer's shape where it is one.
    private static let ways: [(String, JSONValue)] = [
        ("Books", ["include": "secrets"]),
        ("Books", ["include": ["relation": "secrets", "scope": ["where": ["personId": 2]]]]),
        ("Books", ["include": "secret"]),
        ("Books", ["include": ["relation": "secrets", "count": true]]),
        ("Books", ["include": ["relation": "secrets", "aggregate": ["max": "text"]]]),
        ("Books", ["include": ["shelf": ["books": "secrets"]]]),
        ("Books", ["where": ["secrets": ["some": ["text": ["like": "of b%"]]]]]),
        ("Books", ["where": ["not": ["secrets": ["none": ["text": ["like": "of b%"]]]]]]),
        ("Books", ["where": ["shelf": ["is": ["books": ["some": ["secrets": ["some": [:]]]]]]]]),
        ("Books", ["where": ["secrets": ["count": ["gt": 0]]]]),
        ("Books", ["where": ["secrets": ["max": ["text": ["like": "of b%"]]]]]),
        ("Books", ["where": ["not": ["secrets": ["count": 0, "where": ["text": ["like": "of b%"]]]]]]),
        ("Books", ["order": "secrets.max(text) DESC"]),
        ("Books", ["order": "secrets.count DESC"]),
        ("Books", ["order": "secret.text"]),
        (
            "Books",
            [
                "include": [
                    "relation": "shelf",
                    "scope": ["include": ["relation": "books", "scope": ["order": "secrets.count"]]],
                ]
            ]
        ),
        ("Shelves", ["include": ["books": "secrets"]]),
        ("Shelves", ["include": ["relation": "person", "scope": ["include": "secrets"]]]),
        ("Labels", ["where": ["id": 1], "include": ["relation": "books", "scope": ["include": "secrets"]]]),
    ]

    @Test func nobodySeesSecretsOfOthers() async throws {
        try await RuleWorld.withService("secrets") { service, _, _ in
            for who in [nil, "ada", "nobody"] {
                for (model, filter) in Self.ways {
                    for path in [Self.path(model, filter), Self.path("\(model)/findOne", filter)] {
                        let answer = try await service.ask(as: who, .get, path)
                        #expect(!answer.text.contains("of bob") && !answer.text.contains("of both"), "\(filter)")
                        #expect(answer.status < 500, "\(filter): \(answer.text)")
                        if who != "ada" { #expect([401, 400].contains(answer.status), "\(filter): \(answer.text)") }
                    }
                }
                for path in [
                    "/api/Books/1/secrets/2", "/api/Secrets", "/api/Secrets/2", "/api/Secrets/count",
                    "/api/Secrets/2/exists",
                    "/api/Secrets/2/book", "/api/Secrets/2/person", "/api/People/2/secrets", "/api/People/2",
                    "/api/People",
                    "/api/BookLabels", "/api/Secrets?id=1", "/api/AccessTokens", "/api/People/2/accessTokens",
                    "/api/People/2/shelves", "/api/Secrets/findOne?filter[where][personId]=1",
                ] {
                    let answer = try await service.ask(as: who, .get, path)
                    #expect([401, 404].contains(answer.status), "\(path): \(answer.status) \(answer.text)")
                }
            }
        }
    }

    @Test func ownersSeeTheirOwn() async throws {
        try await RuleWorld.withService("own") { service, _, _ in
            let included = try await service.ask(
                as: "ada", .get, Self.path("Books", ["order": "id", "include": "secrets"]))
            #expect(included.json.elements?.map { $0["secrets"]?.elements?.count } == [1, 0, 0])
            let counted = try await service.ask(
                as: "bob", .get,
                Self.path("Books", ["order": "id", "include": ["relation": "secrets", "count": true]]))
            #expect(counted.json.elements?.map { $0["secrets"] } == [["count": 1], ["count": 0], ["count": 1]])
            #expect(try await service.ask(as: "ada", .get, "/api/Books/1/secrets").json.elements?.count == 1)
            #expect(try await service.ask(as: "ada", .get, "/api/Books/1/secrets/count").json["count"] == 1)
            #expect(try await service.ask(as: "ada", .get, "/api/Books/1/secrets/1").status == 200)
            #expect(try await service.ask(as: "ada", .get, "/api/Secrets/1/book").status == 200)
            #expect(try await service.ask(as: "ada", .get, "/api/People/me/secrets").json.elements?.count == 1)
            #expect(try await service.ask(as: "ada", .get, "/api/People/me").json["email"] == "ada@example.org")
            #expect(try await service.ask(as: nil, .get, "/api/People/me").status == 401)
        }
    }

    /// Default scopes, named scopes and functions are no way around.
    @Test func scopesShowNoMore() async throws {
        try await RuleWorld.withService("scopes") { service, _, _ in
            #expect(try await service.ask(as: nil, .get, "/api/Shelves/withSecrets").status == 401)
            let own = try await service.ask(as: "bob", .get, "/api/Shelves/withSecrets")
            #expect(own.status == 200 && own.text.contains("of bob") && !own.text.contains("of ada"))
        }
    }

    @Test func changesThroughRelationsAskTheTarget() async throws {
        try await RuleWorld.withService("changes") { service, _, made in
            let before = try await made.run("SELECT * FROM secret ORDER BY id")
            for (method, path, body) in [
                (HTTPRequest.Method.put, "/api/Books/1/secrets/2", ["text": "x"] as JSONValue?),
                (.delete, "/api/Books/1/secrets/2", nil), (.delete, "/api/Books/1/secrets", nil),
                (.post, "/api/Books/1/secrets", ["text": "x"]), (.put, "/api/Books/3/secret", ["text": "x"]),
                (.delete, "/api/Books/3/secret", nil), (.put, "/api/Books/1/labels/rel/2", [:]),
                (.delete, "/api/Books/1/labels/rel/1", nil), (.post, "/api/Books/1/labels", ["name": "x"]),
                (.patch, "/api/Secrets/2", ["text": "x"]), (.patch, "/api/Secrets", ["id": 2, "text": "x"]),
                (.put, "/api/Secrets", ["id": 2, "text": "x"]),
                (.post, "/api/Secrets/update?where=%7B%7D", ["text": "x"]),
                (.post, "/api/Secrets/upsertWithWhere?where=%7B%22id%22%3A2%7D", ["text": "x"]),
                (
                    .post,
                    "/api/Books/update?where=%7B%22secrets%22%3A%7B%22some%22%3A%7B%22text%22%3A%22of%20bob%22%7D%7D%7D",
                    ["title": "x"]
                ),
                (.delete, "/api/Shelves/2", nil), (.patch, "/api/Shelves/2", ["name": "x"]),
            ] {
                let answer = try await service.ask(as: "ada", method, path, body)
                #expect(answer.status == 401, "\(method) \(path): \(answer.status) \(answer.text)")
            }
            #expect(try await made.run("SELECT * FROM secret ORDER BY id") == before)
            #expect(try await made.run("SELECT count(*) FROM booklabel")[0] == ["2"])
            #expect(try await service.ask(as: "ada", .put, "/api/Books/1/secrets/1", ["text": "mine"]).status == 200)
            #expect(try await service.ask(as: "ada", .patch, "/api/Shelves/1", ["name": "mine"]).status == 200)
        }
    }

    @Test func propertiesAreKeptBack() async throws {
        try await RuleWorld.withService("properties") { service, _, _ in
            let whole = try await service.ask(as: nil, .get, "/api/Books/1")
            #expect(whole.json["title"] == "first" && whole.json["price"] == nil)
            #expect(try await service.ask(as: "ada", .get, "/api/Books/1").json["price"] == 10)
            let named = try await service.ask(
                as: nil, .get, Self.path("Books", ["fields": ["title", "price"], "order": "id"]))
            #expect(named.json.elements?.first == ["title": "first"])
            let nested = try await service.ask(as: nil, .get, Self.path("Shelves", ["include": "books"]))
            #expect(nested.status == 200 && !nested.text.contains("price"))
            for filter: JSONValue in [
                ["fields": ["price"], "distinct": true], ["where": ["price": 10]], ["order": "price DESC"],
                ["where": ["or": [["id": 1], ["not": ["price": ["gt": 5]]]]]],
                ["where": ["shelf": ["is": ["books": ["some": ["price": 30]]]]]], ["order": "shelf.books.max(price)"],
                [
                    "include": [
                        "relation": "shelf",
                        "scope": ["include": ["relation": "books", "scope": ["where": ["price": 1]]]],
                    ]
                ],
            ] {
                let answer = try await service.ask(as: nil, .get, Self.path("Books", filter))
                #expect([400, 401].contains(answer.status), "\(filter): \(answer.text)")
            }
            // Cursors have what rows are ordered by.
            let dear = "/api/Books/dear?filter=%7B%22limit%22%3A1%2C%22page%22%3A%7B%22cursor%22%3Atrue%7D%7D"
            #expect(try await service.ask(as: nil, .get, dear).status == 400)
            #expect(try await service.ask(as: nil, .get, "/api/Books/dear").json.elements?.count == 3)
            #expect(try await service.ask(as: "ada", .get, dear).json["nextCursor"] != nil)
            for path in [
                "/api/Books/count?where=%7B%22price%22%3A10%7D", "/api/Shelves/1/books?filter[where][price]=10",
            ] {
                #expect(try await service.ask(as: nil, .get, path).status == 401)
            }
        }
    }

    /// What is denied is neither set by operators, nor wiped by what is replaced, nor told by the least of all values.
    @Test func deniedPropertiesAreNotReachedByOtherWords() async throws {
        try await RuleWorld.withService("denied") { service, _, made in
            for (method, path, body) in [
                (HTTPRequest.Method.patch, "/api/Books/1", ["pages": 5] as JSONValue),
                (.patch, "/api/Books/1", ["$inc": ["pages": 5]]),
                (.put, "/api/Books/1", ["title": "x"]), (.post, "/api/Books/replaceOrCreate", ["id": 1, "title": "x"]),
                (.post, "/api/Books/update?where=%7B%22id%22%3A1%7D", ["$mul": ["pages": 5]]),
                (.put, "/api/Shelves/1/books/1", ["$inc": ["pages": 5]]), (.post, "/api/Shelves/1/books", ["pages": 5]),
                (.post, "/api/Books", [["title": "x"], ["pages": 5]]),
            ] {
                let answer = try await service.ask(as: "ada", method, path, body)
                #expect(
                    [400, 401].contains(answer.status), "\(method) \(path) \(body): \(answer.status) \(answer.text)")
            }
            #expect(try await made.run("SELECT count(*), sum(pages) FROM book")[0] == ["3", "300"])
            #expect(try await service.ask(as: "ada", .patch, "/api/Books/1", ["title": "other"]).status == 200)
            let summed = try await service.ask(
                as: nil, .get, Self.path("Shelves", ["include": ["relation": "books", "aggregate": ["max": "price"]]]))
            #expect(summed.status == 401, "\(summed.text)")
            for condition: JSONValue in [
                ["max": ["price": ["gt": 0]]], ["count": ["gt": 0], "where": ["price": ["gt": 0]]],
                ["count": ["gt": 0], "sum": ["price": ["gt": 0]]],
            ] {
                let asked = try await service.ask(
                    as: nil, .get, Self.path("Shelves", ["where": ["books": condition]]))
                #expect(asked.status == 401, "\(condition): \(asked.text)")
            }
        }
    }

    /// Links are records of a model of their own, which has its say.
    @Test func linksAskTheirModel() async throws {
        try await RuleWorld.withService("links") { service, _, made in
            for (method, path) in [
                (HTTPRequest.Method.put, "/api/Books/1/labels/rel/2"), (.delete, "/api/Books/1/labels/rel/1"),
                (.delete, "/api/Books/1/labels/1"), (.delete, "/api/Books/1/labels"), (.post, "/api/Books/1/labels"),
                (.head, "/api/Books/1/labels/rel/1"), (.put, "/api/People/1/roles/rel/1"),
                (.post, "/api/People/1/roles"),
            ] {
                let answer = try await service.ask(as: "ada", method, path, method == .head ? nil : ["name": "x"])
                #expect([401, 404].contains(answer.status), "\(method) \(path): \(answer.status) \(answer.text)")
            }
            let shown = try await service.ask(
                as: "ada", .get,
                Self.path("Books", ["include": ["relation": "labels", "through": ["fields": ["note"]]]]))
            #expect(shown.status == 401, "\(shown.text)")
            #expect(try await made.run("SELECT count(*) FROM booklabel")[0] == ["2"])
            #expect(try await made.run("SELECT count(*) FROM rolemapping")[0] == ["0"])
        }
    }

    /// Of several candidates the record is the first one, and shown to whose it is.
    @Test func aToOneRelationLeadsToItsRecordOrNowhere() async throws {
        try await RuleWorld.withService("first") { service, _, _ in
            let ada = try await service.ask(
                as: "ada", .get, Self.path("Books", ["where": ["id": 1], "include": "secret"]))
            #expect(ada.json.elements?.first?["secret"]?["text"] == "of ada")
            let bob = try await service.ask(
                as: "bob", .get, Self.path("Books", ["where": ["id": 1], "include": "secret"]))
            #expect(bob.status == 200 && !bob.text.contains("of "), "\(bob.text)")
        }
    }

    /// What can't be read as a rule keeps everybody out.
    @Test func brokenRulesCloseTheService() async throws {
        let (opened, made) = try await RESTWorld.database("broken-rules")
        await opened.close()
        for rule: JSONValue in [
            ["permission": "DENNY", "principalType": "ROLE", "principalId": "$everyone"],
            ["permission": "DENY", "principalType": "ROLES", "principalId": "$everyone"],
            ["permission": "DENY", "principalType": "ROLE", "principalId": "$everyone", "accessType": "READS"],
            ["permission": "DENY", "principalType": "ROLE", "principalId": "$everyone", "property": 3], "DENY",
            ["permission": ["DENY"], "principalType": "ROLE", "principalId": "$everyone"],
            ["permission": "DENY", "principalType": "ROLE", "principalId": "$everyon"],
        ] {
            let schema = try RESTWorld.schema { $0.settings = [.init("acls", [rule])] }
            try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: made.url)) {
                database in
                let service = RESTService(database)
                #expect(service.ruleProblems.count == 1, "\(rule)")
                let answer = try await service.ask(.get, "/api/Things")
                #expect(answer.status == 401)
            }
        }
    }

    @Test func theListingSaysWhoMay() async throws {
        try await RuleWorld.withService("listing") { service, _, _ in
            let listing = service.accessListing.map(\.description)
            #expect(
                listing.contains(
                    "Secret, owner: __get__book, __get__person, deleteById, exists, findById, patchAttributes, replaceById"
                ))
            #expect(listing.contains("Person, everyone: create, login, logout"))
            #expect(!listing.contains { $0.hasPrefix("BookLabel,") })
        }
    }
}
#endif
