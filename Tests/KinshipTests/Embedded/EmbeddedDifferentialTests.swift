// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// Filters over embedded records give what PostgreSQL gives for the same records as rows.
@Suite struct EmbeddedDifferentialTests {
    private func open(_ name: String, _ records: [JSONValue]) async throws -> Database {
        let database = try await TestDatabase.named(name)
        let columns = RandomPieces.columns
        let declarations = columns.map { "\"\($0.name)\" \($0.type)" }.joined(separator: ", ")
        let json = JSONValue.array(records).description.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "''")
        let names = (["id"] + columns.map(\.name)).map { "\"\($0)\"" }.joined(separator: ", ")
        try await database.run(
            """
            CREATE TABLE piece (id integer PRIMARY KEY, \(declarations), place point);
            INSERT INTO piece SELECT \(names) FROM jsonb_populate_recordset(NULL::piece, '\(json)');
            UPDATE piece SET doc = NULL WHERE doc = 'null';
            """)
        let properties = columns.map { column in
            "\"\(column.name)\": {\"type\": \(column.kind == "array" ? "[\"\(column.type == "text[]" ? "string" : "number")\"]" : "\"\(column.kind)\"")}"
        }
        let definition = """
            {"name": "Piece", "options": {"postgresql": {"table": "piece"}}, "properties": {
             "id": {"type": "number", "id": true}, "place": "geopoint", \(properties.joined(separator: ", "))}}
            """
        let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
        return try await Database.open(schema: schema, connection: ConnectionConfiguration(url: database.url))
    }

    /// The ids of the chosen records; nil for a filter that only the server can run, or that is none.
    private func chosen(_ filter: JSONValue, _ records: [JSONValue], _ schema: Schema) throws -> [Int]? {
        let model = try #require(schema.model("Piece"))
        do {
            let checked = try ScopedSchema(schema).resolved(try schema.filter(filter, for: model.id), for: model.id)
            let (shape, values) = checked.parameterized()
            try EmbeddedFilter.check(shape, of: model)
            let selection = try EmbeddedFilter(shape, of: model, values: values).select(records)
            // A filter that still has its values means the same.
            if values.count == 3 {
                let direct = try EmbeddedFilter(checked, of: model).select(records)
                #expect(direct.positions == selection.positions)
            }
            return selection.positions.map { $0 + 1 }
        } catch let error as PlannerError {
            #expect([.invalidFilter, .invalidValue, .unsupported, .emptyOr].contains(error.code), "\(error)")
            return nil
        }
    }

    @Test func `Thousands of random filters`() async throws {
        var random = RandomPieces(seed: 20_240_229)
        let records = (1...60).map { random.record(id: $0) }
        let database = try await open("embedded_random", records)
        var compared = 0
        var matched = 0
        for _ in 0..<3500 {
            let filter = random.filter()
            guard let ids = try chosen(filter, records, database.schema) else { continue }
            compared += 1
            matched += ids.count
            let rows = try await database.find("Piece", filter: filter).rows(of: database.plan("Piece").nodes[0])
            let expected = try rows?.decodeColumn(Int.self, at: 0) ?? []
            guard expected != ids else { continue }
            let odd = Set(expected).symmetricDifference(ids).sorted().prefix(3)
            Issue.record(
                "\(filter): the server has \(expected.prefix(12)), here \(ids.prefix(12)); \(odd.map { records[$0 - 1].description })"
            )
        }
        await database.close()
        // Most filters are such that both can run them, and they say something.
        #expect(compared > 2000)
        #expect(matched > 15_000)
    }

    @Test func `Points by distance`() async throws {
        let places: [JSONValue] = [
            ["lat": 52.52, "lng": 13.405], ["lat": 52.4, "lng": 13.05], ["lat": 48.14, "lng": 11.58],
            ["lat": -33.9, "lng": 151.2],
            nil,
        ]
        let records = places.enumerated().map { number, place -> JSONValue in
            ["id": .number(String(number + 1)), "place": place]
        }
        let database = try await open("embedded_points", [])
        let session = try await TestDatabase.named("embedded_points")
        try await session.run(
            "INSERT INTO piece (id, place) VALUES (1, '(13.405,52.52)'), (2, '(13.05,52.4)'), (3, '(11.58,48.14)'), (4, '(151.2,-33.9)'), (5, NULL)"
        )
        for filter in [
            #"{"fields": ["id"], "where": {"place": {"near": {"lat": 52.5, "lng": 13.4}}}}"#,
            #"{"fields": ["id"], "where": {"place": {"near": {"lat": 52.5, "lng": 13.4}, "maxDistance": 100, "unit": "kilometers"}}}"#,
            #"{"fields": ["id"], "where": {"place": {"near": "52.5,13.4", "minDistance": 10}}, "limit": 2}"#,
            #"{"fields": ["id"], "where": {"not": {"place": {"near": "52.5,13.4", "maxDistance": 10}}}}"#,
            #"{"fields": ["id"], "where": {"place": {"lat": 52.52, "lng": 13.4050000001}}}"#,
            #"{"fields": ["id"], "where": {"place": {"neq": {"lat": 52.52, "lng": 13.405}}}}"#,
            #"{"fields": ["id"], "where": {"place": {"inq": ["48.14,11.58", null]}}}"#,
        ] {
            let json = try JSONValue(parsing: filter)
            let rows = try await database.find("Piece", filter: json).rows(of: database.plan("Piece").nodes[0])
            let expected = try #require(rows).decodeColumn(Int.self, at: 0)
            #expect(try chosen(json, records, database.schema) == expected, "\(filter)")
            #expect(!expected.isEmpty)
        }
        await database.close()
    }

    /// Values of types that are compared by what their text stands for, each with each.
    @Test func `Intervals and times with offsets`() async throws {
        let database = try await TestDatabase.named("embedded_lengths")
        let intervals = [
            "P1D", "24:00:00", "1 mon", "30 days", "-1 day 02:00:00", "P1Y2M3DT4H5M6.5S", "1.5 weeks", "0.3 years",
            "1.5 mons",
            "45 days", "P-1M", "-30 days", "1 day -00:00:01", "P0.5D", "12 hours", "2 microseconds",
            "1500 milliseconds", "1.5 sec",
            "9999999 years", "-0.00001 days", "P2W", "14 days", "1 hour 30 minutes", "90 mins", "0 days",
        ]
        let times = [
            "12:30:00+02:00", "10:30:00+00:00", "11:00:00-01:00", "10:30:00Z", "10:30:00", "12:00:00+00:00",
            "00:00:00+15:00",
            "24:00:00-15:00", "10:30:00.000001Z",
        ]
        for (type, property, texts) in [("interval", "span", intervals), ("timetz", "zone", times)] {
            let definition = """
                {"name": "Piece", "properties": {"id": {"type": "number", "id": true},
                 "\(property)": {"type": "string", "postgresql": {"dataType": "\(type)"}}}}
                """
            let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
            let model = try #require(schema.model("Piece"))
            let rows = texts.enumerated().map { "(\($0.offset), '\($0.element)'::\(type))" }.joined(separator: ", ")
            let records = texts.map { text -> JSONValue in .object([.init(property, .string(text))]) }
            let ordered = try await database.run("SELECT i FROM (VALUES \(rows)) AS v(i, x) ORDER BY x, i")
            let order = try EmbeddedFilter(schema.filter(["order": .string(property)], for: model.id), of: model)
            #expect(try order.select(records).positions.map { String($0) } == ordered.map { $0[0] })
            for text in texts {
                for (name, sign) in [("eq", "="), ("lt", "<"), ("gte", ">=")] {
                    let expected = try await database.run(
                        "SELECT i FROM (VALUES \(rows)) AS v(i, x) WHERE x \(sign) '\(text)' ORDER BY i")
                    let condition = JSONValue.object([.init(property, .object([.init(name, .string(text))]))])
                    let filter = try EmbeddedFilter(schema.filter(["where": condition], for: model.id), of: model)
                    #expect(
                        try filter.select(records).positions.map { String($0) } == expected.map { $0[0] },
                        "\(name) \(text)")
                }
            }
        }
    }

    @Test func `Cursors`() async throws {
        var random = RandomPieces(seed: 7)
        let records = (1...60).map { random.record(id: $0) }
        let database = try await open("embedded_cursors", records)
        for order in ["n", "n DESC", "name DESC NULLS LAST", "n NULLS FIRST"] {
            let name = String(order.prefix { $0 != " " })
            for record in records {
                for side in ["after", "before"] {
                    // Without a limit, too.
                    let limit: JSONValue = [.number("17"), .number("40")].contains(record["id"]) ? .null : 5
                    let filter: JSONValue = [
                        "fields": ["id"], "order": .string(order), "limit": limit, "skip": 1,
                        "\(side)": .object([.init(name, record[name] ?? .null), .init("id", record["id"] ?? .null)]),
                    ]
                    let rows = try await database.find("Piece", filter: filter).rows(
                        of: database.plan("Piece").nodes[0])
                    let expected = try #require(rows).decodeColumn(Int.self, at: 0)
                    #expect(try chosen(filter, records, database.schema) == expected, "\(filter)")
                }
            }
        }
        await database.close()
    }
}

extension EmbeddedFilter {
    /// What the filter chooses, whatever it costs.
    func select(_ items: [JSONValue]) throws -> Selection {
        var budget = StepBudget(nil)
        return try select(items, budget: &budget)
    }
}
