// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// What is asked; the letters are those of Documentation/Benchmark.md.
enum Workload: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// 100 customers, their orders.
    case a
    /// 100 customers, orders, items, the product of each item.
    case b
    /// 1,000 customers, orders, items.
    case c
    /// One order by its id with its customer, 16 tasks on 8 connections.
    case g

    /// Whether it is a stream of small requests instead of one tree.
    var isPointRequest: Bool { self == .g }

    var summary: String {
        switch self {
        case .a: "100 customers, orders"
        case .b: "100 customers, orders, items, products"
        case .c: "1,000 customers, orders, items"
        case .g: "one order by id with its customer"
        }
    }

    /// The model asked for.
    var model: String { isPointRequest ? "Order" : "Customer" }

    /// The filter asked with.
    var filter: String {
        switch self {
        case .a: #"{"limit": 100, "include": "orders"}"#
        case .b: #"{"limit": 100, "include": {"orders": {"items": "product"}}}"#
        case .c: #"{"limit": 1000, "include": {"orders": "items"}}"#
        case .g: #"{"include": "customer"}"#
        }
    }

    /// The tree's tables from the root down, and the relations that lead to them.
    var levels: [(table: BenchmarkTable, link: BenchmarkTable.Link?)] {
        let orders = BenchmarkTable.Link("orders", toMany: true, parent: "id", child: "customer_id")
        let items = BenchmarkTable.Link("items", toMany: true, parent: "id", child: "order_id")
        let product = BenchmarkTable.Link("product", toMany: false, parent: "product_id", child: "id")
        let customer = BenchmarkTable.Link("customer", toMany: false, parent: "customer_id", child: "id")
        return switch self {
        case .a: [(.customers, nil), (.orders, orders)]
        case .b: [(.customers, nil), (.orders, orders), (.items, items), (.products, product)]
        case .c: [(.customers, nil), (.orders, orders), (.items, items)]
        case .g: [(.orders, nil), (.customers, customer)]
        }
    }
}
