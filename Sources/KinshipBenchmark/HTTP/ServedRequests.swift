// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import Foundation
internal import Kinship

/// The requests that all sides answer, by their paths and as calls of the library.
struct ServedRequests: Sendable {
    /// What is measured: a point request and a tree.
    static let workloads: [Workload] = [.g, .b]
    /// How many orders there are to ask for.
    static let orders: Int32 = 100_000

    let database: Database
    private let filters: [Workload: JSONValue]

    init(_ database: Database) throws {
        self.database = database
        filters = try Dictionary(
            uniqueKeysWithValues: Self.workloads.map { ($0, try JSONValue(parsing: $0.filter)) })
    }

    /// What is ahead of an order's id in the path of a point request.
    static let pointPrefix = "/api/Orders/"

    /// The path of a request; of a point request what stands behind the id.
    static func path(_ workload: Workload) -> String {
        let query = "?filter=" + (workload.filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        return workload.isPointRequest ? query : "/api/Customers" + query
    }

    /// The path of a request for an order, or of the tree.
    static func path(_ workload: Workload, id: Int32) -> String {
        (workload.isPointRequest ? pointPrefix + String(id) : "") + path(workload)
    }

    /// The JSON of an answer.
    func json(_ workload: Workload, id: Int32) async throws -> [UInt8] {
        if workload.isPointRequest {
            return try await database.findById(workload.model, id: id, filter: filters[workload]).firstJSON()
        }
        return try await database.find(workload.model, filter: filters[workload]).json()
    }

    /// The JSON of what a path asks for.
    func json(path: String) async throws -> [UInt8] {
        guard path.hasPrefix(Self.pointPrefix) else { return try await json(.b, id: 0) }
        let digits = path.dropFirst(Self.pointPrefix.count).prefix { $0.isNumber }
        guard let id = Int32(digits) else { throw BenchmarkError("\(path) has no id") }
        return try await json(.g, id: id)
    }

    /// Asks for some time, so many tasks one request after the other.
    ///
    /// - Returns: how many answers there were, and the seconds that they took.
    func drive(_ workload: Workload, tasks: Int, seconds: Double) async throws -> (requests: Int, seconds: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let requests = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    let ids = Benchmark.ids(1_000, seed: task + 1)
                    var count = 0
                    while clock.now < end {
                        _ = try await json(workload, id: ids[count % ids.count])
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return (requests, (clock.now - start) / .seconds(1))
    }
}
#endif
