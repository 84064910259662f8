// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import Foundation
internal import Kinship
internal import Libpq
internal import RelationPlanner

/// Measures typed records: against loops written by hand over the same rows, and as a whole against the floor.
struct TypedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "typed", abstract: "Measures records as structs.",
        discussion: """
            Every property of every record is touched. A ratio to the loops of more than 1.5, and one to the floor of more             than 1.25, is marked with an exclamation mark.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: "Measured runs of each side.")
    var runs = 31

    func run() async throws {
        try await server.withDatabase { place in
            let library = try await KinshipContestant(
                place.connection, models: BenchmarkData(directory: server.data).models)
            let floor = FloorContestant(
                keywords: try place.connection.keywords(), connections: Benchmark.connections, plan: library.floorPlan)
            var rows = [
                ["", "records", "by hand ms", "typed ms", "ratio", "floor ms", "fetched and typed ms", "ratio"]
            ]
            for workload in Workload.allCases where !workload.isPointRequest {
                rows.append(try await measure(workload, library, floor))
            }
            await library.close()
            print(Report.table(rows))
        }
    }

    private func measure(
        _ workload: Workload, _ library: KinshipContestant, _ floor: FloorContestant
    ) async throws -> [String] {
        let filter = try JSONValue(parsing: workload.filter)
        let graph = try await library.database.find("Customer", filter: filter)
        var (hand, typed, whole, bottom) = (Samples(), Samples(), Samples(), Samples())
        let expected = try Self.touch(HandWrittenTree(graph).read())
        guard expected == Self.touch(try graph.records(as: TypedCustomer.self)) else {
            throw BenchmarkError("workload \(workload.rawValue): the records differ")
        }
        for run in -8..<runs {
            let (_, byHand) = try await Sample.measure { try Self.touch(HandWrittenTree(graph).read()) }
            let (_, own) = try await Sample.measure { Self.touch(try graph.records(as: TypedCustomer.self)) }
            let (_, fetched) = try await Sample.measure {
                Self.touch(
                    try await library.database.find("Customer", filter: filter).records(as: TypedCustomer.self))
            }
            let (_, least) = try await Sample.measure { try await floor.tree(workload, .cells, keepsJSON: false) }
            guard run >= 0 else { continue }
            hand.append(byHand)
            typed.append(own)
            whole.append(fetched)
            bottom.append(least)
        }
        let ratio = typed.medianWall / hand.medianWall
        let total = whole.medianWall / bottom.medianWall
        let records = graph.statistics.fetches.reduce(0) { $0 + $1.rows }
        return [
            workload.rawValue, "\(records)", Report.number(hand.medianWall * 1e3, 2),
            Report.number(typed.medianWall * 1e3, 2), Report.number(ratio, 2) + (ratio > 1.5 ? "!" : " "),
            Report.number(bottom.medianWall * 1e3, 2), Report.number(whole.medianWall * 1e3, 2),
            Report.number(total, 2) + (total > 1.25 ? "!" : " "),
        ]
    }

    private static func touch(_ customers: [HandWrittenTree.Customer]) -> Int {
        var sum = 0
        for customer in customers {
            sum &+= customer.id &+ customer.name.utf8.count &+ customer.email.utf8.count &+ customer.age
            sum &+= customer.vip ? 1 : 0
            sum &+= Int(customer.createdAt.timeIntervalSinceReferenceDate)
            for order in customer.orders {
                sum &+= order.id &+ order.customerId &+ Int(order.total) &+ order.status.utf8.count
                sum &+= order.description.utf8.count &+ (order.tax > 50 ? 1 : 0)
                sum &+= Int(order.createdAt.timeIntervalSinceReferenceDate)
                for item in order.items {
                    sum &+= item.id &+ item.orderId &+ item.productId &+ item.quantity &+ Int(item.price)
                    guard let product = item.product else { continue }
                    sum &+= product.id &+ product.name.utf8.count &+ product.sku.utf8.count
                    sum &+= Int(product.price) &+ product.description.utf8.count
                }
            }
        }
        return sum
    }

    private static func touch(_ customers: [TypedCustomer]) -> Int {
        var sum = 0
        for customer in customers {
            sum &+= customer.id &+ customer.name.utf8.count &+ customer.email.utf8.count &+ customer.age
            sum &+= customer.vip ? 1 : 0
            sum &+= Int(customer.createdAt.timeIntervalSinceReferenceDate)
            for order in customer.orders.loaded ?? [] {
                sum &+= order.id &+ order.customerId &+ Int(order.total) &+ order.status.utf8.count
                sum &+= order.description.utf8.count &+ (order.tax > 50 ? 1 : 0)
                sum &+= Int(order.createdAt.timeIntervalSinceReferenceDate)
                for item in order.items.loaded ?? [] {
                    sum &+= item.id &+ item.orderId &+ item.productId &+ item.quantity &+ Int(item.price)
                    guard let product = item.product.loaded ?? nil else { continue }
                    sum &+= product.id &+ product.name.utf8.count &+ product.sku.utf8.count
                    sum &+= Int(product.price) &+ product.description.utf8.count
                }
            }
        }
        return sum
    }
}
