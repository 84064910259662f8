// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Foundation
internal import Kinship
internal import Libpq
internal import RelationPlanner

/// The tree of a workload read by loops over the row sets, as one would write them for these tables alone.
struct HandWrittenTree {
    struct Customer {
        var id: Int
        var name: String
        var email: String
        var age: Int
        var vip: Bool
        var createdAt: Date
        var orders: [Order]
    }

    struct Order {
        var id: Int
        var customerId: Int
        var total: Double
        var tax: Decimal
        var status: String
        var description: String
        var createdAt: Date
        var items: [Item]
    }

    struct Item {
        var id: Int
        var orderId: Int
        var productId: Int
        var quantity: Int
        var price: Double
        var product: Product?
    }

    struct Product {
        var id: Int
        var name: String
        var sku: String
        var price: Double
        var description: String
    }

    private let graph: Graph
    private let nodes: [Node]
    private let orderRows: RowSet?
    private let itemRows: RowSet?
    private let productRows: RowSet?

    init(_ graph: Graph) {
        self.graph = graph
        nodes = graph.plan.nodes
        orderRows = nodes.count > 1 ? graph.rows(of: nodes[1]) : nil
        itemRows = nodes.count > 2 ? graph.rows(of: nodes[2]) : nil
        productRows = nodes.count > 3 ? graph.rows(of: nodes[3]) : nil
    }

    /// The customers, with what was included.
    func read() throws -> [Customer] {
        guard let rows = graph.rows(of: nodes[0]) else { return [] }
        var customers: [Customer] = []
        customers.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            customers.append(
                Customer(
                    id: try rows.decode(row: row, column: 0), name: try rows.decode(row: row, column: 1),
                    email: try rows.decode(row: row, column: 2), age: try rows.decode(row: row, column: 3),
                    vip: try rows.decode(row: row, column: 4), createdAt: try rows.decode(row: row, column: 5),
                    orders: try orders(of: row)))
        }
        return customers
    }

    private func orders(of customer: Int) throws -> [Order] {
        guard let rows = orderRows else { return [] }
        return try graph.related(nodes[1].id, toParentRow: customer).map { row in
            Order(
                id: try rows.decode(row: row, column: 0), customerId: try rows.decode(row: row, column: 1),
                total: try rows.decode(row: row, column: 2), tax: try rows.decode(row: row, column: 3),
                status: try rows.decode(row: row, column: 4), description: try rows.decode(row: row, column: 5),
                createdAt: try rows.decode(row: row, column: 6), items: try items(of: row))
        }
    }

    private func items(of order: Int) throws -> [Item] {
        guard let rows = itemRows else { return [] }
        return try graph.related(nodes[2].id, toParentRow: order).map { row in
            Item(
                id: try rows.decode(row: row, column: 0), orderId: try rows.decode(row: row, column: 1),
                productId: try rows.decode(row: row, column: 2), quantity: try rows.decode(row: row, column: 3),
                price: try rows.decode(row: row, column: 4), product: try product(of: row))
        }
    }

    private func product(of item: Int) throws -> Product? {
        guard let rows = productRows, let row = graph.related(nodes[3].id, toParentRow: item).first else { return nil }
        return Product(
            id: try rows.decode(row: row, column: 0), name: try rows.decode(row: row, column: 1),
            sku: try rows.decode(row: row, column: 2), price: try rows.decode(row: row, column: 3),
            description: try rows.decode(row: row, column: 4))
    }
}
