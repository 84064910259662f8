// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What filters mean on columns whose types are special: the rule each test is named for, on a server.
@Suite struct FilterTypeTests {
    private func withPlaces(_ name: String, _ body: (Database) async throws -> Void) async throws {
        let database = try await TestDatabase.named("filter_types_\(name)")
        let note = try await ServerFeature.xml.isThere ? "'<a/>'" : "NULL"
        try await database.run(
            """
            CREATE TABLE place (id int PRIMARY KEY, spot point, doc jsonb, old json, span interval, opening timetz,
                spans interval[], host inet, note xml, jsons json[], spots point[]);
            INSERT INTO place VALUES
                (1, '(0,0)', '{"a": [1]}', '{"a": 1, "b": [2]}', '1 day', '12:30+02', '{1 day}', '10.0.0.10', \(note), '{}', '{}'),
                (2, NULL, '{"a": 5}', '[1]', '24:00:00', '12:30+00', '{}', '10.0.0.9', NULL, NULL, NULL),
                (3, '(Infinity,NaN)', '{"a": {"b": 1}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                (4, '(1e-200,0)', '{"a": null}', '5', '36:00:00', '10:30+00', '{NULL}', '9.0.0.1', NULL, NULL, NULL),
                (5, '(180,0)', '{}', NULL, '-1 day', NULL, NULL, NULL, NULL, NULL, NULL);
            """)
        let definition = """
            {"name": "Place", "options": {"postgresql": {"table": "place"}}, "properties": {
             "id": {"type": "number", "id": true}, "spot": "geopoint", "doc": "object", "old": "object", "span": "string",
             "opening": "string", "spans": ["string"], "host": "string", "note": "string", "jsons": ["object"],
             "spots": ["geopoint"]}}
            """
        let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
        let opened = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: database.url))
        do {
            try await body(opened)
            await opened.close()
        } catch {
            await opened.close()
            throw error
        }
    }

    /// The keys of the rows that a filter gives, in their order.
    private func ids(_ filter: String, _ database: Database) async throws -> String {
        let graph = try await database.find("Place", filter: filter)
        let rows = try JSONValue(parsing: graph.json()).elements ?? []
        return rows.map { "\($0["id"] ?? .null)" }.joined(separator: " ")
    }

    private func expect(
        _ filter: String, _ keys: String, _ database: Database, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await ids(filter, database)
        #expect(found == keys, "\(filter)", sourceLocation: location)
    }

    /// The error of a condition.
    private func refusal(_ filter: String, _ database: Database) async throws -> PlannerError? {
        do {
            _ = try await ids(filter, database)
            return nil
        } catch let error as PlannerError {
            return error
        }
    }

    @Test func `Rows without a place, or with one off the sphere, are at no distance`() async throws {
        try await withPlaces("distance") { database in
            try await expect(#"{"where": {"spot": {"near": "0,0", "maxDistance": 1e9}}}"#, "1 4 5", database)
            try await expect(#"{"where": {"spot": {"near": "0,0", "minDistance": 1}}}"#, "5", database)
            // Without a distance near asks for a place; what has no distance comes last.
            try await expect(#"{"where": {"spot": {"near": "0,0"}}}"#, "1 4 5 3", database)
            try await expect(#"{"where": {"not": {"spot": {"near": "0,0", "maxDistance": 1e9}}}}"#, "2 3", database)
        }
    }

    @Test func `The smallest of distances is 0, not an error`() async throws {
        try await withPlaces("small") { database in
            for centre in ["0,0", "1e-200,1e-300", "-1e-170,0"] {
                try await expect(#"{"where": {"spot": {"near": "\#(centre)", "maxDistance": 0}}}"#, "1 4", database)
            }
        }
    }

    @Test func `D26: what isn't a list or an object is not unequal to one either`() async throws {
        try await withPlaces("documents") { database in
            try await expect(#"{"where": {"doc.a": {"neq": [2]}}}"#, "1 3", database)
            try await expect(#"{"where": {"doc.a": {"nin": [[1], [2]]}}}"#, "3", database)
            try await expect(#"{"where": {"doc.a": [1]}}"#, "1", database)
            // Containment takes scalars as well.
            try await expect(#"{"where": {"doc.a": {"contains": 5}}}"#, "2", database)
        }
    }

    @Test func `contains works on json columns as on jsonb`() async throws {
        try await withPlaces("containment") { database in
            try await expect(#"{"where": {"old": {"contains": {"b": [2]}}}}"#, "1", database)
            try await expect(#"{"where": {"old": {"contains": [1]}}}"#, "2", database)
            try await expect(#"{"where": {"old.b": {"contains": 2}}}"#, "1", database)
        }
    }

    @Test func `Intervals and times with an offset are compared by their value`() async throws {
        try await withPlaces("intervals") { database in
            try await expect(#"{"where": {"span": "24 hours"}}"#, "1 2", database)
            try await expect(#"{"where": {"span": {"gt": "P1D"}}}"#, "4", database)
            try await expect(#"{"where": {"span": {"inq": ["P1D", "-1 days", null]}}}"#, "1 2 3 5", database)
            try await expect(#"{"where": {"span": {"between": ["0 days", "30 hours"]}}}"#, "1 2", database)
            try await expect(#"{"where": {"opening": "12:30:00+02:00"}}"#, "1", database)
            try await expect(#"{"where": {"opening": {"inq": ["10:30+00", "12:30Z"]}}}"#, "2 4", database)
            try await expect(#"{"where": {"spans": {"contains": ["24:00:00"]}}}"#, "1", database)
            try await expect(
                #"{"where": {"id": {"lt": 5}}, "order": "span", "after": {"span": "1 day", "id": 1}}"#, "2 4 3",
                database)
        }
    }

    @Test func `Types known by name are ordered by where PostgreSQL has an order for them`() async throws {
        try await withPlaces("order") { database in
            try await expect(#"{"where": {"host": {"exists": true}}, "order": "host"}"#, "4 2 1", database)
            try await expect(
                #"{"where": {"host": {"exists": true}}, "order": "host", "after": {"host": "10.0.0.0", "id": 1}}"#,
                "2 1", database)
            for (filter, property) in [
                (#"{"order": "note"}"#, "note"), (#"{"order": "jsons"}"#, "jsons"), (#"{"order": "spots"}"#, "spots"),
            ] {
                let error = try await refusal(filter, database)
                #expect(error?.code == .invalidFilter, "\(filter)")
                #expect(error?.property == property, "\(filter)")
            }
        }
    }

    @Test func `Lists of json and of points can't be compared`() async throws {
        try await withPlaces("lists") { database in
            for condition in [
                #"{"jsons": [{"a": 1}]}"#, #"{"jsons": {"contains": [{"a": 1}]}}"#, #"{"spots": {"neq": ["0,0"]}}"#,
                #"{"spots": {"inq": [["0,0"]]}}"#, #"{"spots": {"containsAnyOf": ["0,0"]}}"#, #"{"jsons": {"gt": []}}"#,
                #"{"spots": {"between": [[], []]}}"#, #"{"spots": {"eq": {"column": "spots"}}}"#,
            ] {
                let error = try await refusal(#"{"where": \#(condition)}"#, database)
                #expect(error?.status == 400, "\(condition)")
                #expect(error?.property?.hasSuffix("s") == true, "\(condition)")
            }
            try await expect(#"{"where": {"jsons": {"exists": true}}}"#, "1", database)
            try await expect(#"{"where": {"spots": null}}"#, "2 3 4 5", database)
        }
    }

    @Test func `What json holds and jsonb can't matches nothing and fails nothing`() async throws {
        let database = try await TestDatabase.named("filter_types_unstorable")
        try await database.run(
            #"""
            CREATE TABLE place (id int PRIMARY KEY, doc json);
            INSERT INTO place VALUES (1, '{"a": "x\u0000y"}'), (2, '{"a": "\ud800"}'), (3, '{"a": "\udc00x"}'),
                (4, '{"a": "\ud83d\ude00"}'), (5, '{"a": "\\u0000"}'), (6, '{"a": "\\\u0000"}'), (7, '{"a": "x"}'),
                (8, '{"a": "\ud83d\ud83d\ude00"}'), (9, '{"\udc00": 1, "a": "x"}'), (10, NULL);
            """#)
        let definition = """
            {"name": "Place", "options": {"postgresql": {"table": "place"}}, "properties": {
             "id": {"type": "number", "id": true}, "doc": "object"},
             "relations": {"part": {"type": "embedsOne", "model": "Part", "property": "doc"}}}
            """
        let part = #"{"name": "Part", "base": "Model", "properties": {"a": "string"}}"#
        let opened = try await Database.open(
            schema: Schema(
                definitions: [definition, part].map { try ModelDefinition(json: Array($0.utf8), file: nil) }),
            connection: ConnectionConfiguration(url: database.url))
        try await expect(#"{"fields": ["id"], "where": {"doc.a": {"neq": null}}}"#, "4 5 7", opened)
        try await expect(#"{"fields": ["id"], "where": {"doc.a": {"like": "x%"}}}"#, "7", opened)
        try await expect(#"{"fields": ["id"], "where": {"doc.a": "\ud83d\ude00"}}"#, "4", opened)
        try await expect(#"{"fields": ["id"], "where": {"doc": {"eq": {"a": "\\u0000"}}}}"#, "5", opened)
        try await expect(#"{"fields": ["id"], "where": {"doc": {"inq": [{"a": "x"}, null]}}}"#, "7 10", opened)
        try await expect(#"{"fields": ["id"], "where": {"doc": {"contains": {"a": "x"}}}}"#, "7", opened)
        try await expect(#"{"fields": ["id"], "where": {"part": {"is": {"a": {"gt": "w"}}}}}"#, "4 7", opened)
        try await expect(
            #"{"fields": ["id"], "where": {"id": {"lt": 6}}, "order": "doc.a NULLS FIRST"}"#, "1 2 3 5 4", opened)
        await opened.close()
    }
}
