// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import Kinship
internal import RelationPlanner

/// Measures what is done before the first statement is sent: finding or making the plan of a request.
struct PlanningCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planning", abstract: "Measures the CPU of a request before its statement is sent.")

    @OptionGroup var server: ServerOptions
    @Option(help: "How often each is measured; the shortest time is shown.")
    var runs = 20

    /// A request, and what it may take.
    private struct Case {
        let name: String
        /// In microseconds.
        let aim: Double
        /// Requests in a run.
        let count: Int
        let plan: (Database, Int) throws -> Void
    }

    func run() async throws {
        try await server.withDatabase { place in
            let library = try await KinshipContestant(
                place.connection, models: BenchmarkData(directory: server.data).models)
            print("request                               µs    aim")
            for sample in try Self.cases() {
                try sample.plan(library.database, 0)
                try sample.plan(library.database, 1)
                var best = Double.infinity
                for run in 0..<runs {
                    let (_, measured) = try await Sample.measure {
                        for index in 0..<sample.count {
                            try sample.plan(library.database, run &* sample.count &+ index)
                        }
                    }
                    best = min(best, measured.cpu * 1_000_000 / Double(sample.count))
                }
                let name = sample.name + String(repeating: " ", count: max(1, 34 - sample.name.count))
                let time = Self.format(best)
                print(
                    name + String(repeating: " ", count: max(0, 6 - time.count)) + time + "  " + Self.format(sample.aim)
                )
            }
            await library.close()
        }
    }

    private static func format(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

    private static func cases() throws -> [Case] {
        let tree = try JSONValue(parsing: Workload.b.filter)
        let point = try JSONValue(parsing: Workload.g.filter)
        let trees: [JSONValue] = (1...4_000).map { number in
            // Another shape each time, planned from the beginning.
            let names = (0..<12).filter { number & (1 << $0) != 0 }.map { "\($0)" }
            let conditions = names.map { JSONValue.object([.init("id", ["gt": .number($0)])]) }
            return [
                "limit": 100, "where": ["or": .array(conditions + [["id": ["lt": 0]]])],
                "include": ["orders": ["items": "product"]],
            ]
        }
        return [
            Case(name: "one record by key, known", aim: 2, count: 20_000) { database, index in
                _ = try database.rehearse("Order", id: .number("\(index % 100_000)"), filter: point)
            },
            Case(name: "tree b, known", aim: 5, count: 10_000) { database, _ in
                _ = try database.rehearse("Customer", filter: tree)
            },
            Case(name: "rich filter, other values", aim: 10, count: 5_000) { database, index in
                _ = try database.rehearse("Order", filter: rich(index))
            },
            Case(name: "tree b, planned anew", aim: 100, count: 150) { database, index in
                _ = try database.rehearse("Customer", filter: trees[index % trees.count])
            },
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
}
