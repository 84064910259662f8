// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import RelationPlanner

/// Requests whose planning is measured, and what that may take.
struct PlanningQuestion: Sendable {
    /// One request, made before anything is measured.
    struct Request: Sendable {
        let model: String
        var id: JSONValue?
        let filter: JSONValue

        func rehearse(in database: Database) throws {
            guard try database.rehearse(model, id: id, filter: filter) > 0 else {
                throw BenchmarkError("a request for \(model) sends nothing")
            }
        }
    }

    let name: String
    /// Whether the like of it came before.
    let state: String
    /// In microseconds.
    let most: Double
    /// Asked in turn.
    let requests: [Request]
    /// How many in a run.
    let count: Int
    /// Asked before.
    var warmUps: ArraySlice<Request>

    private init(
        _ name: String, _ state: String, most: Double, count: Int, warmUps: Int = 2, _ requests: [Request]
    ) {
        (self.name, self.state, self.most) = (name, state, most)
        (self.requests, self.count) = (requests, count)
        self.warmUps = requests.prefix(warmUps)
    }

    /// The questions, in the order of their numbers.
    static func all() throws -> [PlanningQuestion] {
        let tree = try JSONValue(parsing: Workload.b.filter)
        let point = try JSONValue(parsing: Workload.g.filter)
        return [
            PlanningQuestion(
                "one order by its id, its customer", "known", most: 2, count: 20_000,
                (1...1_000).map { Request(model: "Order", id: .number("\($0 * 97)"), filter: point) }),
            PlanningQuestion(
                "tree b", "known", most: 5, count: 10_000, [Request(model: "Customer", filter: tree)]),
            PlanningQuestion(
                "a rich filter", "known, with other values", most: 10, count: 5_000,
                (0..<1_000).map { Request(model: "Order", filter: rich($0)) }),
            PlanningQuestion(
                "tree b", "planned anew", most: 100, count: 100, warmUps: 0,
                shapes().map { Request(model: "Customer", filter: $0) }),
        ]
    }

    /// As a list with a search form asks.
    private static func rich(_ number: Int) -> JSONValue {
        [
            "where": [
                "customerId": .number("\(number % 1_000 + 1)"), "id": ["gt": .number("\(number)"), "lt": 90_000],
                "or": [["id": ["inq": [1, 2, 3]]], ["customerId": ["neq": 5]]],
            ],
            "order": ["id DESC"], "limit": 20, "skip": .number("\(number % 50 + 1)"), "fields": ["id", "customerId"],
            "include": [["relation": "items", "scope": ["limit": 3, "order": "id"]], ["relation": "customer"]],
        ]
    }

    /// Tree b in orders and under conditions that are all different, 2,400 of them.
    private static func shapes() -> [JSONValue] {
        let names = ["name", "email", "age", "vip", "createdAt"]
        var shapes: [JSONValue] = []
        for number in 0..<2_400 {
            var (rest, left) = (number, names)
            func digit(_ base: Int) -> Int {
                defer { rest /= base }
                return rest % base
            }
            let condition = ["gt", "gte", "lt", "lte", "neq"][digit(5)]
            let order = (0..<3).map { _ in
                left.remove(at: digit(left.count)) + (digit(2) == 0 ? " ASC" : " DESC")
            }
            shapes.append([
                "limit": 100, "where": ["id": [condition: 0]], "order": .array(order.map { .string($0) }),
                "include": ["orders": ["items": "product"]],
            ])
        }
        return shapes
    }
}
