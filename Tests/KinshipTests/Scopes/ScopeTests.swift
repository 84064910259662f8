// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import Synchronization
import TestSupport
import Testing

/// Scopes in Swift against the server: default scopes left out or reckoned, named ones with parameters, and those of a
/// relation by its record.
@Suite struct ScopeTests {
    // MARK: Default scopes

    @Test func `D32: unscoped leaves the default scope of what is asked for out, in every operation`() async throws {
        let database = try await ScopeShop.opened.value
        let all = database.unscoped
        #expect(all.isUnscoped && !database.isUnscoped && all.unscoped === all)
        #expect(try ScopeShop.ids(try await database.find("Customer").json()) == [1, 3])
        #expect(try ScopeShop.ids(try await all.find("Customer").json()) == [1, 2, 3])
        #expect(try await database.count("Customer").count == 2)
        #expect(try await all.count("Customer").count == 3)
        #expect(try await all.count("Customer", scopes: []).count == 3)
        #expect(try await database.exists("Customer", id: 2).count == 0)
        #expect(try await all.exists("Customer", id: 2).count == 1)
        // The same request both ways: what one is kept under isn't the other's.
        for _ in 0..<2 {
            #expect(try await database.findById("Customer", id: 2).count == 0)
            #expect(try await all.findById("Customer", id: 2).count == 1)
        }
        #expect(try ScopeShop.ids(try await database.findByIds("Customer", ids: [2, 1]).json()) == [1])
        #expect(try ScopeShop.ids(try await all.findByIds("Customer", ids: [2, 1]).json()) == [2, 1])
        #expect(try await database.findOne("Customer", filter: ["where": ["name": "Bob"]]).count == 0)
        #expect(try await all.findOne("Customer", filter: ["where": ["name": "Bob"]]).count == 1)
        #expect(try await database.find("Customer", filter: ["page": true, "limit": 1]).total == 2)
        #expect(try await all.find("Customer", filter: ["page": true, "limit": 1]).total == 3)
        var streamed: [Int] = []
        for try await graph in try all.stream("Customer", batchSize: 2) { streamed += try ScopeShop.ids(graph.json()) }
        #expect(streamed == [1, 2, 3])
        #expect(try all.plan("Customer").fetches[0].text.contains("tenant\" =") == false)
    }

