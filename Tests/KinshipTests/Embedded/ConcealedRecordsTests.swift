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

    @Test func `Guesses are refused however many questions like them were answered`() async throws {
        try await with("concealed_guesses") { database, _ in
            for text in ["", "true", "1", "0", "false", ""] {
                for condition: JSONValue in [.string(text), ["neq": .string(text)]] {
                    let filter: JSONValue = .object([.init("where", .object([.init("profileText", condition)]))])
                    _ = try await database.find("Customer", filter: filter)
                    _ = try await database.findOne("Customer", filter: filter)
                    _ = try await database.count("Customer", where: filter["where"])
                }
            }
            for condition: JSONValue in ["secret: s", ["neq": "secret: s"], ["gt": ""]] {
                let filter: JSONValue = .object([.init("where", .object([.init("profileText", condition)]))])
                let asks: [() async throws -> Void] = [
                    { _ = try await database.find("Customer", filter: filter) },
                    { _ = try await database.findOne("Customer", filter: filter) },
                    { _ = try await database.count("Customer", where: filter["where"]) },
                ]
                for ask in asks {
                    let error = await #expect(throws: PlannerError.self) { try await ask() }
                    #expect(error?.code == .prohibitedProperty)
                }
            }
        }
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

    @Test func `They can't be guessed by other ways to write a path`() async throws {
        try await with("concealed_guessed") { database, test in
            // What the server takes for position 0, and what it doesn't.
            let steps = [
                " 0", "\t0", "\n0", "\u{0B}0", "+0", "-0", "00", "000", "0 ", "\u{A0}0", "\u{660}", "\u{FF10}", "0x0",
                "1e0",
                "- 1", "--1", "+1", "-01", "2147483648", "-9999999999", "nope", "extra",
            ]
            for step in steps {
                for path in [
                    "addressList.\(step).pin", "addressList.0.\(step).pin", "addressList.\(step)",
                    "addressList.0.place.\(step).source", "former.\(step).pin", "profileText.\(step)",
                ] {
                    for filter: JSONValue in [
                        ["where": .object([.init(path, ["like": "1%"])])], ["where": .object([.init(path, "1234")])],
                        ["where": .object([.init(path, ["exists": true])])], ["order": .array([.string(path)])],
                        ["after": .object([.init(path, "1")]), "order": .string(path)],
                        ["fields": ["id"], "distinct": true, "order": .string(path)],
                        ["where": .object([.init(path, ["match": "a"])])],
                    ] {
                        await refused(database, "Customer", filter)
                    }
                    await refused(database, "Order", ["order": .string("customer.\(path)")])
                    await refused(database, "Order", ["where": ["customer": ["is": .object([.init(path, "5")])]]])
                    await refused(
                        database, "Order",
                        ["include": ["relation": "customer", "scope": ["where": .object([.init(path, "5")])]]])
                }
            }
        }
    }

    @Test func `Nor by all that a column holds`() async throws {
        try await with("concealed_whole") { database, _ in
            for filter in [
                #"{"where": {"profileText": "{\"motto\": \"on\", \"secret\": \"s\"}"}}"#,
                #"{"where": {"profileText": {"inq": ["{\"motto\": \"on\", \"secret\": \"s\"}", "x"]}}}"#,
                #"{"where": {"profileText": {"neq": "{\"secret\": \"s\"}"}}}"#,
                #"{"where": {"profileText": {"not": {"eq": "{\"secret\": \"s\"}"}}}}"#,
                #"{"where": {"profileText": {"startsWith": "{"}}}"#, #"{"where": {"profileText": {"match": "s"}}}"#,
                #"{"where": {"profileText": {"between": ["a", "b"]}}}"#,
                #"{"where": {"profileText": {"gt": {"column": "profileText"}}}}"#,
                #"{"fields": ["profileText"], "distinct": true}"#, #"{"fields": ["addressList"], "distinct": true}"#,
                #"{"order": "addressList.-1"}"#, #"{"order": "addressList.0.place"}"#,
                #"{"where": {"addressList.0": {"like": "%"}}}"#, #"{"where": {"addressList.0": {"regexp": "5"}}}"#,
            ] {
                await refused(database, "Customer", try JSONValue(parsing: filter))
            }
            await refused(
                database, "Order", ["order": "customer.profileText"])
        }
    }

    private func refused(_ database: Database, _ model: String, _ filter: JSONValue) async {
        do {
            _ = try await database.find(model, filter: filter)
            Issue.record("\(filter) was answered")
        } catch let error as PlannerError {
            #expect(
                [.prohibitedProperty, .unknownProperty, .invalidFilter, .invalidValue].contains(error.code),
                "\(filter): \(error)")
        } catch {
            Issue.record("\(filter): \(error)")
        }
    }

    @Test func `However deep the records are, one spoils no list`() async throws {
        try await with("concealed_deep") { database, test in
            try await test.run(
                """
                UPDATE customer SET former = (repeat('{"city": "x", "place": {"source": "gps", "within": ', 1) || repeat('{"source": "map", "within": ', 1500)
                    || '{"source": "end", "lat": 7}' || repeat('}', 1500) || '}}')::jsonb,
                    profiletext = '{"motto": ' || repeat('[', 5000) || repeat(']', 5000) || ', "secret": "s"}',
                    addresslist = ('[{"id": 3, "pin": "1", "x": ' || repeat('[', 1500) || repeat(']', 1500) || '}, {"id": 4, "city": "Ulm"}]')::jsonb
                    WHERE id = 3
                """)
            let all = String(
                decoding: try await database.find("Customer", filter: ["order": "id"]).json(), as: UTF8.self)
            #expect(!all.contains("source") && !all.contains("secret") && !all.contains("pin"))
            #expect(all.contains("\"lat\":7") && all.contains(String(repeating: "[", count: 5000)))
            let included = try await database.find(
                "Customer",
                filter: [
                    "fields": ["id"], "order": "id",
                    "include": ["relation": "addresses", "scope": ["where": ["id": ["gte": 2]]]],
                ])
            let text = String(decoding: try included.json(), as: UTF8.self)
            #expect(!text.contains("pin") && text.contains(String(repeating: "[", count: 1500)))
            #expect(text.contains(#"{"id":4,"city":"Ulm"}"#))
        }
    }

    @Test func `What is shown can be asked about`() async throws {
        try await with("concealed_open") { database, _ in
            for filter in [
                #"{"where": {"addressList.0.city": "Bonn"}}"#, #"{"where": {"addressList.0.place.lat": {"gt": 50}}}"#,
                #"{"where": {"addressList": {"contains": [{"city": "Bonn"}]}}}"#,
                #"{"where": {"addressList.0.place.within.lat": 1}}"#, #"{"where": {"addressList.-2.city": "Bonn"}}"#,
                #"{"where": {"and": [{"profileText": {"exists": true}}, {"profileText": {"neq": ""}}]}}"#,
            ] {
                let found = try await database.find("Customer", filter: JSONValue(parsing: filter))
                #expect(found.count == 1, "\(filter)")
            }
        }
    }
}
