// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipTesting
import TestSupport
import Testing

private struct Gauge: TypedModel {
    var id: Int
    var level: Int?
    var small: Int16
    var note: String?
    static let definition = TypedDefinition<Gauge>("Gauge") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("level", \.level)
        $0.property("small", \.small)
        $0.property("note", \.note)
        $0.hidden("secret", Int.self)
        $0.scope { $0.where { $0.id < 10 }.limit(1) }
        $0.scope("low") { $0.where { $0.id <= 2 }.limit(1) }
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        level = try row("level")
        small = try row("small")
        note = try row("note")
    }
}

/// Numbers about all that a query finds are those that its records have.
@Suite(.timeLimit(.minutes(2))) struct AggregateTests {
    private var shop: Database { get async throws { try await TypedShop.opened.value } }

    /// Gauges 1 to 4 inside of the default scope, of levels 3, 4, 5 and none, and one beyond it.
    private static let gauges = Task {
        let test = try await TestDatabase.named("aggregates")
        _ = try await test.run(
            """
            CREATE TABLE gauge (id int PRIMARY KEY, level bigint, small smallint NOT NULL, note text, secret bigint);
            INSERT INTO gauge VALUES (1, 3, 30000, 'b', 7), (2, 4, 30000, NULL, 7), (3, 5, 1, 'a', 7), (4, NULL, 2, NULL, 7),
                (11, 100, 3, 'z', 7);
            """)
        return try await Database.open(
            schema: try Schema(models: [Gauge.self]), connection: ConnectionConfiguration(url: test.url))
    }

    private func error(_ body: () async throws -> Void) async -> PlannerError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? PlannerError
        }
    }

    // MARK: Results

    @Test func `They are those of the records`() async throws {
        let query = try await shop.query(Order.self).where { $0.status == .paid && $0.total > 10 }
        let orders = try await query.all()
        try #require(orders.count > 1)
        let sum = orders.reduce(Decimal(0)) { $0 + $1.total }
        #expect(try await query.sum(\.total) == sum)
        #expect(try await query.min(\.total) == orders.map(\.total).min())
        #expect(try await query.max(\.total) == orders.map(\.total).max())
        #expect(try await query.min(\.placedAt) == orders.map(\.placedAt).min())
        #expect(try await query.max(\.id) == orders.map(\.id).max())
        #expect(try await query.sum(\.id, as: Int64.self) == Int64(orders.map(\.id).reduce(0, +)))
        let expected = NSDecimalNumber(decimal: sum).doubleValue / Double(orders.count)
        let mean: Double = try #require(try await query.average(\.total))
        #expect(abs(mean - expected) < 1e-6 * abs(expected))
        // Orders and limits have no effect, as on a count.
        let first = query.order { $0.total.descending }.limit(1).skip(1)
        #expect(try await first.sum(\.total) == sum)
        #expect(try await query.limit(0).sum(\.total) == sum)
        let all = try await first.aggregate(count: true, sum: [\.total], average: [\.total], max: [\.placedAt, \.id])
        #expect(all.count == orders.count)
        #expect(try all.sum(\.total) == sum)
        #expect(try all.average(\.total) == mean)
        #expect(try all.max(\.placedAt) == orders.map(\.placedAt).max())
        #expect(try all.max(\.id) == orders.map(\.id).max())
        #expect(all.result.statistics.statements == 1)
    }

    @Test func `They are as a relation's are`() async throws {
        let shop = try await shop
        let functions: JSONValue = ["sum": "total", "avg": "total", "min": ["total", "status"], "max": "placedAt"]
        for id in 1...5 {
            let customer = JSONValue(id)
            let filter: JSONValue = [
                "where": ["id": customer], "fields": ["id"],
                "include": ["relation": "orders", "count": true, "aggregate": functions],
            ]
            let graph = try await shop.find("Customer", filter: filter)
            let related = try JSONValue(parsing: try graph.json()).elements?.first?["orders"]
            let condition: JSONValue = ["customerId": customer]
            let own = try await shop.aggregate("Order", functions, where: condition)
            #expect(own.json == related, "\(id)")
            #expect(own.count == own.json["count"].flatMap { Int64($0.description) })
            #expect(String(decoding: own.methodJSON(), as: UTF8.self) == own.json.description)
        }
    }

    @Test func `The same request with other values or functions is answered with these`() async throws {
        let shop = try await shop
        for id in [1, 2, 3, 4, 2] {
            let orders = try await shop.query(Order.self).where { $0.customerId == id }.all()
            for (function, expected) in [("min", orders.map(\.total).min()), ("max", orders.map(\.total).max())] {
                let functions: JSONValue = .object([.init(function, "total")])
                let condition: JSONValue = ["customerId": JSONValue(id)]
                let numbers = try await shop.aggregate("Order", functions, where: condition)
                #expect(numbers.count == Int64(orders.count))
                let value: Decimal? = try numbers.value(function == "min" ? .min : .max, of: "total")
                #expect(value == expected, "\(function) \(id)")
            }
        }
    }

    @Test func `Without a value there is none`() async throws {
        let gauges = try await Self.gauges.value
        let query = gauges.query(Gauge.self)
        let level: Int? = try await query.sum(\.level)
        #expect(level == 12)
        let mean: Double? = try await query.average(\.level)
        #expect(mean == 4)
        let note: String? = try await query.max(\.note)
        #expect(note == "b")
        for empty in [query.where { $0.id == 4 }, query.where { $0.id == 5 }] {
            let (sum, least, greatest): (Int?, Int?, String?) = (
                try await empty.sum(\.level), try await empty.min(\.level), try await empty.max(\.note)
            )
            #expect(sum == nil && least == nil && greatest == nil)
            let mean: Double? = try await empty.average(\.level)
            #expect(mean == nil)
        }
        #expect(
            try await gauges.aggregate("Gauge", ["sum": "level", "max": "note"], where: ["id": 5]).json
                == ["count": 0, "sum": ["level": nil], "max": ["note": nil]])
        #expect(try await gauges.aggregate("Gauge", [:]).json == ["count": 4])
    }

    @Test func `What a type can't hold, and what wasn't asked for, is an error`() async throws {
        let query = try await Self.gauges.value.query(Gauge.self)
        let narrow = await #expect(throws: ModelError.self) { try await query.sum(\.small) }
        #expect(narrow?.code == .unreadableValue && narrow?.property == "small" && narrow?.relation == nil)
        #expect(try await query.sum(\.small, as: Int.self) == 60003)
        let numbers = try await query.aggregate(max: [\.id])
        #expect(numbers.count == nil)
        let missing = #expect(throws: ModelError.self) { try numbers.min(\.id) }
        #expect(missing?.code == .propertyNotLoaded && missing?.property == "id")
        #expect(numbers.result.json == ["max": ["id": 4]])
    }

    // MARK: Which records

    @Test func `Default scopes and named ones hold, but not their limits`() async throws {
        let gauges = try await Self.gauges.value
        #expect(try await gauges.aggregate("Gauge", ["max": "id"]).json == ["count": 4, "max": ["id": 4]])
        #expect(try await gauges.unscoped.aggregate("Gauge", ["max": "id"]).json == ["count": 5, "max": ["id": 11]])
        #expect(
            try await gauges.aggregate("Gauge", ["max": "id"], scopes: ["low"], where: ["id": ["gt": 0]]).json
                == ["count": 2, "max": ["id": 2]])
        let highest: Int? = try await gauges.query(Gauge.self).scope("low").max(\.level)
        #expect(highest == 4)
        let beyond = await error { _ = try await gauges.query(Gauge.self).after(["id": 1]).max(\.id) }
        #expect(beyond?.code == .invalidFilter)
    }

    @Test func `What is hidden, unknown or has no such number is refused, with nothing sent`() async throws {
        let gauges = try await Self.gauges.value
        let (_, sent) = await counting {
            let hidden = await error { _ = try await gauges.aggregate("Gauge", ["max": "secret"]) }
            #expect(hidden?.code == .prohibitedProperty && hidden?.path == "aggregate.max")
            let unknown = await error { _ = try await gauges.aggregate("Gauge", ["max": "nope"]) }
            #expect(unknown?.code == .unknownProperty)
            let text = await error { _ = try await gauges.query(Gauge.self).average(\.note) }
            #expect(text?.code == .invalidFilter && text?.property == "note")
            let nothing = await error { _ = try await gauges.query(Gauge.self).aggregate() }
            #expect(nothing?.code == .invalidFilter)
            let model = await error { _ = try await gauges.aggregate("Nope", ["max": "id"]) }
            #expect(model?.code == .unknownModel)
            let condition = await error { _ = try await gauges.aggregate("Gauge", [:], where: ["nope": 1]) }
            #expect(condition?.code == .unknownProperty && condition?.path == "where.nope")
        }
        #expect(sent.statements.isEmpty)
    }

    @Test func `A transaction's own changes count`() async throws {
        struct Undone: Error {}
        let gauges = try await Self.gauges.value
        await #expect(throws: Undone.self) {
            try await gauges.withTransaction { transaction -> Void in
                _ = try await transaction.create("Gauge", ["id": 7, "level": 88, "small": 1, "secret": 1])
                let highest: Int? = try await transaction.query(Gauge.self).max(\.level)
                #expect(highest == 88)
                #expect(try await transaction.aggregate("Gauge", ["max": "level"]).count == 5)
                throw Undone()
            }
        }
        let highest: Int? = try await gauges.query(Gauge.self).max(\.level)
        #expect(highest == 5)
    }

    // MARK: Statements

    @Test func `Each is one statement, the same from words and from types`() async throws {
        let shop = try await shop
        let one = #"SELECT max(t."total") FROM "public"."orders" AS t WHERE t."customer_id" = $1"#
        let (_, typed) = try await counting {
            _ = try await shop.query(Order.self).where { $0.customerId == 1 }.max(\.total)
        }
        let (_, untyped) = try await counting {
            _ = try await shop.aggregate("Order", ["max": "total"], where: ["customerId": 1], count: false)
        }
        #expect(typed.statements.map(\.sql) == [one])
        #expect(untyped.statements.map(\.sql) == [one])
        let several =
            #"SELECT count(*), sum(t."total"), avg(t."total"), min(t."total"), max(t."placed_at") FROM "public"."orders" AS t"#
        let (_, all) = try await counting {
            _ = try await shop.query(Order.self).aggregate(
                count: true, sum: [\.total], average: [\.total], min: [\.total], max: [\.placedAt])
        }
        let (_, words) = try await counting {
            _ = try await shop.aggregate(
                "Order", ["sum": "total", "avg": "total", "min": "total", "max": "placedAt"])
        }
        #expect(all.statements.map(\.sql) == [several])
        #expect(words.statements.map(\.sql) == [several])
        #expect(all.roundTrips == 1 && words.roundTrips == 1)
        // A condition with variables in it.
        let id = 1
        let (_, variable) = try await counting {
            _ = try await shop.aggregate("Order", ["max": "total"], where: ["customerId": id], count: false)
        }
        #expect(variable.statements.map(\.sql) == [one])
    }
}
