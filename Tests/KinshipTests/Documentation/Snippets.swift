// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
// swift-format-ignore-file

// Made from the pages: after a change of a block run
//   KINSHIP_WRITE_SNIPPETS=1 make test ARGS='--filter DocumentedSwiftTests'

import Foundation
import Kinship
import Logging

extension Snippets {
    static let all: [(name: String, run: @Sendable (Given) async throws -> Void)] = [
        ("README 1", readme1),
        ("README 2", readme2),
        ("README 4", readme4),
        ("README 5", readme5),
        ("README 6", readme6),
        ("Bulk 1", bulk1),
        ("Catalog 1", catalog1),
        ("Catalog 2", catalog2),
        ("ComingFromFluent 1", comingfromfluent1),
        ("ComingFromFluent 2", comingfromfluent2),
        ("ComingFromFluent 3", comingfromfluent3),
        ("ComingFromFluent 4", comingfromfluent4),
        ("ComingFromFluent 5", comingfromfluent5),
        ("ComingFromFluent 6", comingfromfluent6),
        ("ComingFromFluent 7", comingfromfluent7),
        ("ComingFromFluent 8", comingfromfluent8),
        ("ComingFromFluent 9", comingfromfluent9),
        ("ComingFromFluent 10", comingfromfluent10),
        ("ComingFromFluent 11", comingfromfluent11),
        ("ComingFromFluent 12", comingfromfluent12),
        ("ComingFromGRDB 1", comingfromgrdb1),
        ("ComingFromGRDB 2", comingfromgrdb2),
        ("ComingFromGRDB 3", comingfromgrdb3),
        ("ComingFromGRDB 4", comingfromgrdb4),
        ("ComingFromGRDB 5", comingfromgrdb5),
        ("ComingFromGRDB 6", comingfromgrdb6),
        ("ComingFromGRDB 7", comingfromgrdb7),
        ("ComingFromGRDB 8", comingfromgrdb8),
        ("ComingFromGRDB 9", comingfromgrdb9),
        ("ComingFromGRDB 10", comingfromgrdb10),
        ("ComingFromGRDB 11", comingfromgrdb11),
        ("ComingFromGRDB 12", comingfromgrdb12),
        ("Connections 1", connections1),
        ("Connections 2", connections2),
        ("Connections 3", connections3),
        ("Connections 4", connections4),
        ("Connections 5", connections5),
        ("Connections 6", connections6),
        ("Connections 8", connections8),
        ("Connections 9", connections9),
        ("Connections 10", connections10),
        ("Connections 11", connections11),
        ("Connections 12", connections12),
        ("Connections 13", connections13),
        ("Connections 16", connections16),
        ("Connections 17", connections17),
        ("Errors 1", errors1),
        ("Errors 2", errors2),
        ("Errors 3", errors3),
        ("Filters 1", filters1),
        ("Filters 2", filters2),
        ("Filters 3", filters3),
        ("Filters 4", filters4),
        ("Filters 5", filters5),
        ("Filters 6", filters6),
        ("Filters 7", filters7),
        ("Filters 8", filters8),
        ("Filters 10", filters10),
        ("Hooks 1", hooks1),
        ("Hooks 2", hooks2),
        ("Methods 1", methods1),
        ("Methods 3", methods3),
        ("Methods 4", methods4),
        ("Methods 5", methods5),
        ("Methods 6", methods6),
        ("Models 2", models2),
        ("ModelsInSwift 1", modelsinswift1),
        ("ModelsInSwift 2", modelsinswift2),
        ("ModelsInSwift 3", modelsinswift3),
        ("ModelsInSwift 4", modelsinswift4),
        ("ModelsInSwift 5", modelsinswift5),
        ("ModelsInSwift 6", modelsinswift6),
        ("ModelsInSwift 7", modelsinswift7),
        ("ModelsInSwift 8", modelsinswift8),
        ("ModelsInSwift 9", modelsinswift9),
        ("ModelsInSwift 10", modelsinswift10),
        ("ModelsInSwift 11", modelsinswift11),
        ("ModelsInSwift 12", modelsinswift12),
        ("ModelsInSwift 13", modelsinswift13),
        ("ModelsInSwift 14", modelsinswift14),
        ("ModelsInSwift 15", modelsinswift15),
        ("ModelsInSwift 16", modelsinswift16),
        ("Observability 1", observability1),
        ("Observability 2", observability2),
        ("Planner 1", planner1),
        ("PublicAPI 1", publicapi1),
        ("PublicAPI 2", publicapi2),
        ("Queries 1", queries1),
        ("Queries 2", queries2),
        ("Queries 3", queries3),
        ("Queries 4", queries4),
        ("Queries 5", queries5),
        ("Queries 6", queries6),
        ("Queries 7", queries7),
        ("Queries 8", queries8),
        ("Queries 9", queries9),
        ("Queries 10", queries10),
        ("Queries 11", queries11),
        ("Queries 12", queries12),
        ("Queries 13", queries13),
        ("Scopes 1", scopes1),
        ("Scopes 2", scopes2),
        ("Scopes 3", scopes3),
        ("Scopes 4", scopes4),
        ("Scopes 5", scopes5),
        ("Scopes 6", scopes6),
        ("Scopes 7", scopes7),
        ("Streams 1", streams1),
        ("Streams 2", streams2),
        ("Streams 3", streams3),
        ("Tenants 1", tenants1),
        ("Tenants 3", tenants3),
        ("Tenants 4", tenants4),
        ("Transactions 1", transactions1),
        ("Transactions 2", transactions2),
        ("Transactions 3", transactions3),
        ("Transactions 4", transactions4),
        ("Writing 1", writing1),
        ("Writing 2", writing2),
        ("Writing 5", writing5),
        ("Writing 6", writing6),
        ("Writing 7", writing7),
        ("Writing 8", writing8),
        ("Writing 9", writing9),
        ("Writing 10", writing10),
    ]
}

extension Snippets {
    @Sendable static func readme1(_ given: Given) async throws {

        let schema = try SchemaLoader.load(directory: "Examples/models")
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: given.url))

        let graph = try await database.find("Customer", filter: """
            {"where": {"vip": true}, "order": "name", "limit": 10,
             "include": [{"relation": "orders", "scope": {"order": "placedAt DESC", "limit": 3, "include": "items"}}, "reviews"]}
            """)

        print(String(decoding: try graph.json(), as: UTF8.self))
        print(graph.statistics.statements, "statements,", graph.statistics.roundTrips, "round trips")
        await database.close()
        _ = schema
        _ = database
        _ = graph
    }
}

extension Snippets {
    @Sendable static func readme2(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self)
            .where { $0.vip == true && $0.orders.count >= 2 }
            .order { $0.name.ascending }.limit(10)
            .include(\.orders) { $0.order { $0.placedAt.descending }.limit(3).include(\.items) }
            .include(\.reviews)
            .all()
        for customer in customers { print(customer.name, try customer.orders.records.map(\.total)) }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func readme4(_ given: Given) async throws {
        let database: Database = given.database
        let customer: Int = 7
        let since: Date = Date(timeIntervalSince1970: 0)
        let orders = try await database.find(
            "Order", filter: ["where": ["customerId": customer, "placedAt": ["gte": since]], "include": "items"])
        let order = try await database.findById("Order", id: 7)
        _ = database
        _ = customer
        _ = since
        _ = orders
        _ = order
    }
}

extension Snippets {
    @Sendable static func readme5(_ given: Given) async throws {
        let database: Database = given.database
        let left = try await database.withTransaction(isolation: .repeatableRead) { transaction in
            try await transaction.execute("update orders set status = 'paid' where id = \(7)")
            return try await transaction.find("Order", filter: ["where": ["status": "open"], "include": "items"])
        }
        _ = database
        _ = left
    }
}

