// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Hidden members of embedded records leave the process nowhere, and are not to be asked about (K5, D28).
@Suite struct ConcealedRecordsTests {
    private static let definitions = [
        #"""
        {"name": "Customer", "properties": {"id": {"type": "number", "id": true}, "addressList": ["Address"],
            "profileText": "object", "former": {"type": ["Address"]}},
         "relations": {
            "addresses": {"type": "embedsMany", "model": "Address", "property": "addressList"},
            "profile": {"type": "embedsOne", "model": "Profile", "property": "profileText"},
            "orders": {"type": "hasMany", "model": "Order"}}}
        """#,
        #"""
        {"name": "Order", "properties": {"id": {"type": "number", "id": true}, "customerId": "number"},
         "relations": {"customer": {"type": "belongsTo", "model": "Customer"}}}
        """#,
        #"""
        {"name": "Address", "base": "Model", "hidden": ["pin"], "protected": ["note"],
         "properties": {"id": {"type": "number", "id": true}, "city": "string", "pin": "string", "note": "string",
            "place": "Place"}}
        """#,
        #"""
        {"name": "Place", "base": "Model", "hidden": ["source"],
         "properties": {"lat": "number", "source": "string", "within": {"type": "Place"}}}
        """#,
        #"""
        {"name": "Profile", "base": "Model", "hidden": ["secret"],
         "properties": {"motto": "string", "secret": "string"}}
        """#,
    ]

    private func with(_ name: String, _ body: (Database, TestDatabase) async throws -> Void) async throws {
        let test = try await TestDatabase.named(name)
        try await test.run(
            """
            CREATE TABLE customer (id int PRIMARY KEY, addresslist jsonb, profiletext text, former jsonb);
            CREATE TABLE "order" (id int PRIMARY KEY, customerid int);
            INSERT INTO customer VALUES
                (1, '[{"id": 1, "city": "Bonn", "pin": "1234", "note": "n", "place":
                       {"lat": 50.70, "source": "gps", "within": {"source": "map", "lat": 1}}}, {"id": 2, "pin": "5", "extra": [1]}]',
                    '{"motto": "on", "secret": "s"}', '{"city": "Köln", "pin": "9"}'),
                (2, NULL, '', 'null'), (3, '[]', NULL, '"text"');
            INSERT INTO "order" VALUES (1, 1);
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: test.url)
        ) { try await body($0, test) }
    }

    @Test func `They are taken out of the property, at every depth, at the root and inside includes`() async throws {
        try await with("concealed_shown") { database, _ in
            let first =
                #"{"id":1,"addressList":[{"id":1,"city":"Bonn","place":{"lat":50.70,"within":{"lat":1}}},{"id":2,"extra":[1]}],"#
                + #""profileText":{"motto":"on"},"former":{"city":"Köln"}"#
            let all = try await database.find("Customer", filter: ["order": "id"])
            #expect(
                String(decoding: try all.json(), as: UTF8.self) == "[\(first)},"
                    + #"{"id":2,"addressList":null,"profileText":null,"former":null},"#
                    + #"{"id":3,"addressList":[],"profileText":null,"former":"text"}]"#)
            let orders = try await database.find("Order", filter: ["include": "customer"])
            #expect(
                String(decoding: try orders.json(), as: UTF8.self)
                    == #"[{"id":1,"customerId":1,"customer":\#(first)}}]"#)
            let included = try await database.find(
                "Customer", filter: ["where": ["id": 1], "fields": ["id"], "include": ["addresses", "profile"]])
            #expect(
                String(decoding: try included.json(), as: UTF8.self)
                    == #"[{"id":1,"addresses":[{"id":1,"city":"Bonn","place":{"lat":50.70,"within":{"lat":1}}},"#
                    + #"{"id":2,"extra":[1]}],"profile":{"motto":"on"}}]"#)
        }
    }

    @Test func `Text that is no JSON is an error, for it can't be told what of it is hidden`() async throws {
        try await with("concealed_broken") { database, test in
            try await test.run("UPDATE customer SET profiletext = 'secret: s' WHERE id = 2")
            let broken = try await database.find("Customer", filter: ["where": ["id": 2]])
            #expect(throws: PostgresError.self) { try broken.json() }
        }
    }

    @Test func `They are not to be asked about`() async throws {
        try await with("concealed_asked") { database, _ in
            for filter in [
                #"{"where": {"addressList.0.pin": "1234"}}"#, #"{"where": {"addressList.1.pin": {"exists": true}}}"#,
                #"{"where": {"addressList.0.note": "n"}}"#, #"{"where": {"addressList.0.place.source": "gps"}}"#,
                #"{"where": {"addressList.0.place.within.source": {"like": "m%"}}}"#,
                #"{"where": {"former.pin": "9"}}"#,
                #"{"where": {"addressList": {"contains": [{"pin": "1234"}]}}}"#,
                #"{"where": {"addressList": {"not": {"contains": [{"place": {"source": "gps"}}]}}}}"#,
                #"{"where": {"addressList.0.place": {"eq": {"source": "gps"}}}}"#,
                #"{"where": {"addressList.0": {"inq": [{"pin": "5"}]}}}"#,
                #"{"where": {"profileText": {"like": "%s%"}}}"#, #"{"where": {"profileText": {"contains": "secret"}}}"#,
                #"{"where": {"profileText": {"gt": "a"}}}"#, #"{"order": "addressList.0.pin"}"#,
                #"{"order": "profileText"}"#, #"{"order": "former"}"#,
            ] {
                do {
                    _ = try await database.find("Customer", filter: JSONValue(parsing: filter))
                    Issue.record("\(filter) was answered")
                } catch let error as PlannerError {
                    #expect(error.code == .prohibitedProperty, "\(filter)")
                }
            }
        }
    }

    @Test func `What is shown can be asked about`() async throws {
        try await with("concealed_open") { database, _ in
            for filter in [
                #"{"where": {"addressList.0.city": "Bonn"}}"#, #"{"where": {"addressList.0.place.lat": {"gt": 50}}}"#,
                #"{"where": {"addressList": {"contains": [{"city": "Bonn"}]}}}"#,
                #"{"where": {"addressList.1.extra.0": 1}}"#, #"{"where": {"addressList.0.place.within.lat": 1}}"#,
                #"{"where": {"and": [{"profileText": {"exists": true}}, {"profileText": {"neq": ""}}]}}"#,
            ] {
                let found = try await database.find("Customer", filter: JSONValue(parsing: filter))
                #expect(found.count == 1, "\(filter)")
            }
        }
    }
}
