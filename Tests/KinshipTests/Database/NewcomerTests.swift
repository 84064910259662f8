// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// What somebody types who has read the README and nothing else: one import, variables of Swift's own types. That it compiles
/// is half of what is tested.
@Suite struct NewcomerTests {
    private enum Status: String, FilterValue { case open, paid }

    /// An enumeration that says nothing of filters.
    private enum Place: String { case cork = "Cork" }

    private static let definitions = [
        """
        {"name": "Account", "options": {"postgresql": {"table": "account"}},
         "properties": {"id": {"type": "string", "id": true, "postgresql": {"columnName": "id", "dataType": "uuid"}},
           "name": {"type": "string"}, "balance": {"type": "number"}, "opened": {"type": "date"}, "city": {"type": "string"},
           "token": {"type": "buffer"}, "status": {"type": "string"}, "visits": {"type": "number"}},
         "relations": {"lines": {"type": "hasMany", "model": "Line", "foreignKey": "account"}}}
        """,
        """
        {"name": "Line", "options": {"postgresql": {"table": "line"}},
         "properties": {"orderId": {"type": "number", "id": 1, "postgresql": {"columnName": "order_id"}},
           "line": {"type": "number", "id": 2}, "account": {"type": "string"}, "price": {"type": "number"}},
         "relations": {"owner": {"type": "belongsTo", "model": "Account", "foreignKey": "account"}}}
        """,
    ]
    private static let first = UUID(uuidString: "6F9619FF-8B86-D011-B42D-00C04FC964FF") ?? UUID()

