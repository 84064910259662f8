// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// The example of Documentation/MovingFromLoopBack3.md: the customers of a LoopBack application, their rules and a method, and what a client gets.
@Suite struct MovedApplicationTests {
    /// Knows people by their names.
    private struct Badge: Authenticator {
        func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity? {
            request.headerFields[.authorization].map { Identity(user: $0) }
        }
    }

    /// The model as the application has it, with the rule for its method; what it is related to is left out.
    private static func customer() throws -> ModelDefinition {
        let path = Repository.path("Tests/Fixtures/loopback/shop-api/common/models/customer.json")
        let file = try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8))
        let rule: JSONValue = [
            "principalType": "ROLE", "principalId": "$authenticated", "permission": "ALLOW", "property": "greet",
        ]
        let members = (file.members ?? []).filter { !["relations", "scopes", "mixins"].contains($0.key) }.map {
            member in
            member.key == "acls" ? JSONValue.Member("acls", .array((member.value.elements ?? []) + [rule])) : member
        }
        var definition = try ModelDefinition(.object(members), file: nil)
        definition.addMethod(
            "greet",
            ModelMethod(MethodParameter<Int>("id"), returns: "text", isReadOnly: true) { customers, id in
                let found = try await customers.find(filter: ["where": ["id": JSONValue(id)]])
                guard found.count > 0 else {
                    throw PlannerError(.modelNotFound, "There is no Customer \(id).", model: "Customer")
                }
                return "Hello, \(try JSONValue(parsing: found.firstJSON())["name"]?.text ?? "")!"
            })
        return definition
    }

    private static let tables = """
        DROP TABLE IF EXISTS customer;
        CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL, email text, secret text, balance numeric(12,2), settings text,
            createdat timestamptz, updatedat timestamptz);
        INSERT INTO customer (name, secret, balance) VALUES ('Ada', 'hush', 5.25);
        """

    @Test func clientsGetWhatThePageSays() async throws {
        try await RESTWorld.withOwn("moved", tables: Self.tables, [try Self.customer()]) {
            $0.policy = nil
            $0.basePath = "/api/v1"
            $0.access = AccessControl(authenticator: Badge())
        } _: { service, _, _ in
            let api = "/api/v1/Customers"
            let ada: HTTPFields = [.authorization: "1"]
            let nobody = try await service.ask(.get, api)
            #expect(nobody.status == 401 && nobody.code == "AUTHORIZATION_REQUIRED")
            let list = try await service.ask(.get, api + "?filter[limit]=1", ada)
            #expect(list.status == 200 && list.text.contains(#""balance":5.25"#) && !list.text.contains("hush"))
            let misspelt = try await service.ask(.get, api + "?filter[where][nmae]=Ada", ada)
            #expect(misspelt.status == 400 && misspelt.code == "UNKNOWN_PROPERTY")
            let greeting = try await service.ask(.post, api + "/greet", ada, ["id": 1])
            #expect(greeting.status == 200 && greeting.text == #"{"text":"Hello, Ada!"}"#, "\(greeting.text)")
            #expect(try await service.ask(.post, api + "/greet", ada, ["id": 2]).status == 404)
            #expect(try await service.ask(.post, api + "/greet", [:], ["id": 1]).status == 401)
            #expect(try await service.ask(.delete, api + "/1", ada).status == 401)
        }
    }
}
