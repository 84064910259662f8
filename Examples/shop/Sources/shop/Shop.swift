// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Kinship

/// The best customers of the sample shop, and what they bought.
///
/// The shop is the one that `kinship demo` left in the database that `KINSHIP_DATABASE_URL` names; without the variable it is loaded
/// into a server of its own, which is gone at the end. The models in `Models` are made by
/// `kinship generate swift --models Examples/models --schema kinship_shop -o Examples/shop/Sources/shop/Models`.
///
/// `swift run --package-path Examples/shop`
@main
struct Shop {
    static func main() async throws {
        if let url = ProcessInfo.processInfo.environment["KINSHIP_DATABASE_URL"], !url.isEmpty {
            return try await show(ConnectionConfiguration(url: url))
        }
        let server = try await EmbeddedServer.start()
        do {
            let connection = try ConnectionConfiguration(url: server.url)
            try await load(connection)
            try await show(connection)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// Loads the sample shop of this repository.
    private static func load(_ connection: ConnectionConfiguration) async throws {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        let scripts = try ["schema.sql", "data.sql"].map { name in
            try String(contentsOf: folder.appendingPathComponent("sql/shop/\(name)"), encoding: .utf8)
        }
        // Each statement ends with a semicolon at the end of a line, and no other line does.
        let statements = scripts.flatMap { script in
            script.components(separatedBy: ";\n").filter { text in
                text.split(separator: "\n").contains { !$0.hasPrefix("--") }
            }
        }
        try await Database.withDatabase(schema: Schema(definitions: []), connection: connection) { database in
            try await database.withTransaction { transaction in
                for statement in ["CREATE SCHEMA kinship_shop", "SET LOCAL search_path TO kinship_shop"] + statements {
                    _ = try await transaction.execute(Statement(statement))
                }
            }
        }
    }

    private static func show(_ connection: ConnectionConfiguration) async throws {
        let schema = try Schema(models: GeneratedModels.all)
        try await Database.withDatabase(schema: schema, connection: connection) { database in
            let customers = try await bestCustomers(3, in: database)
            for customer in customers {
                print(customer.name)
                for order in try customer.orders.records {
                    print("  \(order.placedAt.formatted(.iso8601.year().month().day())): \(order.total)")
                    for item in try order.items.records {
                        print("    \(item.quantity) × \(try item.product.required.name)")
                    }
                }
            }
            let large = try await database.query(Order.self).large.all()
            print("\(large.count) orders are large.")
        }
    }

    /// The customers of note who have bought for most, each with their two largest orders and what was in them.
    ///
    /// - Note: Four statements, however many customers there are.
    static func bestCustomers(_ count: Int, in session: some Session) async throws -> [Customer] {
        try await session.query(Customer.self)
            .where { $0.vip == true }
            .order { $0.orders.sum(\.total).descending.nullsLast }
            .limit(count)
            .include(\.orders) {
                $0.order { $0.total.descending }.limit(2).include(\.items) { $0.include(\.product) }
            }
            .all()
    }
}