    private func withAccounts(_ name: String, _ body: (Database) async throws -> Void) async throws {
        let test = try await TestDatabase.named("newcomer_\(name)")
        try await test.run(
            """
            DROP TABLE IF EXISTS line, account;
            CREATE TABLE account (id uuid PRIMARY KEY, name text, balance numeric(30, 10), opened timestamptz, city text,
              token bytea, status text, visits bigint);
            CREATE TABLE line (order_id int, line smallint, account uuid REFERENCES account, price numeric, PRIMARY KEY (order_id, line));
            INSERT INTO account VALUES
              ('\(Self.first)', 'Ada', 12345678901234567890.0123456789, '2026-03-31 08:15:00.123456+00', 'Cork', '\\x0001ff', 'open', 9007199254740993),
              ('00000000-0000-0000-0000-000000000002', 'Bob', 1.5, '2026-04-01 00:00:00+00', 'Fez', '\\x', 'paid', 2);
            INSERT INTO line VALUES (1, 1, '\(Self.first)', 10), (1, 2, '\(Self.first)', 20), (2, 1, NULL, 30);
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(
            schema: schema, connection: try ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(maximumConnections: 2), body)
    }

    private func names(_ graph: Graph) throws -> [String] {
        try JSONValue(parsing: graph.json()).elements?.compactMap { $0["name"]?.text } ?? []
    }

    // MARK: Keys

    @Test func `A key is a variable of its own type`() async throws {
        try await withAccounts("keys") { database in
            let id = Self.first
            let text = id.uuidString
            let none: UUID? = nil
            let json: JSONValue = .string(text.lowercased())
            // Outside of a macro, so that the compiler sees that the closure throws.
            let found = try await database.findById("Account", id: id)
            #expect(found.count == 1)
            #expect(try await database.findById("Account", id: text).count == 1)
            #expect(try await database.findById("Account", id: json).count == 1)
            #expect(try await database.findById("Account", id: "00000000-0000-0000-0000-000000000002").count == 1)
            await #expect(throws: PlannerError.self) { try await database.findById("Account", id: none) }
            #expect(try await database.exists("Account", id: id).count == 1)
            #expect(try await database.findByIds("Account", ids: [id, UUID()]).count == 1)
            #expect(try await database.findByIds("Account", ids: [text]).count == 1)
            #expect(try await database.findByIds("Account", ids: []).count == 0)
            #expect(try await database.related("Account", id: id, relation: "lines").count == 2)
            #expect(
                try await database.relatedCount("Account", id: id, relation: "lines", where: ["price": 20]).count == 1)
        }
    }

    @Test func `A key of several properties is a dictionary`() async throws {
        try await withAccounts("composite") { database in
            let (order, line) = (1, 2)
            let number: Int64 = 1
            for graph in [
                try await database.findById("Line", id: ["orderId": 1, "line": 2]),
                try await database.findById("Line", id: ["orderId": order, "line": line]),
                try await database.findById("Line", id: ["line": "2", "orderId": number]),
                try await database.findById(
                    "Line", id: ["orderId": order, "line": line], filter: ["include": "owner"]),
            ] {
                #expect(graph.count == 1)
                #expect(try JSONValue(parsing: graph.json())[0]?["price"] == 20)
                #expect(graph.statistics.statements <= 2)
            }
            #expect(try await database.findById("Line", id: ["orderId": 9, "line": 2]).count == 0)
            #expect(try await database.exists("Line", id: ["orderId": order, "line": 1]).count == 1)
            let owner = try await database.related("Line", id: ["orderId": order, "line": line], relation: "owner")
            #expect(owner.count == 1)
            let key: JSONValue = ["orderId": 1, "line": 1]
            let found = try await database.relatedFindById("Account", id: Self.first, relation: "lines", key: key)
            #expect(found.count == 1)
            #expect(
                try await database.relatedExists(
                    "Account", id: Self.first, relation: "lines", key: ["orderId": 2, "line": 1]
                ).count == 0)
        }
    }

    @Test func `A wrong key says what the key is`() async throws {
        try await withAccounts("wrong") { database in
            func message(_ id: some FilterPart) async -> String {
                let error = await #expect(throws: PlannerError.self) { try await database.findById("Line", id: id) }
                #expect(error?.code == .invalidValue)
                return error?.message ?? ""
            }
            let form = "the key of Line is an object such as {\"orderId\": …, \"line\": …}."
            #expect(await message(7) == "7 is no key; \(form)")
            #expect(await message(["orderId": 7]) == "\"line\" is missing; \(form)")
            #expect(await message(["orderId": 7, "line": 1, "x": 1]) == "\"x\" is no property of the key; \(form)")
            #expect(await message(["orderId": 7, "line": "two"]).contains("whole number"))
            #expect(await !message(["orderId": nil, "line": 1]).isEmpty)
            let error = await #expect(throws: PlannerError.self) {
                try await database.findByIds("Line", ids: [["orderId": 1, "line": 2]])
            }
            #expect(error?.code == .unsupported)
        }
    }

    // MARK: Filters

    @Test func `Variables stand in a filter's literal`() async throws {
        try await withAccounts("literals") { database in
            let (id, name, least) = (Self.first, "Ada", 5)
            let missing: String? = nil
            let limit = 10
            func expectAda(_ filter: FilterRequest) async throws {
                #expect(try names(await database.find("Account", filter: filter)) == ["Ada"])
            }
            try await expectAda(["where": ["id": id]])
            try await expectAda(["where": ["city": ["neq": missing]], "limit": 1, "order": "name"])
            try await expectAda(["where": ["id": id, "name": name], "limit": limit])
            try await expectAda(["where": ["and": [["id": id], ["name": name]]], "order": "name", "limit": 3])
            try await expectAda([
                "where": ["visits": ["gt": least], "city": ["neq": JSONValue(missing)]], "include": "lines",
            ])
            try await expectAda(["where": ["id": ["inq": [id, UUID()]]], "fields": ["name", "id"], "skip": 0])
            try await expectAda(["where": ["name": ["inq": [name, "x"]], "status": Status.open]])
            try await expectAda(["where": ["city": Place.cork, "visits": ["gte": least, "lt": Int64.max]]])
            try await expectAda([
                "where": ["lines": ["some": ["price": ["gt": least]]]],
                "include": ["relation": "lines", "scope": ["limit": limit]],
            ])
            #expect(try names(await database.find("Account", filter: ["where": ["id": id]])) == ["Ada"])
            #expect(
                try names(
                    await database.find(
                        "Account", filter: ["where": ["name": name, "visits": ["gt": least]], "limit": 1])) == ["Ada"])
            #expect(try names(await database.findOne("Account", filter: ["where": ["city": Place.cork]])) == ["Ada"])
            #expect(try await database.count("Account", where: ["name": name, "visits": ["gt": least]]).count == 1)
            #expect(
                try await database.relatedCount("Account", id: id, relation: "lines", where: ["price": least * 4]).count
                    == 1)
            #expect(
                try await database.related(
                    "Account", id: id, relation: "lines", filter: ["where": ["price": least * 4]]
                ).count == 1)
            #expect(
                try await database.findById(
                    "Account", id: id, filter: ["include": ["relation": "lines", "scope": ["limit": limit]]]
                ).count == 1)
            var streamed = 0
            for try await graph in try database.stream("Account", filter: ["where": ["id": id]]) {
                streamed += graph.count
            }
            #expect(streamed == 1)
            let explanation = try await database.explain("Account", filter: ["where": ["id": id]])
            #expect(explanation.plan.fetches.count == 1)
        }
    }

    @Test func `Filters made of calls take every kind of value`() async throws {
        try await withAccounts("values") { database in
            let exact = try #require(Decimal(string: "12345678901234567890.0123456789"))
            let numeric = try #require(PostgresNumeric("12345678901234567890.0123456789"))
            let moment = try #require(PostgresTimestampTZ("2026-03-31T08:15:00.123456Z"))
            let date = try #require(moment.date)
            let bytes = Data([0, 1, 255])
            func expectAda(_ condition: FilterExpression) async throws {
                let graph = try await database.find("Account", filter: FilterRequest().where(condition))
                #expect(try names(graph) == ["Ada"], "\(condition)")
                #expect(try await database.count("Account", where: condition).count == 1, "\(condition)")
            }
            try await expectAda(Field("id") == Self.first)
            try await expectAda(Field("balance") == exact)
            try await expectAda(Field("balance") == numeric)
            try await expectAda(Field("opened") == date)
            try await expectAda(Field("opened") == moment)
            try await expectAda(Field("token") == bytes)
            try await expectAda(Field("status") == Status.open)
            try await expectAda(Field("visits") == 9_007_199_254_740_993)
            try await expectAda(Field("visits") == UInt64(9_007_199_254_740_993))
            try await expectAda(Field("opened").between(date, date))
            try await expectAda(Field("opened").isIn([date]))
            try await expectAda(Field("id").isIn([Self.first]))
            try await expectAda(Field("name") == "Adam".dropLast())
            try await expectAda(["balance": exact])
            try await expectAda(["opened": ["lte": date]])
            try await expectAda(["token": bytes])
            let filter = FilterRequest().where(Field("name") == "Ada").include("lines", ["where": ["price": exact]])
            #expect(try await database.find("Account", filter: filter).count == 1)
        }
    }

    private struct Strange {}

    /// The place of the value that a filter is refused for.
    private func refusal(_ database: Database, _ filter: FilterRequest) async throws -> String? {
        do {
            _ = try await database.find("Account", filter: filter)
            return "nothing was wrong"
        } catch let error as PlannerError {
            #expect(error.code == .invalidFilter)
            let beginning = "A value of the type Strange can't be part of a filter or a key;"
            #expect(error.message.hasPrefix(beginning), "\(error)")
            return error.path
        }
    }

    @Test func `A value of another type is refused with its place`() async throws {
        try await withAccounts("refused") { database in
            let strange: Any = Strange()
            let first = try await refusal(database, ["where": ["name": strange]])
            #expect(first == "where.name")
            #expect(
                try await refusal(database, ["where": ["and": [["id": 1], ["name": ["inq": ["x", strange]]]]]])
                    == "where.and[1].name.inq[1]")
            #expect(
                try await refusal(database, FilterRequest().include("lines", ["where": ["price": strange]]))
                    == "include[0].scope.where.price")
            #expect(
                try await refusal(database, FilterRequest().where(!["or": [["name": strange]]])) == "where.or[0].name")
            let error = await #expect(throws: PlannerError.self) {
                try await database.findById("Line", id: ["orderId": 1, "line": strange])
            }
            #expect(error?.path == "line")
        }
    }

    // MARK: Values

    @Test func `Swift's values have one JSON form each`() throws {
        #expect(
            JSONValue(7) == 7 && JSONValue(Int8(-7)) == -7 && JSONValue(UInt64.max) == .number("18446744073709551615"))
        #expect(JSONValue(Float(0.1)) == .number("0.1") && JSONValue(0.1) == 0.1 && JSONValue(Double.nan) == "NaN")
        #expect(JSONValue(true) == true && JSONValue("x") == "x" && JSONValue([1, 2]) == [1, 2])
        #expect(JSONValue(Int?.none) == .null && JSONValue([1, nil]) == [1, nil])
        #expect(JSONValue(["b": 1, "a": 2]) == ["a": 2, "b": 1])
        #expect(JSONValue(Decimal(string: "0.10000000000000000001") ?? 0) == .number("0.10000000000000000001"))
        #expect(JSONValue(Decimal.nan) == "NaN")
        #expect(JSONValue(Data([255, 0])) == "/wA=")
        #expect(JSONValue(Self.first) == "6f9619ff-8b86-d011-b42d-00c04fc964ff")
        #expect(JSONValue(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00.000Z")
        #expect(JSONValue(Date(timeIntervalSince1970: -0.25)) == "1969-12-31T23:59:59.750Z")
        #expect(JSONValue(Date(timeIntervalSince1970: 0.000_001)) == "1970-01-01T00:00:00.000001Z")
        #expect(JSONValue(Date(timeIntervalSince1970: .infinity)) == "a Date out of range")
        #expect(JSONValue(Date(timeIntervalSince1970: .nan)) == "a Date out of range")
        #expect(JSONValue(Status.open) == "open")
        #expect(JSONValue(PostgresNumeric.nan) == "NaN")
    }
}
