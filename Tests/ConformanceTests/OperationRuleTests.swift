// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Testing

/// What the corpus has no case for: mistakes, and the edges of the operations by key, scope and relation.
@Suite struct OperationRuleTests {
    private func error(_ body: (Database) async throws -> Void) async throws -> PlannerError? {
        do {
            try await body(SmallDatabase.shared())
            return nil
        } catch let error as PlannerError {
            return error
        }
    }

    private func json(_ body: (Database) async throws -> [UInt8]) async throws -> String {
        String(decoding: try await body(SmallDatabase.shared()), as: UTF8.self)
    }

    // MARK: Keys

    @Test func keysKeepTheirOrderUntilTheFilterOrders() async throws {
        let ids: [JSONValue] = [5, nil, "1", 3, 999, 1]
        let kept = try await json { try await $0.findByIds("Customer", ids: ids, filter: ["fields": "id"]).json() }
        #expect(kept == #"[{"id":5},{"id":1},{"id":3}]"#)
        let ordered = try await json {
            try await $0.findByIds("Customer", ids: ids, filter: ["fields": "id", "order": "id DESC"]).json()
        }
        #expect(ordered == #"[{"id":5},{"id":3},{"id":1}]"#)
        let limited = try await json {
            try await $0.findByIds(
                "Customer", ids: ids, filter: ["fields": "id", "where": ["id": ["lt": 5]], "limit": 1]
            ).json()
        }
        #expect(limited == #"[{"id":1}]"#)
        let none = try await json { try await $0.findByIds("Customer", ids: []).json() }
        #expect(none == "[]")
        let page = try await json {
            try await $0.findByIds("Customer", ids: ids, filter: ["fields": "id", "limit": 1, "page": true]).json()
        }
        #expect(page == #"{"rows":[{"id":5}],"total":3}"#)
        let names = try await json {
            try await $0.findByIds("Customer", ids: ids, filter: ["fields": "vip", "distinct": true, "limit": 1]).json()
        }
        #expect(names == #"[{"vip":false}]"#)
    }

    /// Keys of a text column, and equal keys of different spelling.
    @Test func keysOfOtherTypesKeepTheirOrder() async throws {
        let countries = try await json {
            try await $0.findByIds("Country", ids: ["FR", "DE", "FR"], filter: ["fields": "code"]).json()
        }
        #expect(countries == #"[{"code":"FR"},{"code":"DE"}]"#)
    }

    @Test func keysThatDoNotFitAreNamedByTheirPlace() async throws {
        let error = try await error { _ = try await $0.findByIds("Customer", ids: [1, "x"]) }
        #expect(error?.code == .invalidValue)
        #expect(error?.path == "ids[1]")
        let cursor = try await self.error {
            _ = try await $0.findByIds("Customer", ids: [1], filter: ["after": ["id": 1]])
        }
        #expect(cursor?.code == .invalidFilter)
    }

    // MARK: Scopes

    @Test func scopesAreValues() async throws {
        let database = try await SmallDatabase.shared()
        let before = try await database.count("Order", scopes: ["open"])
        let both = try await database.count("Order", scopes: ["big", "open"])
        let chained = try await database.find("Order", scopes: ["big", "open"])
        let after = try await database.count("Order", scopes: ["open"])
        #expect(both.count == Int64(chained.count))
        #expect(both.count < before.count)
        #expect(before.count == after.count)
        let none = try await database.count("Order", scopes: [])
        #expect(try await database.count("Order").count == none.count)
    }

    @Test func unknownScopesAreRefused() async throws {
        #expect(try await error { _ = try await $0.find("Order", scopes: ["opne"]) }?.code == .unknownScope)
        #expect(try await error { _ = try await $0.count("Order", scopes: ["opne"]) }?.code == .unknownScope)
    }

    // MARK: Relations

    @Test func missingParentsAndTargetsAreNotFound() async throws {
        let calls: [(Database) async throws -> Void] = [
            { _ = try await $0.related("Customer", id: 999, relation: "orders") },
            { _ = try await $0.relatedCount("Customer", id: 999, relation: "orders") },
            { _ = try await $0.relatedExists("Customer", id: 999, relation: "orders", key: 1) },
            { _ = try await $0.relatedFindById("Customer", id: 999, relation: "orders", key: 1) },
            { _ = try await $0.relatedFindById("Customer", id: 3, relation: "orders", key: 999) },
        ]
        for call in calls {
            let error = try await error(call)
            #expect(error?.code == .modelNotFound)
            #expect(error?.status == 404)
        }
    }

    @Test func mistakesAreNamed() async throws {
        let relation = try await error { _ = try await $0.related("Customer", id: 3, relation: "ordres") }
        #expect(relation?.code == .unknownRelation)
        let limit = try await error {
            _ = try await $0.related("Order", id: 1, relation: "customer", filter: ["limit": 1])
        }
        #expect(limit?.code == .limitOnToOne)
        #expect(limit?.path == "limit")
        let property = try await error {
            _ = try await $0.relatedCount("Customer", id: 3, relation: "orders", where: ["nope": 1])
        }
        #expect(property?.code == .unknownProperty)
        #expect(property?.path == "where.nope")
        let page = try await error {
            _ = try await $0.related("Customer", id: 3, relation: "orders", filter: ["page": true])
        }
        #expect(page?.code == .invalidFilter)
        let several = try await error {
            _ = try await $0.relatedExists("Picture", id: 2, relation: "imageable", key: 11)
        }
        #expect(several?.code == .unsupported)
    }

    @Test func toOneRelationsCountToOne() async throws {
        let database = try await SmallDatabase.shared()
        #expect(try await database.relatedCount("Order", id: 1, relation: "customer").count == 1)
        #expect(try await database.relatedCount("Order", id: 47, relation: "customer").count == 0)
        #expect(try await database.relatedCount("Picture", id: 2, relation: "imageable").count == 1)
        #expect(try await database.relatedExists("Order", id: 1, relation: "customer", key: 12).count == 1)
        #expect(try await database.relatedExists("Order", id: 1, relation: "customer", key: 13).count == 0)
        let found = try await json {
            try await $0.related("Picture", id: 2, relation: "imageable", filter: ["fields": ["id"]]).json()
        }
        #expect(found == #"{"id":11}"#)
    }

    /// `disableInclude` keeps a relation out of includes; its accessor works as in LoopBack.
    @Test func disabledRelationsCanBeRead() async throws {
        let database = try await SmallDatabase.shared()
        let orders = try await database.related("Customer", id: 3, relation: "orders")
        let secret = try await database.related("Customer", id: 3, relation: "secretOrders")
        #expect(try orders.json() == secret.json())
        #expect(orders.count == 6)
        #expect(orders.isToMany)
        #expect(orders.statistics.statements == 2)
    }

    /// Targets that are linked twice are counted as they are listed (K8).
    @Test(arguments: ["patients", "appointments"])
    func countsAgreeWithLists(relation: String) async throws {
        let database = try await SmallDatabase.shared()
        let listed = try await database.related("Physician", id: 1, relation: relation)
        #expect(try await database.relatedCount("Physician", id: 1, relation: relation).count == Int64(listed.count))
    }
}
