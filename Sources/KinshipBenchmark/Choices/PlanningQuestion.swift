// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import RelationPlanner

/// Requests whose planning is measured, and what that may take.
struct PlanningQuestion: Sendable {
    /// One request, made before anything is measured.
    enum Request: Sendable {
        case read(String, id: JSONValue? = nil, filter: JSONValue)
        case change(RehearsedChange)

        func rehearse(in database: Database) throws {
            let statements =
                switch self {
                case .read(let model, let id, let filter): try database.rehearse(model, id: id, filter: filter)
                case .change(let change): try database.rehearse(change)
                }
            guard statements > 0 else { throw BenchmarkError("a request sends nothing") }
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
                (1...1_000).map { .read("Order", id: .number("\($0 * 97)"), filter: point) }),
            PlanningQuestion(
                "tree b", "known", most: 5, count: 10_000, [.read("Customer", filter: tree)]),
            PlanningQuestion(
                "a rich filter", "known, with other values", most: 10, count: 5_000,
                (0..<1_000).map { .read("Order", filter: rich($0)) }),
            PlanningQuestion(
                "tree b", "planned anew", most: 100, count: 100, warmUps: 0,
                shapes().map { .read("Customer", filter: $0) }),
            PlanningQuestion(
                "a new order", "known, with other values", most: 10, count: 5_000,
                (0..<1_000).map { .change(.create("Order", order($0, of: 7))) }),
            PlanningQuestion(
                "two properties of an order", "known, with other values", most: 10, count: 5_000,
                (0..<1_000).map {
                    .change(.update("Order", id: .number("\($0 + 1)"), ["status": "paid", "total": .number("\($0)")]))
                }),
            PlanningQuestion(
                "a new order of a customer", "known, with other values", most: 15, count: 5_000,
                (0..<1_000).map { number in
                    .change(
                        .createRelated("Customer", id: .number("\(number + 1)"), relation: "orders", order(number)))
                }),
        ]
    }

    /// The data of a new order.
    private static func order(_ number: Int, of customer: Int? = nil) -> JSONValue {
        let data: JSONValue = [
            "id": .number("\(number + 1_000_000)"), "status": "open", "total": .number("\(number).5"), "tax": 1.25,
            "description": "as measured", "createdAt": "2026-01-02T03:04:05Z",
        ]
        guard let customer else { return data }
        return .object((data.members ?? []) + [.init("customerId", .number("\(customer)"))])
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