extension Snippets {
    @Sendable static func readme6(_ given: Given) async throws {
        let database: Database = given.database
        try await database.createGraph("Category", [
            "id": 93, "name": "Nautical charts",
            "products": [["id": 9301, "name": "The sea", "sku": "SEA-3", "price": 9], ["id": 9302, "name": "The coast", "sku": "SEA-4", "price": 7]],
        ])
        try await database.query(Product.self).where { $0.id.isIn([9301, 9302]) }.update { $0.price += 1 }
        _ = database
    }
}

extension Snippets {
    @Sendable static func bulk1(_ given: Given) async throws {
        let database: Database = given.database
        let file: AsyncStream<[UInt8]> = AsyncStream { $0.finish() }
        do {
            let summary = try await database.importRecords(
                into: "Customer", from: file, format: .jsonLines, onConflict: .update)
            print(summary.made, "made,", summary.updated, "changed")
        } catch let error as ImportError {
            for record in error.rejected { print(record.line ?? 0, record.report.code, record.report.properties) }
        }
        _ = database
        _ = file
    }
}

extension Snippets {
    @Sendable static func catalog1(_ given: Given) async throws {
        let database: Database = given.database
        try await database.refreshCatalog()
        _ = database
    }
}

extension Snippets {
    @Sendable static func catalog2(_ given: Given) async throws {
        let database: Database = given.database
        let schema = database.schema
        let scoped = try ScopedSchema(schema)
        let customer = try schema.id(of: "Customer")
        let filter = try schema.filter(
            #"{"include": {"relation": "orders", "scope": {"order": "placedAt DESC", "limit": 3}}}"#, for: "Customer")
        if let catalog = schema.catalog {
            let advisor = IndexAdvisor(schema: schema, catalog: catalog)
            for advice in try advisor.advice(for: try scoped.resolved(filter, for: customer), of: customer) {
                print(advice.reason)
                print(advice.createStatement)
            }
        }
        _ = database
        _ = schema
        _ = scoped
        _ = customer
        _ = filter
    }
}

extension Snippets {
    @Sendable static func comingfromfluent1(_ given: Given) async throws {
        struct Order: TypedModel {
            var id: Int
            var customerId: Int
            var status: String
            var total: Decimal
            var customer = One<Customer>("customer")
            var items = Many<Item>("items")

            static let definition = TypedDefinition<Order>("Order", table: "orders") {
                $0.id("id", \.id)
                $0.property("customerId", \.customerId, column: "customer_id")
                $0.property("status", \.status)
                $0.property("total", \.total)
                $0.belongsTo("customer", \.customer, foreignKey: \.customerId)
                $0.hasMany("items", \.items, foreignKey: \.orderId)
            }

            init(row: inout RecordReader) throws {
                (id, customerId, status) = (try row("id"), try row("customerId"), try row("status"))
                total = try row("total")
            }
        }
    }
}

extension Snippets {
    @Sendable static func comingfromfluent2(_ given: Given) async throws {
        let database: Database = given.database
        let orders = try await database.query(Order.self)
            .where { $0.status == .open && ($0.total > 1000 || $0.total < 10) }
            .order { $0.total.descending }
            .limit(20)
            .all()
        print(orders.count)
        _ = database
        _ = orders
    }
}

extension Snippets {
    @Sendable static func comingfromfluent3(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self)
            .where { $0.vip == true }
            .include(\.orders) { $0.include(\.items) }
            .include(\.reviews)
            .all()
        for customer in customers { print(customer.name, try customer.orders.count) }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func comingfromfluent4(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self)
            .where { $0.vip == true }
            .include(\.orders) { $0.where { $0.status == .open }.order { $0.total.descending }.limit(3) }
            .all()
        print(try customers.map { try $0.orders.count })
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func comingfromfluent5(_ given: Given) async throws {
        let database: Database = given.database
        let buyers = try await database.query(Customer.self).where { $0.orders.some { $0.total > 1000 } }.all()
        let careful = try await database.query(Customer.self).where { $0.orders.none { $0.total > 1000 } }.count()
        print(buyers.count, careful)
        _ = database
        _ = buyers
        _ = careful
    }
}

extension Snippets {
    @Sendable static func comingfromfluent6(_ given: Given) async throws {
        let database: Database = given.database
        let paid = try await database.query(Order.self).where { $0.status == .paid }
            .aggregate(count: true, sum: [\.total], max: [\.placedAt])
        print(paid.count ?? 0, try paid.sum(\.total) ?? 0, try paid.max(\.placedAt) ?? .distantPast)
        _ = database
        _ = paid
    }
}

extension Snippets {
    @Sendable static func comingfromfluent7(_ given: Given) async throws {
        let database: Database = given.database
        let query = database.query(Order.self).order { $0.placedAt.descending }.limit(20)
        let first = try await query.page(total: true)
        let next = try await query.page(after: first.nextCursor)
        print(first.total ?? 0, next.records.count)
        _ = database
        _ = query
        _ = first
        _ = next
    }
}

extension Snippets {
    @Sendable static func comingfromfluent8(_ given: Given) async throws {
        let database: Database = given.database
        var order = Order(id: 940_001, customerId: 7, status: .open, total: 10, placedAt: .now)
        order.items = Many([
            Item(id: 940_001, orderId: 0, productId: 3, quantity: 2, price: 5),
            Item(id: 940_002, orderId: 0, productId: 4, quantity: 1, price: 5),
        ])
        let made = try await database.createGraph(order)
        print(try made.items.count)
        _ = database
        _ = order
        _ = made
    }
}

extension Snippets {
    @Sendable static func comingfromfluent9(_ given: Given) async throws {
        let database: Database = given.database
        let order = try await database.query(Order.self).get(7)
        var changed = order
        changed.status = .paid
        try await database.save(changed, from: order)

        let closed = try await database.query(Order.self).where { $0.status == .open && $0.total < 0 }.update { $0.status = .closed }
        try await database.query(Product.self).where { $0.id == 3 }.update { $0.price += 1 }
        print(closed)
        _ = database
        _ = order
        _ = changed
        _ = closed
    }
}

extension Snippets {
    @Sendable static func comingfromfluent10(_ given: Given) async throws {
        let database: Database = given.database
        let category = try await database.create(Category(id: 940_001, name: "Short-lived"))
        try await database.deleteRecord(category)
        let gone = try await database.query(Review.self).where { $0.rating == 0 }.delete()
        print(gone)
        _ = database
        _ = category
        _ = gone
    }
}

extension Snippets {
    @Sendable static func comingfromfluent11(_ given: Given) async throws {
        struct Planet: TypedModel {
            var id: Int
            var tags = Many<Tag>("tags")

            static let definition = TypedDefinition<Planet>("Planet") {
                $0.id("id", \.id)
                $0.hasMany("tags", \.tags, through: PlanetTag.self, from: \.planetId, to: \.tagId)
            }
            init(row: inout RecordReader) throws { id = try row("id") }
        }

        struct Tag: TypedModel {
            var id: Int

            static let definition = TypedDefinition<Tag>("Tag") { $0.id("id", \.id) }
            init(row: inout RecordReader) throws { id = try row("id") }
        }

        struct PlanetTag: TypedModel {
            var id: Int
            var planetId: Int
            var tagId: Int
            var note: String?

            static let definition = TypedDefinition<PlanetTag>("PlanetTag") {
                $0.id("id", \.id)
                $0.property("planetId", \.planetId)
                $0.property("tagId", \.tagId)
                $0.property("note", \.note)
            }
            init(row: inout RecordReader) throws {
                (id, planetId, tagId, note) = (try row("id"), try row("planetId"), try row("tagId"), try row("note"))
            }
        }

        func mark(_ planet: Planet, _ tag: Tag, in database: Database) async throws {
            let tags = planet.related(\.tags, in: database)
            try await tags.add(tag, through: PlanetTag.self) { $0.note = "sure" }
            try await tags.remove(tag)
            try await tags.set([tag])
        }
    }
}

extension Snippets {
    @Sendable static func comingfromfluent12(_ given: Given) async throws {
        let database: Database = given.database
        try await database.withTransaction(isolation: .repeatableRead) { transaction in
            let order = try await transaction.query(Order.self).get(7)
            try await transaction.withTransaction { inner in  // a savepoint
                try await inner.query(Order.self).where { $0.id == order.id }.update { $0.total += 1 }
            }
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb1(_ given: Given) async throws {
        struct Order: TypedModel {
            var id: Int
            var customerId: Int
            var status: String
            var total: Decimal
            var items = Many<Item>("items")

            static let definition = TypedDefinition<Order>("Order", table: "orders") {
                $0.id("id", \.id)
                $0.property("customerId", \.customerId, column: "customer_id")
                $0.property("status", \.status)
                $0.property("total", \.total)
                $0.hasMany("items", \.items, foreignKey: \.orderId)
            }

            init(row: inout RecordReader) throws {
                (id, customerId, status) = (try row("id"), try row("customerId"), try row("status"))
                total = try row("total")
            }
        }
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb2(_ given: Given) async throws {
        let database: Database = given.database
        let orders = try await database.query(Order.self)
            .where { $0.status == .open && ($0.total > 1000 || $0.total < 10) }
            .order { $0.total.descending }
            .limit(20)
            .all()
        print(orders.count)
        _ = database
        _ = orders
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb3(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self)
            .where { $0.vip == true }
            .include(\.orders) { $0.include(\.items) }
            .include(\.reviews)
            .all()
        for customer in customers { print(customer.name, try customer.orders.count) }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb4(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self)
            .where { $0.vip == true }
            .include(\.orders) { $0.where { $0.status == .open }.order { $0.total.descending }.limit(3) }
            .all()
        print(try customers.map { try $0.orders.count })
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb5(_ given: Given) async throws {
        let database: Database = given.database
        let buyers = try await database.query(Customer.self).where { $0.orders.some { $0.total > 1000 } }.all()
        let careful = try await database.query(Customer.self).where { $0.orders.none { $0.total > 1000 } }.count()
        print(buyers.count, careful)
        _ = database
        _ = buyers
        _ = careful
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb6(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self).include(\.orders, count: true, sum: [\.total]).all()
        for customer in customers { print(customer.name, try customer.orders.count, try customer.orders.sum(\.total) ?? 0) }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb7(_ given: Given) async throws {
        let database: Database = given.database
        let query = database.query(Order.self).order { $0.placedAt.descending }.limit(20)
        let first = try await query.page()
        let next = try await query.page(after: first.nextCursor)
        print(first.records.count, next.records.count)
        _ = database
        _ = query
        _ = first
        _ = next
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb8(_ given: Given) async throws {
        let database: Database = given.database
        var order = Order(id: 950_001, customerId: 7, status: .open, total: 10, placedAt: .now)
        order.items = Many([
            Item(id: 950_001, orderId: 0, productId: 3, quantity: 2, price: 5),
            Item(id: 950_002, orderId: 0, productId: 4, quantity: 1, price: 5),
        ])
        let made = try await database.createGraph(order)
        print(try made.items.count)
        _ = database
        _ = order
        _ = made
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb9(_ given: Given) async throws {
        let database: Database = given.database
        let order = try await database.query(Order.self).get(7)
        var changed = order
        changed.status = .paid
        try await database.save(changed, from: order)
        let closed = try await database.query(Order.self).where { $0.status == .open && $0.total < 0 }.update { $0.status = .closed }
        try await database.query(Product.self).where { $0.id == 3 }.update { $0.price += 1 }
        print(closed)
        _ = database
        _ = order
        _ = changed
        _ = closed
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb10(_ given: Given) async throws {
        let database: Database = given.database
        let category = try await database.create(Category(id: 950_001, name: "Short-lived"))
        try await database.deleteRecord(category)
        let gone = try await database.query(Review.self).where { $0.rating == 0 }.delete()
        print(gone)
        _ = database
        _ = category
        _ = gone
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb11(_ given: Given) async throws {
        struct Planet: TypedModel {
            var id: Int
            var tags = Many<Tag>("tags")

            static let definition = TypedDefinition<Planet>("Planet") {
                $0.id("id", \.id)
                $0.hasAndBelongsToMany("tags", \.tags)
            }
            init(row: inout RecordReader) throws { id = try row("id") }
        }

        struct Tag: TypedModel {
            var id: Int

            static let definition = TypedDefinition<Tag>("Tag") { $0.id("id", \.id) }
            init(row: inout RecordReader) throws { id = try row("id") }
        }

        func mark(_ planet: Planet, _ tag: Tag, in database: Database) async throws {
            let tags = planet.related(\.tags, in: database)
            try await tags.add(tag)
            try await tags.remove(tag)
        }
    }
}

extension Snippets {
    @Sendable static func comingfromgrdb12(_ given: Given) async throws {
        let database: Database = given.database
        try await database.withTransaction { transaction in
            let order = try await transaction.query(Order.self).get(7)
            try await transaction.withTransaction { inner in  // a savepoint
                try await inner.query(Order.self).where { $0.id == order.id }.update { $0.total += 1 }
            }
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func connections1(_ given: Given) async throws {

        var connection = try ConnectionConfiguration(url: given.url)
        connection.statementTimeout = .seconds(20)
        let database = try await Database.open(
            schema: try SchemaLoader.load(directory: "Examples/models"), connection: connection,
            pool: PoolConfiguration(maximumConnections: 20))
        _ = connection
        _ = database
    }
}

extension Snippets {
    @Sendable static func connections2(_ given: Given) async throws {
        var connection = try ConnectionConfiguration(url: given.url)
        connection.tls.rootCertificate = "/etc/kinship/ca.pem"
        _ = connection
    }
}

extension Snippets {
    @Sendable static func connections3(_ given: Given) async throws {
        let connection: Connection = given.connection
        let id = 7
        let names = ["Ada", "Grace"]
        let rows = try await connection.execute("select id, name from customer where id = \(id) or name = any(\(names))")
        for (id, name) in try rows.decode(Int64.self, String.self) { print(id, name) }
        _ = connection
        _ = id
        _ = names
        _ = rows
    }
}

extension Snippets {
    @Sendable static func connections4(_ given: Given) async throws {
        var connection = try ConnectionConfiguration(url: given.url)
        connection.statementCache = .unnamed
        _ = connection
    }
}

extension Snippets {
    @Sendable static func connections5(_ given: Given) async throws {
        let connection: Connection = given.connection
        let results = try await connection.pipeline([
            Statement("select count(*) from customer"), Statement("select count(*) from orders"),
        ])
        _ = connection
        _ = results
    }
}

extension Snippets {
    @Sendable static func connections6(_ given: Given) async throws {
        let pool: ConnectionPool = given.database.pool
        let rows = try await pool.execute("select * from log", limits: ResultLimits(rows: 10_000, bytes: 16 << 20))
        _ = pool
        _ = rows
    }
}

extension Snippets {
    @Sendable static func connections8(_ given: Given) async throws {
        let pool: ConnectionPool = given.database.pool
        let file: FileHandle = FileHandle.nullDevice
        try await pool.withConnection { connection in
            let copy = connection.copyOut("copy (select id, name from customer order by id) to stdout (format csv, header)")
            for try await rows in copy { try file.write(contentsOf: rows) }
        }
        _ = pool
        _ = file
    }
}

extension Snippets {
    @Sendable static func connections9(_ given: Given) async throws {
        let connection: Connection = given.connection
        let file: AsyncStream<[UInt8]> = AsyncStream { $0.finish() }
        do {
            try await connection.copyIn("copy customer from stdin (format csv)", from: file)
        } catch let error as PostgresError {
            print("line \(error.copy?.line ?? 0), column \(error.copy?.column ?? "?"): \(error.message)")
        }
        _ = connection
        _ = file
    }
}

extension Snippets {
    @Sendable static func connections10(_ given: Given) async throws {
        let pool: ConnectionPool = given.database.pool
        try await pool.withConnection { connection in
            try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) { connection in
                try await connection.execute("select count(*) from customer")
            }
        }
        _ = pool
    }
}

extension Snippets {
    @Sendable static func connections11(_ given: Given) async throws {

        let pool = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 2, maximumConnections: 20),
            connection: try ConnectionConfiguration(url: given.url),
            logger: Logger(label: "shop"))
        try await pool.start()
        let names = try await pool.execute("select name from customer")
        let orders = try await pool.withConnection { connection in
            try await connection.withTransaction(readOnly: true) { connection in
                try await connection.execute("set local work_mem = '64MB'")
                return try await connection.execute("select customer_id, count(*) from orders group by customer_id")
            }
        }
        await pool.shutdown(deadline: .seconds(10))
        _ = pool
        _ = names
        _ = orders
    }
}

extension Snippets {
    @Sendable static func connections12(_ given: Given) async throws {
        let schema: Schema = given.database.schema
        let connection: ConnectionConfiguration = given.configuration
        var pool = PoolConfiguration(maximumConnections: 20)
        pool.startup = .waiting(upTo: .seconds(30))
        let database = try await Database.open(schema: schema, connection: connection, pool: pool)
        _ = schema
        _ = connection
        _ = pool
        _ = database
    }
}

extension Snippets {
    @Sendable static func connections13(_ given: Given) async throws {
        let pool: ConnectionPool = given.database.pool
        do {
            try await pool.withConnection(timeout: .seconds(2)) { try await $0.execute("select 1") }
        } catch let error as PostgresError where error.code == .acquireTimeout {
            print(error.acquire?.status.waiting ?? 0)
        }
        _ = pool
    }
}

extension Snippets {
    @Sendable static func connections16(_ given: Given) async throws {
        let pool: ConnectionPool = given.database.pool
        try await pool.execute("select pg_notify(\("orders"), \("17"))")
        _ = pool
    }
}

extension Snippets {
    @Sendable static func connections17(_ given: Given) async throws {
        let connection: Connection = given.connection
        await withTaskExecutorPreference(Readiness.executor) {
            _ = try? await connection.execute("select 1")
        }
        _ = connection
    }
}

extension Snippets {
    @Sendable static func errors1(_ given: Given) async throws {
        let database: Database = given.database
        do {
            let graph = try await database.find("Customer", filter: #"{"where": {"nope": 1}}"#)
            print(graph.count)
        } catch let error as PlannerError {
            print(error.code.rawValue, error.status, error.path ?? "", error.message)
        } catch let error as PostgresError {
            print(error.code.rawValue, error.sqlState ?? "", error.message)
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func errors2(_ given: Given) async throws {
        let database: Database = given.database
        do {
            _ = try await database.pool.execute("insert into customer (id, email) values (\(2), \("ada@example.org"))")
        } catch let error as PostgresError {
            guard let violation = ConstraintViolation(error, in: database.schema) else { throw error }
            print(violation.kind, violation.model ?? "", violation.properties, violation.constraint ?? "")
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func errors3(_ given: Given) async throws {
        let database: Database = given.database
        func answer(_ filter: String) async -> (status: Int, body: [UInt8]) {
            do {
                return (200, Array(try await database.find("Customer", filter: filter).json()))
            } catch {
                let report = ErrorReport(error, in: database.schema)
                var body: [UInt8] = []
                report.json.write(into: &body)
                return (report.status, body)
            }
        }
        print(await answer(#"{"where": {"nope": 1}}"#).status)
        _ = database
    }
}

extension Snippets {
    @Sendable static func filters1(_ given: Given) async throws {
        let database: Database = given.database
        let graph = try await database.find("Order", filter: """
            {"where": {"status": "open", "total": {"gt": 100}}, "order": "placedAt DESC", "limit": 10, "include": "items"}
            """)
        print(String(decoding: try graph.json(), as: UTF8.self))
        _ = database
        _ = graph
    }
}

extension Snippets {
    @Sendable static func filters2(_ given: Given) async throws {
        let database: Database = given.database
        print(try await database.explain("Order", filter: ["include": "items"]).tree.text())
        _ = database
    }
}

extension Snippets {
    @Sendable static func filters3(_ given: Given) async throws {
        let schema: Schema = given.database.schema
        let configuration: ConnectionConfiguration = given.configuration
        let secret: [UInt8] = Array(repeating: 7, count: 32)
        let trees = TreeOptions(cursors: CursorSeal(key: secret))
        let database = try await Database.open(schema: schema, connection: configuration, trees: trees)
        _ = schema
        _ = configuration
        _ = secret
        _ = trees
        _ = database
    }
}

extension Snippets {
    @Sendable static func filters4(_ given: Given) async throws {
        let graph: Graph = given.graph
        let exact = JSONOptions(microseconds: true, bigIntegersAsStrings: true)
        let text = try graph.json(exact)                       // for one answer
        let trees = TreeOptions(json: exact)                   // for a database
        _ = graph
        _ = exact
        _ = text
        _ = trees
    }
}

extension Snippets {
    @Sendable static func filters5(_ given: Given) async throws {
        let database: Database = given.database
        let open = try await database.count("Order", where: ["status": "open"])
        print(open.count)
        _ = database
        _ = open
    }
}

extension Snippets {
    @Sendable static func filters6(_ given: Given) async throws {
        let database: Database = given.database
        let functions: JSONValue = ["sum": "total", "max": ["total", "placedAt"]]
        let numbers = try await database.aggregate("Order", functions, where: ["status": "open"])
        let total: Decimal? = try numbers.value(.sum, of: "total")
        print(numbers.count ?? 0, total ?? 0, numbers.json)
        _ = database
        _ = functions
        _ = numbers
        _ = total
    }
}

extension Snippets {
    @Sendable static func filters7(_ given: Given) async throws {
        let database: Database = given.database
        let id: Int = 7
        let status: String = "open"
        let since: Date = Date(timeIntervalSince1970: 0)
        let orders = try await database.find(
            "Order", filter: ["where": ["customerId": id, "status": status, "placedAt": ["gte": since]], "limit": 10])
        let count = try await database.count("Order", where: ["customerId": id]).count
        let order = try await database.findById("Order", id: id, filter: ["include": "items"])
        _ = database
        _ = id
        _ = status
        _ = since
        _ = orders
        _ = count
        _ = order
    }
}

extension Snippets {
    @Sendable static func filters8(_ given: Given) async throws {
        let database: Database = given.database
        let request = FilterRequest()
            .where(Field("status") == "open" && Field("total") > 100)
            .where(Field("items").some(Field("quantity") >= 10))
            .order("placedAt DESC", "id")
            .limit(10)
            .include("customer", FilterRequest().fields("name"))
            .include("items", FilterRequest().order("price DESC").limit(3))
        let graph = try await database.find("Order", filter: request)
        _ = database
        _ = request
        _ = graph
    }
}

extension Snippets {
    @Sendable static func filters10(_ given: Given) async throws {
        let database: Database = given.database
        let order = try database.schema.id(of: "Order")
        let filter = try database.schema.filter(query: "filter[where][total][gt]=100&filter[include][]=items", for: order)
        _ = database
        _ = order
        _ = filter
    }
}

extension Snippets {
    @Sendable static func hooks1(_ given: Given) async throws {
        let schema: Schema = given.database.schema
        let configuration: ConnectionConfiguration = given.configuration
        var hooks = Hooks()
        hooks.beforeSave("Order") { save in
            if save.isNew { save["status"] = "open" }
        }
        hooks.afterSave("Order", loading: .old) { save in
            guard save.old?["status"] != save.record?["status"] else { return }
            try await save.transaction.updateById("Customer", id: save.record?["customerId"] ?? .null, ["name": "Changed"])
        }
        hooks.validate("Product") { product in
            if product["price"] == 13 { product.report("price", "brings bad luck") }
        }
        hooks.afterCommit("Order") { end in print(end.operation, end.key ?? .null) }
        let database = try await Database.open(schema: schema, connection: configuration, hooks: hooks)
        await database.close()
        _ = schema
        _ = configuration
        _ = hooks
        _ = database
    }
}

extension Snippets {
    @Sendable static func hooks2(_ given: Given) async throws {
        var hooks: Hooks = Hooks()
        hooks.access("Order") { access in
            access.narrow(["tenantId": JSONValue(Tenant.current)])
        }
        _ = hooks
    }
}

extension Snippets {
    @Sendable static func methods1(_ given: Given) async throws {
        let reorder = RelationMethod(MethodParameter<[Int]>("ids", from: .body), verb: .put) { images, ids in
            for (position, id) in ids.enumerated() {
                try await images.update(key: id, ["position": JSONValue(position)])
            }
            return ids
        }
        let product = ModelDefinition(
            "Product", properties: [.id(), .string("name")],
            relations: [.hasMany("images", "Image", foreignKey: "productId").with(scopeMethods: ["reorder": reorder])])
        _ = reorder
        _ = product
    }
}

extension Snippets {
    @Sendable static func methods3(_ given: Given) async throws {
        let pay = RecordMethod(
            MethodParameter<Double?>("tip"), verb: .post, returns: "paid", summary: "Pays an order."
        ) { order, tip in
            try await order.update(["status": "paid", "$inc": ["total": JSONValue(tip ?? 0)]])
            return true
        }
        let cheapest = ModelMethod(MethodParameter<Int>("count", default: 3), verb: .get, isReadOnly: true) { products, count in
            try await products.find(filter: ["order": "price", "limit": JSONValue(count)])
        }
        _ = pay
        _ = cheapest
    }
}

extension Snippets {
    @Sendable static func methods4(_ given: Given) async throws {
        let database: Database = given.database
        do {
            try await database.call("Product", id: 1, relation: "items", method: "reorder", ["ids": "none"])
        } catch let error as ArgumentError {
            for problem in error.problems { print(problem.path, problem.code.rawValue, problem.message) }
        } catch let error as PlannerError {
            print(error.code.rawValue, error.message)
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func methods5(_ given: Given) async throws {
        let verify = RelationMethod { sheet in try await sheet.update(["verified": true]) }
        let schema = try SchemaLoader.load(directory: "Examples/models").attaching([
            "Customer.orders": .properties { customer, data in ["status": customer["vip"] == true ? "paid" : "open"] },
            "Customer.profile": .methods(["verify": verify]),
            "Review": .defaultScope { ["where": ["rating": ["gt": 1]]] },
        ])
        _ = verify
        _ = schema
    }
}

extension Snippets {
    @Sendable static func methods6(_ given: Given) async throws {
        let database: Database = given.database
        for attached in database.methods {
            let method = attached.method
            let parameters = method.parameters.map { "\($0.name): \($0.type) in \(method.source(of: $0))" }
            print(method.verb.rawValue, attached.path, parameters, method.result?.type.description ?? "nothing")
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func models2(_ given: Given) async throws {
        let schema = try SchemaLoader.load(directory: "Examples/models") { definition in
            guard definition.settings.contains(where: { $0.key == "mixins" }) else { return }
            definition.properties += [.date("createdAt"), .date("updatedAt")]
        }
        _ = schema
    }
}

extension Snippets {
    @Sendable static func modelsinswift1(_ given: Given) async throws {
        struct Customer: TypedModel, Codable {
            var id: Int
            var name: String
            var born: PostgresDate?
            var orders = Many<Order>("orders")

            static let definition = TypedDefinition<Customer>("Customer") {
                $0.id("id", \.id)
                $0.property("name", \.name)
                $0.property("born", \.born)
                $0.hasMany("orders", \.orders, foreignKey: \.customerId)
            }

            init(row: inout RecordReader) throws {
                id = try row("id")
                name = try row("name")
                born = try row("born")
            }
        }

        struct Order: TypedModel, Codable {
            var id: Int
            var customerId: Int
            var total: Decimal
            var placedAt: Date
            var customer = One<Customer>("customer")

            static let definition = TypedDefinition<Order>("Order", table: "orders") {
                $0.id("id", \.id)
                $0.property("customerId", \.customerId, column: "customer_id")
                $0.property("total", \.total, dataType: "numeric(12,2)")
                $0.property("placedAt", \.placedAt, column: "placed_at")
                $0.belongsTo("customer", \.customer, foreignKey: \.customerId)
            }

            init(row: inout RecordReader) throws {
                id = try row("id")
                customerId = try row("customerId")
                total = try row("total")
                placedAt = try row("placedAt")
            }
        }
    }
}

extension Snippets {
    @Sendable static func modelsinswift2(_ given: Given) async throws {
        let configuration: ConnectionConfiguration = given.configuration
        let schema = try Schema(models: [
            Customer.self, Order.self, Item.self, Product.self, Category.self, Profile.self, Review.self,
        ])
        let database = try await Database.open(schema: schema, connection: configuration)
        print(database.schema.warnings.count)
        await database.close()
        _ = configuration
        _ = schema
        _ = database
    }
}

extension Snippets {
    @Sendable static func modelsinswift3(_ given: Given) async throws {
        let database: Database = given.database
        try database.schema.check(models: [Customer.self, Order.self, Item.self])
        _ = database
    }
}

extension Snippets {
    @Sendable static func modelsinswift4(_ given: Given) async throws {
        struct Celsius: PropertyValue {
            var degrees: Double

            static var propertyType: PropertyType { PropertyType(.number, "double precision") }
            var filterValue: JSONValue { degrees.filterValue }

            init(cell: Cell) throws(CellError) { degrees = try Double(cell: cell) }
        }
    }
}

extension Snippets {
    @Sendable static func modelsinswift5(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self).limit(3).include(\.orders) { $0.include(\.items) }.all()
        for customer in customers {
            for order in try customer.orders.records { print(order.total, try order.items.records.count) }
        }
        do {
            _ = try customers[0].profile.record
        } catch {
            print(error.message)  // The relation "profile" to Profile wasn't loaded. Add .include(\.profile) to the query.
        }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func modelsinswift6(_ given: Given) async throws {
        struct Author: TypedModel {
            var id: Int
            var books = Linked<Book, Authorship>("books")

            static let definition = TypedDefinition<Author>("Author") {
                $0.id("id", \.id)
                $0.hasMany("books", \.books, from: \.authorId, to: \.bookId)
            }

            init(row: inout RecordReader) throws { id = try row("id") }
        }

        struct Book: TypedModel {
            var id: Int
            var title: String

            static let definition = TypedDefinition<Book>("Book") {
                $0.id("id", \.id)
                $0.property("title", \.title)
            }

            init(row: inout RecordReader) throws {
                id = try row("id")
                title = try row("title")
            }
        }

        struct Authorship: TypedModel {
            var id: Int
            var authorId: Int
            var bookId: Int
            var role: String?

            static let definition = TypedDefinition<Authorship>("Authorship") {
                $0.id("id", \.id)
                $0.property("authorId", \.authorId)
                $0.property("bookId", \.bookId)
                $0.property("role", \.role)
            }

            init(row: inout RecordReader) throws {
                id = try row("id")
                authorId = try row("authorId")
                bookId = try row("bookId")
                role = try row("role")
            }
        }

        func editors(_ database: Database) async throws -> [String] {
            let authors = try await database.query(Author.self).include(\.books, link: { $0.where { $0.role == "editor" } }).all()
            return try authors.flatMap { author in
                try author.books.entries.map { "\($0.title): \($0.link.role ?? "")" }
            }
        }
    }
}

extension Snippets {
    @Sendable static func modelsinswift7(_ given: Given) async throws {
        struct Errand: TypedModel {
            var id: Int
            var ownerId: Int
            var isDone: Bool
            var due: Date
            var siblings = Many<Errand>("siblings")

            static let definition = TypedDefinition<Errand>("Errand") {
                $0.id("id", \.id)
                $0.property("ownerId", \.ownerId)
                $0.property("isDone", \.isDone)
                $0.property("due", \.due)
                $0.hasMany("siblings", \.siblings, foreignKey: \.ownerId)
                $0.scope { $0.where { $0.isDone == false } }
                $0.scope("urgent") { $0.order { $0.due.ascending }.limit(10) }
                $0.scopeFunction("since") { parameters, errands throws(PlannerError) in
                    let from: Date = try parameters.value("from")
                    return errands.where { $0.due >= from }
                }
                $0.scopeFunction(of: \.siblings) { parent, errands throws(PlannerError) in
                    let id = try parent[\.id]
                    return errands.where { $0.id != id }
                }
            }

            init(row: inout RecordReader) throws {
                id = try row("id")
                ownerId = try row("ownerId")
                isDone = try row("isDone")
                due = try row("due")
            }
        }
    }
}

extension Snippets {
    @Sendable static func modelsinswift8(_ given: Given) async throws {
        let database: Database = given.database
        let order = try await database.query(Order.self).include(\.items).find(7)
        let data = try JSONEncoder().encode(order)
        let same = try JSONDecoder().decode(Order.self, from: data)
        print(same.items.isLoaded)
        _ = database
        _ = order
        _ = data
        _ = same
    }
}

extension Snippets {
    @Sendable static func modelsinswift9(_ given: Given) async throws {
        let database: Database = given.database
        let graph = try await database.find("Customer", filter: ["limit": 3, "include": "orders"])
        let customers = try graph.records(as: Customer.self)
        _ = database
        _ = graph
        _ = customers
    }
}

extension Snippets {
    @Sendable static func modelsinswift10(_ given: Given) async throws {
        let database: Database = given.database
        let order = try await database.create(Order.self) {
            $0.id = 900_001
            $0.customerId = 7
            $0.status = .open
            $0.total = 5
            $0.placedAt = .now
        }
        print(order.status)
        _ = database
        _ = order
    }
}

extension Snippets {
    @Sendable static func modelsinswift11(_ given: Given) async throws {
        let database: Database = given.database
        let order = try await database.query(Order.self).include(\.items).get(7)
        var changed = order
        changed.status = .paid
        let stored = try await database.save(changed, from: order)
        print(stored.status, stored.items.isLoaded)
        _ = database
        _ = order
        _ = changed
        _ = stored
    }
}

extension Snippets {
    @Sendable static func modelsinswift12(_ given: Given) async throws {
        let database: Database = given.database
        var order = Tracked(try await database.query(Order.self).get(7))
        order.status = .paid
        order = try await database.save(order)  // the status alone
        print(order.status)
        _ = database
        _ = order
    }
}

extension Snippets {
    @Sendable static func modelsinswift13(_ given: Given) async throws {
        let database: Database = given.database
        let body: JSONValue = ["status": "open", "total": 12.5]
        let draft = try Changes<Order>(json: body, allowing: [\.status, \.total])
        let order = try await database.create(draft) {
            $0.id = 960_001
            $0.customerId = 7
            $0.placedAt = .now
        }
        let patch = try Changes<Order>(json: ["status": "paid"], allowing: [\.status])
        let paid = try await database.query(Order.self).where { $0.customerId == 7 }.update(order.id, patch)
        print(paid.status, patch.isSet(\.total))
        _ = database
        _ = body
        _ = draft
        _ = order
        _ = patch
        _ = paid
    }
}

extension Snippets {
    @Sendable static func modelsinswift14(_ given: Given) async throws {
        let database: Database = given.database
        let customer = try await database.query(Customer.self).get(7)
        let orders = customer.related(\.orders, in: database)
        let open = try await orders.where { $0.status == .open }.limit(5).all()
        let order = try await orders.create(Order(id: 910_001, customerId: 0, status: .open, total: 5, placedAt: .now))
        try await orders.where { $0.id == order.id }.update {
            $0.status = .paid
            $0.total += 1
        }
        let owner = try await order.related(\.customer, in: database).get()
        try await orders.where { $0.id == order.id }.delete()
        print(open.count, owner?.name ?? "")
        _ = database
        _ = customer
        _ = orders
        _ = open
        _ = order
        _ = owner
    }
}

extension Snippets {
    @Sendable static func modelsinswift15(_ given: Given) async throws {
        let database: Database = given.database
        if var product = try await database.query(Product.self).order({ $0.id.ascending }).first() {
            product.price += 1
            let stored = try await database.upsert(product, on: \.sku)
            print(stored.price)
        }
        let (category, isNew) = try await database.findOrCreate(Category(id: 920_001, name: "Atlases"), on: \.name)
        print(category.name, isNew)
        _ = database
        _ = (category, isNew)
    }
}

extension Snippets {
    @Sendable static func modelsinswift16(_ given: Given) async throws {
        let database: Database = given.database
        var order = Order(id: 930_001, customerId: 7, status: .open, total: 10, placedAt: .now)
        order.items = Many([Item(id: 930_001, orderId: 0, productId: 3, quantity: 2, price: 5)])
        let made = try await database.createGraph(order)

        var changed = made
        try changed.items.update { $0[0].quantity = 3 }
        let (saved, changes) = try await database.saveGraph(changed, comparedWith: made, removing: .delete)
        print(try saved.items.count, changes.updated)
        _ = database
        _ = order
        _ = made
        _ = changed
        _ = (saved, changes)
    }
}

extension Snippets {
    @Sendable static func observability1(_ given: Given) async throws {
        let schema: Schema = given.database.schema
        let connection: ConnectionConfiguration = given.configuration
        var logger = Logger(label: "shop")
        logger.logLevel = .info
        let database = try await Database.open(schema: schema, connection: connection, logger: logger)
        _ = schema
        _ = connection
        _ = logger
        _ = database
    }
}

extension Snippets {
    @Sendable static func observability2(_ given: Given) async throws {
        let database: Database = given.database
        func orders(of customer: Int, logger: Logger) async throws -> [UInt8] {
            try await database.with(logger: logger).find("Order", filter: ["where": ["customerId": customer]]).json()
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func planner1(_ given: Given) async throws {
        let database: Database = given.database
        let explanation = try await database.explain("Customer", filter: ["include": "orders"], analyze: .run)
        print(explanation.tree.text())   // also .json, .mermaid() and .svg()
        _ = database
        _ = explanation
    }
}

extension Snippets {
    @Sendable static func publicapi1(_ given: Given) async throws {
        let database: Database = given.database
        let filter = FilterRequest().where(Field("status") == "open").limit(10)
        let graph = try await database.find("Order", filter: filter)
        _ = database
        _ = filter
        _ = graph
    }
}

extension Snippets {
    @Sendable static func publicapi2(_ given: Given) async throws {
        let schema: Schema = given.database.schema
        if let order = schema.model("Order") {
            let key = try order.primaryKey.map { try order.property($0).column }
            let targets = try order.relations.compactMap(\.target).map { try schema.model($0).name }
            print(key, targets)
        }
        _ = schema
    }
}

extension Snippets {
    @Sendable static func queries1(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self)
            .where { $0.vip == true && $0.name.like("A%") }
            .include(\.orders) { $0.where { $0.total > 10 }.order { $0.total.descending }.limit(3).include(\.items) }
            .all()
        for customer in customers { print(customer.name, try customer.orders.records.count) }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func queries2(_ given: Given) async throws {
        let database: Database = given.database
        let query = database.query(Order.self).where { $0.status == .open && $0.total > 100 }.limit(10)
        print(try query.filter)  // {"where":{"status":{"eq":"open"},"total":{"gt":100}},"limit":10}
        print(try await query.explain().tree.text())
        _ = database
        _ = query
    }
}

extension Snippets {
    @Sendable static func queries3(_ given: Given) async throws {
        let database: Database = given.database
        let buyers = try await database.query(Customer.self)
            .where { $0.orders.some { $0.total > 1000 && $0.items.none { $0.quantity > 3 } } }
            .count()
        let orders = try await database.query(Order.self).where { $0.customer.is { $0.vip == true } }.limit(5).all()
        print(buyers, orders.count)
        _ = database
        _ = buyers
        _ = orders
    }
}

extension Snippets {
    @Sendable static func queries4(_ given: Given) async throws {
        let database: Database = given.database
        let loyal = try await database.query(Customer.self)
            .where { $0.orders.count >= 3 && $0.orders.sum(\.total, where: { $0.status == .paid }) > 500 }
            .order { $0.orders.max(\.placedAt).descending }
            .all()
        let silent = try await database.query(Customer.self).where { $0.orders.count == 0 }.count()
        print(loyal.count, silent)
        _ = database
        _ = loyal
        _ = silent
    }
}

extension Snippets {
    @Sendable static func queries5(_ given: Given) async throws {
        let database: Database = given.database
        let orders = try await database.query(Order.self)
            .order { $0.customer.name.ascending }
            .order { $0.total.descending.nullsLast }
            .limit(5).all()
        let best = try await database.query(Customer.self).order { $0.orders.sum(\.total).descending.nullsLast }.first()
        print(orders.count, best?.name ?? "nobody")
        _ = database
        _ = orders
        _ = best
    }
}

extension Snippets {
    @Sendable static func queries6(_ given: Given) async throws {
        let database: Database = given.database
        let customers = try await database.query(Customer.self).limit(3)
            .include(\.orders, count: true, sum: [\.total], max: [\.placedAt])
            .all()
        for customer in customers {
            let orders = customer.orders
            let (sum, latest) = (try orders.sum(\.total), try orders.max(\.placedAt))  // Decimal?, Date?
            print(try orders.count, sum ?? 0, latest ?? .distantPast)
        }
        _ = database
        _ = customers
    }
}

extension Snippets {
    @Sendable static func queries7(_ given: Given) async throws {
        let database: Database = given.database
        let query = database.query(Order.self).order { $0.placedAt.descending }.limit(20)
        var page = try await query.page(total: true)
        print(page.total ?? 0)
        if let cursor = page.nextCursor { page = try await query.page(after: cursor) }
        print(page.records.count)
        _ = database
        _ = query
        _ = page
    }
}

extension Snippets {
    @Sendable static func queries8(_ given: Given) async throws {
        let database: Database = given.database
        for try await order in try database.query(Order.self).limit(100).include(\.items).stream(batchSize: 50) {
            print(order.id, try order.items.records.count)
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func queries9(_ given: Given) async throws {
        let database: Database = given.database
        for (id, name) in try await database.query(Customer.self).limit(3).fields({ ($0.id, $0.name) }).all() { print(id, name) }
        let cities = database.query(Customer.self).fields { $0.city }.distinct()
        print(try await cities.all().count, try await cities.count())
        _ = database
        _ = cities
    }
}

extension Snippets {
    @Sendable static func queries10(_ given: Given) async throws {
        let database: Database = given.database
        let paid = database.query(Order.self).where { $0.status == .paid }
        let total = try await paid.sum(\.total)  // Decimal?
        let mean = try await paid.average(\.total)  // Double?
        let latest = try await paid.max(\.placedAt)  // Date?
        let numbers = try await paid.aggregate(count: true, sum: [\.total], min: [\.total, \.placedAt])
        print(total ?? 0, mean ?? 0, latest ?? .distantPast, numbers.count ?? 0, try numbers.min(\.total) ?? 0)
        _ = database
        _ = paid
        _ = total
        _ = mean
        _ = latest
        _ = numbers
    }
}

extension Snippets {
    @Sendable static func queries11(_ given: Given) async throws {
        let database: Database = given.database
        let rows = try await database.pool.execute("select status, count(*), sum(total) from orders group by status")
        for (status, count, sum) in try rows.decode(String.self, Int.self, PostgresNumeric.self) { print(status, count, sum) }
        _ = database
        _ = rows
    }
}

extension Snippets {
    @Sendable static func queries12(_ given: Given) async throws {
        let database: Database = given.database
        let closed = try await database.query(Order.self).where { $0.id == 3 && $0.total >= 0 }.update { $0.status = .closed }
        try await database.query(Product.self).where { $0.id == 7 }.update { $0.price += 1 }
        let gone = try await database.query(Review.self).where { $0.rating == 0 }.delete()
        print(closed, gone)
        _ = database
        _ = closed
        _ = gone
    }
}

extension Snippets {
    @Sendable static func queries13(_ given: Given) async throws {
        let database: Database = given.database
        let patch = try Changes<Order>(json: ["status": "paid"], allowing: [\.status])
        let order = try await database.query(Order.self).where { $0.total >= 0 }.update(3, patch)
        print(order.status)
        _ = database
        _ = patch
        _ = order
    }
}

extension Snippets {
    @Sendable static func scopes1(_ given: Given) async throws {
        let properties: [PropertyDefinition] = [.id("id"), .string("status")]
        let order = ModelDefinition("Order", properties: properties, scope: ["where": ["deleted": false]])
        _ = properties
        _ = order
    }
}

extension Snippets {
    @Sendable static func scopes2(_ given: Given) async throws {
        let database: Database = given.database
        let all = try await database.unscoped.find("Order")
        let one = try await database.unscoped.findById("Order", id: 7)
        _ = database
        _ = all
        _ = one
    }
}

extension Snippets {
    @Sendable static func scopes3(_ given: Given) async throws {
        let properties: [PropertyDefinition] = [.id("id"), .string("status")]
        let database: Database = given.database
        var order = ModelDefinition("Order", properties: properties, scopes: ["open": ["where": ["status": "open"]]])
        order.addScope("since") { parameters in
            ["where": ["placedAt": ["gte": parameters["from"] ?? .null]], "order": "placedAt"]
        }

        let graph = try await database.find("Order", scopes: ["open", .named("since", ["from": "2026-01-01"])])
        let count = try await database.count("Order", scopes: ["open"], where: ["total": ["gt": 100]])
        let mine = try await database.related("Customer", id: 3, relation: "orders", scopes: ["open"])
        _ = properties
        _ = database
        _ = order
        _ = graph
        _ = count
        _ = mine
    }
}

extension Snippets {
    @Sendable static func scopes4(_ given: Given) async throws {
        var order: ModelDefinition = ModelDefinition("Order", properties: [.id("id")])
        var customer: ModelDefinition = ModelDefinition("Order", properties: [.id("id")])
        let database: Database = given.database
        order.scopeFunction = ScopeFunction { ["where": ["tenant": JSONValue(Tenant.current)]] }
        customer.relations.append(
            .hasMany("localOrders", "Order").scoped { parent in ["where": ["currency": parent["currency"]]] })

        let graph = try await Tenant.$current.withValue("acme") { try await database.find("Order") }
        _ = order
        _ = customer
        _ = database
        _ = graph
    }
}

extension Snippets {
    @Sendable static func scopes5(_ given: Given) async throws {
        let schema = try SchemaLoader.load(directory: "Examples/models") { definition in
            guard definition.name == "Order" else { return }
            definition.addScope("since") { parameters in ["where": ["placedAt": ["gte": parameters["from"] ?? .null]]] }
        }
        _ = schema
    }
}

extension Snippets {
    @Sendable static func scopes6(_ given: Given) async throws {
        var order: ModelDefinition = ModelDefinition("Order", properties: [.id("id")])
        order.addScope("since") { (parameters) throws(PlannerError) in
            guard let from = parameters["from"] else { throw PlannerError(.invalidValue, "Give \"from\".", path: "from") }
            return ["where": ["placedAt": ["gte": from]]]
        }
        _ = order
    }
}

extension Snippets {
    @Sendable static func scopes7(_ given: Given) async throws {
        let schema: Schema = given.database.schema
        let scoped = try ScopedSchema(schema)  // checks every scope; Database makes one when it is opened
        let order = try schema.id(of: "Order")
        let filter = try scoped.scoped(Filter(), by: "open", of: order)
        let resolved = try scoped.resolved(filter, for: order, unscoped: true)
        let now = try scoped.defaultScope(of: order)
        _ = schema
        _ = scoped
        _ = order
        _ = filter
        _ = resolved
        _ = now
    }
}

extension Snippets {
    @Sendable static func streams1(_ given: Given) async throws {
        let database: Database = given.database
        for try await graph in try database.stream("Order", filter: ["include": "items"], batchSize: 500) {
            print(String(decoding: try graph.jsonLines(), as: UTF8.self))
        }
        for try await record in try database.stream("Order", scopes: ["open"]).records {
            print(String(decoding: record, as: UTF8.self))
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func streams2(_ given: Given) async throws {
        let database: Database = given.database
        func send(_ bytes: [UInt8]) async throws { /* … returns when the client has room for more */ }

        let graph = try await database.find("Customer", filter: ["include": "orders"])
        for try await piece in graph.jsonPieces() { try await send(piece) }
        _ = database
        _ = graph
    }
}

extension Snippets {
    @Sendable static func streams3(_ given: Given) async throws {
        let database: Database = given.database
        var options = database.trees
        options.maximumRows = 500
        let graph = try await database.with(trees: options).find("Order", filter: ["limit": 50, "include": "items"])
        _ = database
        _ = options
        _ = graph
    }
}

extension Snippets {
    @Sendable static func tenants1(_ given: Given) async throws {
        let database: Database = given.database
        let acme = database.tenant("acme")
        let orders = try await acme.find("Order", filter: ["include": "customer"])
        print(orders.count)
        _ = database
        _ = acme
        _ = orders
    }
}

extension Snippets {
    @Sendable static func tenants3(_ given: Given) async throws {
        let database: Database = given.database
        let all = database.withoutTenant(reason: "monthly invoices")
        print(try await all.count("Order").count)
        _ = database
        _ = all
    }
}

extension Snippets {
    @Sendable static func tenants4(_ given: Given) async throws {
        let database: Database = given.database
        let guarded = database.with(tenantSetting: "app.tenant")
        print(try await guarded.tenant("acme").count("Order").count)
        _ = database
        _ = guarded
    }
}

extension Snippets {
    @Sendable static func transactions1(_ given: Given) async throws {
        let database: Database = given.database
        let (orders, total) = try await database.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let orders = try await transaction.find("Order", filter: ["order": "placedAt DESC", "limit": 20, "include": "items"])
            let total = try await transaction.count("Order").count
            return (orders, total)  // of one and the same state of the database
        }
        _ = database
        _ = (orders, total)
    }
}

extension Snippets {
    @Sendable static func transactions2(_ given: Given) async throws {
        let database: Database = given.database
        func openOrders(of customer: Int, in session: some Session) async throws -> Graph {
            try await session.find("Order", filter: ["where": ["customerId": customer, "status": "open"]])
        }

        let now = try await openOrders(of: 7, in: database)
        let later = try await database.withTransaction { transaction in
            try await transaction.execute("update orders set status = 'open' where id = \(12)")
            return try await openOrders(of: 7, in: transaction)  // sees what isn't committed yet
        }
        _ = database
        _ = now
        _ = later
    }
}

extension Snippets {
    @Sendable static func transactions3(_ given: Given) async throws {
        let database: Database = given.database
        try await database.withTransaction { transaction in
            do {
                try await transaction.withTransaction { inner in
                    try await inner.execute("insert into category (id, name) values (\(1), \("Books"))")
                }
            } catch let error as PostgresError where error.sqlState == "23505" {
                // There already; the outer transaction goes on.
            }
            let category = try await transaction.findById("Category", id: 1)
            print(category.count)
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func transactions4(_ given: Given) async throws {
        let database: Database = given.database
        try await database.withRetryingTransaction(isolation: .serializable) { transaction in
            guard try await transaction.count("Order", where: ["status": "open"]).count < 10 else { return }
            try await transaction.execute("insert into orders values (\(9_000_000), \(7), 'open', 0, now())")
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func writing1(_ given: Given) async throws {
        let database: Database = given.database
        let category = try await database.create("Category", ["id": 90, "name": "Maps"])
        let product = try await database.createRelated(
            "Category", id: 90, relation: "products", ["id": 9000, "name": "The moon", "sku": "MAP-1", "price": 12.5])
        try await database.updateById("Order", id: 3, ["status": "paid"], filter: ["include": "items"])
        print(category.count, String(decoding: try product.json(), as: UTF8.self))
        _ = database
        _ = category
        _ = product
    }
}

extension Snippets {
    @Sendable static func writing2(_ given: Given) async throws {
        let database: Database = given.database
        try await database.updateById("Order", id: 3, ["$inc": ["total": 5]])
        _ = database
    }
}

extension Snippets {
    @Sendable static func writing5(_ given: Given) async throws {
        let database: Database = given.database
        do {
            try await database.createAll("Review", [["stars": "many"], ["nope": 1]])
        } catch let error as ValidationError {
            for problem in error.problems { print(problem.path, problem.code.rawValue, problem.message) }
        }
        _ = database
    }
}

extension Snippets {
    @Sendable static func writing6(_ given: Given) async throws {
        let database: Database = given.database
        let moon = try await database.findOrCreateRelated(
            "Category", id: 90, relation: "products", filter: ["where": ["sku": "MAP-1"]],
            ["id": 9000, "name": "The moon", "sku": "MAP-1", "price": 12.5])
        print(moon.isCreated, String(decoding: try moon.record.firstJSON(), as: UTF8.self))
        _ = database
        _ = moon
    }
}

extension Snippets {
    @Sendable static func writing7(_ given: Given) async throws {
        let orders = RelationDefinition.hasMany("orders", "Order").with(properties: { customer, data in
            ["label": .string("\(customer["name"].text ?? ""): \(data["total"] ?? 0)")]
        })
        _ = orders
    }
}

extension Snippets {
    @Sendable static func writing8(_ given: Given) async throws {
        let database: Database = given.database
        let category = try await database.createGraph("Category", [
            "id": 91, "name": "Charts",
            "products": [["id": 9101, "name": "The sea", "sku": "SEA-2", "price": 9]],
        ])
        try await database.updateGraph("Category", id: 91, [
            "name": "Sea charts", "products": ["update": [["id": 9101, "price": 12]], "connect": [1]],
        ])
        _ = database
        _ = category
    }
}

extension Snippets {
    @Sendable static func writing9(_ given: Given) async throws {
        let database: Database = given.database
        let read = try await database.findById("Category", id: 1, filter: ["include": "products"])
        let before = try JSONValue(parsing: try read.firstJSON())
        let after: JSONValue = ["id": 1, "name": "Maps and charts", "products": before["products"] ?? []]
        let saved = try await database.save("Category", after, comparedWith: before)
        print(saved.created, saved.updated, saved.deleted)
        _ = database
        _ = read
        _ = before
        _ = after
        _ = saved
    }
}

extension Snippets {
    @Sendable static func writing10(_ given: Given) async throws {
        let database: Database = given.database
        let explanation = try await database.explain { session in
            try await session.createRelated("Customer", id: 3, relation: "profile", ["bio": "Sails."])
        }
        print(explanation.tree.text())   // also .json, .mermaid() and .svg()
        _ = database
        _ = explanation
    }
}
