// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import BenchmarkFloor

/// A table the floor knows, with its columns in the floor's order.
enum BenchmarkTable: String, Sendable {
    case customers, orders, items, products

    /// How a table hangs on the one above it.
    struct Link: Sendable {
        let relation: String
        let toMany: Bool
        let parentColumn: String
        let childColumn: String

        init(_ relation: String, toMany: Bool, parent: String, child: String) {
            self.relation = relation
            self.toMany = toMany
            parentColumn = parent
            childColumn = child
        }
    }

    var columns: [String] {
        switch self {
        case .customers: ["id", "name", "email", "age", "vip", "created_at"]
        case .orders: ["id", "customer_id", "total", "tax", "status", "description", "created_at"]
        case .items: ["id", "order_id", "product_id", "quantity", "price"]
        case .products: ["id", "name", "sku", "price", "description"]
        }
    }

    var floor: kinship_floor_table {
        switch self {
        case .customers: KINSHIP_FLOOR_CUSTOMERS
        case .orders: KINSHIP_FLOOR_ORDERS
        case .items: KINSHIP_FLOOR_ITEMS
        case .products: KINSHIP_FLOOR_PRODUCTS
        }
    }
}