    @Test func `Included models keep their default scopes, and so do links of an unscoped accessor's record`()
        async throws
    {
        let database = try await ScopeShop.opened.value
        let whole: JSONValue = ["where": ["id": 2], "include": ["relation": "orders", "scope": ["fields": "id"]]]
        let included = try JSONValue(parsing: try await database.unscoped.find("Customer", filter: whole).json())
        // The orders of tenant b (ids 10 and 25) stay away.
        #expect(ScopeShop.ids(ScopeShop.first(included)?["orders"]) == [1, 4, 7, 13, 16, 19, 22, 28])
        #expect(
            try ScopeShop.ids(try await database.unscoped.related("Customer", id: 2, relation: "orders").json()).count
                == 10)
        await #expect(throws: PlannerError.self) { try await database.related("Customer", id: 2, relation: "orders") }
        #expect(try await database.relatedCount("Customer", id: 1, relation: "orders").count == 9)
        #expect(try await database.unscoped.relatedCount("Customer", id: 1, relation: "orders").count == 11)
        #expect(try await database.relatedExists("Customer", id: 1, relation: "orders", key: 15).count == 0)
        #expect(try await database.unscoped.relatedExists("Customer", id: 1, relation: "orders", key: 15).count == 1)
    }

    @Test func `A default scope that is a function is called for each request, on its task`() async throws {
        let database = try await ScopeShop.opened.value
        for (tenant, count) in [("a", 25), ("b", 6), ("a", 25), ("nobody", 0)] {
            let counted = try await ScopeShop.$tenant.withValue(tenant) { try await database.count("Order").count }
            #expect(counted == Int64(count))
            let found = try await ScopeShop.$tenant.withValue(tenant) {
                try await database.findById("Order", id: 5).count
            }
            #expect(found == (tenant == "b" ? 1 : 0))
            let related = try await ScopeShop.$tenant.withValue(tenant) {
                try await database.relatedCount("Customer", id: 3, relation: "orders").count
            }
            #expect(related == ["a": 8, "b": 2, "nobody": 0][tenant])
        }
    }

    @Test func `findOne gives one record whatever limit a scope has`() async throws {
        let database = try await ScopeShop.opened.value
        let one = try await database.findOne("Order", scopes: ["first"])
        #expect(try ScopeShop.ids(one.json()) == [31])
        #expect(try await database.find("Order", scopes: ["first"]).count == 3)
    }

    // MARK: Named scopes

    @Test func `Named scopes take parameters and are chained`() async throws {
        let database = try await ScopeShop.opened.value
        let over: ScopeRequest = .named("over", ["total": 20])
        #expect(
            try ScopeShop.ids(try await database.find("Order", scopes: [over, "open"]).json()) == [22, 24, 26, 28, 31])
        #expect(try await database.count("Order", scopes: ["open", over]).count == 5)
        #expect(try await database.count("Order", scopes: [over], where: ["id": ["lt": 23]]).count == 2)
        let filtered = try await database.find(
            "Order", scopes: [over], filter: ["order": "id DESC", "limit": 2, "include": "customer"])
        #expect(try ScopeShop.ids(filtered.json()) == [31, 29])
        #expect(filtered.statistics.statements == 2)
        var streamed: [Int] = []
        for try await graph in try database.stream("Order", scopes: [over, "open"], batchSize: 2) {
            streamed += try ScopeShop.ids(graph.json())
        }
        #expect(streamed == [22, 24, 26, 28, 31])
        // Values are bound: the text doesn't depend on them.
        let others = try await database.find("Order", scopes: [.named("over", ["total": "29.5"]), "open"])
        #expect(try ScopeShop.ids(others.json()) == [31])
        #expect(others.plan == (try await database.find("Order", scopes: [over, "open"]).plan))
    }

    @Test func `A parameter that fits nothing is the scope's error`() async throws {
        let database = try await ScopeShop.opened.value
        let error = await #expect(throws: PlannerError.self) {
            try await database.find("Order", scopes: [.named("over", ["total": "x'; DROP TABLE orders; --"])])
        }
        #expect(error?.code == .invalidScope && error?.status == 500)
        #expect(error?.path == "scopes.over.where.total.gt")
        let null = try await database.find("Order", scopes: ["over"])
        #expect(null.count == 0)
    }

    @Test func `Named scopes of the target narrow a relation's accessor`() async throws {
        let database = try await ScopeShop.opened.value
        func related(_ scopes: [ScopeRequest], _ filter: JSONValue? = nil) async throws -> [Int] {
            try ScopeShop.ids(
                try await database.related("Customer", id: 1, relation: "orders", scopes: scopes, filter: filter).json()
            )
        }
        #expect(try await related([]) == [3, 6, 9, 12, 18, 21, 24, 27, 31])
        #expect(try await related(["open"]) == [6, 12, 18, 24, 31])
        #expect(try await related(["open", .named("over", ["total": 12])], ["order": "id DESC"]) == [31, 24, 18])
        #expect(try await related(["first"], ["limit": 1]) == [31, 27, 24])
        let count = try await database.relatedCount(
            "Customer", id: 1, relation: "orders", scopes: ["open"], where: ["id": ["gt": 6]])
        #expect(count.count == 4)
        let unknown = await #expect(throws: PlannerError.self) {
            try await database.related("Customer", id: 1, relation: "orders", scopes: ["opne"])
        }
        #expect(unknown?.code == .unknownScope && unknown?.model == "Order")
    }

    // MARK: Relation scopes

    @Test func `D11: the scope of a relation is called with the record`() async throws {
        let database = try await ScopeShop.opened.value
        let same = try await database.related("Customer", id: 1, relation: "sameCredit")
        #expect(try ScopeShop.ids(same.json()) == [31])
        #expect(same.statistics.statements == 2)
        #expect(same.statistics.roundTrips == 2)
        // NULL asks for NULL, as in any filter.
        #expect(try await database.unscoped.related("Customer", id: 2, relation: "sameCredit").count == 0)
        let own = try await database.unscoped.related("Customer", id: 2, relation: "ownTenant")
        #expect(try ScopeShop.ids(own.json()) == [25, 10])
        #expect(try await database.unscoped.relatedCount("Customer", id: 2, relation: "ownTenant").count == 2)
        #expect(try await database.unscoped.relatedExists("Customer", id: 2, relation: "ownTenant", key: 10).count > 0)
        #expect(try await database.unscoped.relatedExists("Customer", id: 2, relation: "ownTenant", key: 13).count == 0)
        let filtered = try await database.related(
            "Customer", id: 1, relation: "ownTenant", scopes: ["open"], filter: ["where": ["id": ["lt": 20]]])
        #expect(try ScopeShop.ids(filtered.json()) == [18, 12, 6])
        // What was read of the record for the function isn't shown.
        #expect(String(decoding: try filtered.graph.json(), as: UTF8.self).contains("tenant") == false)
    }

    @Test(arguments: Strategy.allCases)
    func `The record and what its scope leads to are read alike by every strategy`(strategy: Strategy) async throws {
        _ = try await ScopeShop.opened.value
        let database = try await Database.open(
            schema: ScopeShop.schema(),
            connection: ConnectionConfiguration(url: TestDatabase.named("scopes").url),
            trees: TreeOptions(strategy: strategy, snapshot: .consistent))
        let own = try await database.unscoped.related(
            "Customer", id: 2, relation: "ownTenant", filter: ["include": "customer", "fields": "id", "limit": 1])
        #expect(String(decoding: try own.json(), as: UTF8.self) == #"[{"id":25,"customer":null}]"#)
        #expect(own.statistics.statements == 3)
        let toOne = try await database.unscoped.related("Order", id: 7, relation: "buyer")
        #expect(String(decoding: try toOne.json(), as: UTF8.self).contains("\"name\":\"Bob\""))
        let none = try await database.unscoped.related("Order", id: 10, relation: "buyer")
        #expect(String(decoding: try none.json(), as: UTF8.self) == "null")
        await database.close()
    }

    @Test func `The function reads values as JSON shows them, hidden ones too`() async throws {
        let database = try await ScopeShop.opened.value
        _ = try await database.related("Customer", id: 1, relation: "seen")
        let seen = ScopeShop.seen.withLock { $0 }
        #expect(seen == [1, "Ada", "2026-01-02T03:04:05.678Z", .number("12345678901234567890.12"), "a"])
    }

    @Test func `Mistakes of a relation's scope name it, and a missing record comes first`() async throws {
        let database = try await ScopeShop.opened.value
        let wrong = await #expect(throws: PlannerError.self) {
            try await database.related("Customer", id: 1, relation: "wrong")
        }
        #expect(wrong?.code == .invalidScope)
        #expect(wrong?.path == "relations.wrong.scope" && wrong?.relation == "wrong")
        let missing = await #expect(throws: PlannerError.self) {
            try await database.related("Customer", id: 99, relation: "wrong")
        }
        #expect(missing?.code == .modelNotFound)
        let included = await #expect(throws: PlannerError.self) {
            try await database.find("Customer", filter: ["include": "wrong"])
        }
        #expect(included?.code == .invalidScope && included?.path == "relations.wrong.scope")
    }
}
