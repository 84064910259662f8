// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import Logging
internal import RelationPlanner

/// Library and floor write the same rows in turn.
struct WriteComparison {
    /// How much is written.
    struct Size {
        var singles = 10_000
        var many = 10_000
        var orders = 100
        var items = 10
        var copied = 1_000_000

        static let quick = Size(singles: 400, many: 1_000, orders: 20, items: 10, copied: 20_000)
    }

    /// Both sides' times of one workload.
    struct Result {
        var workload: WriteWorkload
        var library = Samples()
        var floor = Samples()

        var ratio: Double { library.medianWall / floor.medianWall }
    }

    private static let tables = ["customers", "orders", "items"]
    private static let definitions = [
        """
        {"name": "WrittenCustomer", "options": {"postgresql": {"table": "kinship_write_customers"}},
         "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string", "required": true}},
         "relations": {"orders": {"type": "hasMany", "model": "WrittenOrder", "foreignKey": "customerId"}}}
        """,
        """
        {"name": "WrittenOrder", "options": {"postgresql": {"table": "kinship_write_orders"}},
         "properties": {"id": {"type": "number", "id": true}, "customerId": {"type": "number", "required": true, "postgresql": {"columnName": "customer_id"}},
          "total": {"type": "number", "required": true}, "tax": {"type": "number", "required": true}, "status": {"type": "string", "required": true},
          "description": {"type": "string", "required": true}, "createdAt": {"type": "date", "required": true, "postgresql": {"columnName": "created_at"}}},
         "relations": {"items": {"type": "hasMany", "model": "WrittenItem", "foreignKey": "orderId"}}}
        """,
        """
        {"name": "WrittenItem", "options": {"postgresql": {"table": "kinship_write_items"}},
         "properties": {"id": {"type": "number", "id": true}, "orderId": {"type": "number", "required": true, "postgresql": {"columnName": "order_id"}},
          "productId": {"type": "number", "required": true, "postgresql": {"columnName": "product_id"}}, "quantity": {"type": "number", "required": true},
          "price": {"type": "number", "required": true}}}
        """,
    ]

    let connection: ConnectionConfiguration
    let size: Size
    let runs: Int

    /// Measures some workloads, each in turn on both sides, whose rows have to be the same.
    func callAsFunction(_ workloads: [WriteWorkload], progress: ProgressBar) async throws -> [Result] {
        let setup = try await Connection.connect(connection, logger: Logger(label: "kinship-bench"))
        defer { setup.close() }
        try await makeTables(setup)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: connection,
            pool: PoolConfiguration(
                minimumConnections: Benchmark.connections, maximumConnections: Benchmark.connections),
            logger: Logger(label: "kinship-bench"))
        let floor = try WriteFloor(keywords: try connection.keywords(), connections: Benchmark.connections)
        var results: [Result] = []
        for workload in workloads {
            results.append(try await compare(workload, database, floor, setup, progress))
        }
        await database.close()
        for table in Self.tables.reversed() {
            try await setup.execute("DROP TABLE \(identifier: "kinship_write_" + table)")
        }
        return results
    }

    private func makeTables(_ setup: Connection) async throws {
        for text in [
            "SET client_min_messages = warning",
            "DROP TABLE IF EXISTS kinship_write_items, kinship_write_orders, kinship_write_customers",
            "CREATE TABLE kinship_write_customers (id integer PRIMARY KEY, name text NOT NULL)",
            """
            CREATE TABLE kinship_write_orders (id integer PRIMARY KEY, customer_id integer NOT NULL, total double precision NOT NULL,
              tax numeric(12,2) NOT NULL, status text NOT NULL, description text NOT NULL, created_at timestamptz NOT NULL)
            """,
            "CREATE INDEX ON kinship_write_orders (customer_id)",
            """
            CREATE TABLE kinship_write_items (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES kinship_write_orders,
              product_id integer NOT NULL, quantity integer NOT NULL, price double precision NOT NULL)
            """,
            "CREATE INDEX ON kinship_write_items (order_id)",
        ] { try await setup.execute(Statement(text, preparation: .unnamed)) }
    }

    private func compare(
        _ workload: WriteWorkload, _ database: Database, _ floor: WriteFloor, _ setup: Connection,
        _ progress: ProgressBar
    ) async throws -> Result {
        var result = Result(workload: workload)
        let rows = Rows(workload, size)
        // The first run of each side opens plans and isn't counted.
        for run in -1..<runs {
            progress.show(max(run, 0), workload.rawValue)
            var sums: [String] = []
            for isLibrary in run.isMultiple(of: 2) ? [true, false] : [false, true] {
                try await empty(setup)
                let (_, sample) = try await Sample.measure {
                    if isLibrary { try await write(workload, rows, database) } else { try write(workload, rows, floor) }
                }
                sums.append(try await sum(setup))
                guard run >= 0 else { continue }
                if isLibrary { result.library.append(sample) } else { result.floor.append(sample) }
            }
            guard sums[0] == sums[1] else {
                throw BenchmarkError("workload w, \(workload.rawValue): library and floor stored different rows")
            }
        }
        return result
    }

    /// What is written, made before it is measured.
    private struct Rows: Sendable {
        var records: [JSONValue] = []
        var graph: JSONValue = .null
        var lines: [UInt8] = []

        init(_ workload: WriteWorkload, _ size: Size) {
            switch workload {
            case .singles: records = (1...size.singles).map { WrittenRows.order($0) }
            case .many: records = (1...size.many).map { WrittenRows.order($0) }
            case .graph: graph = WrittenRows.graph(7, orders: size.orders, items: size.items)
            case .copy: lines = WrittenRows.lines(1..<size.copied + 1)
            }
        }
    }

    private func empty(_ setup: Connection) async throws {
        try await setup.execute(
            Statement(
                "TRUNCATE kinship_write_customers, kinship_write_orders, kinship_write_items", preparation: .unnamed))
        // What the last run has left to do isn't the next one's; who may not say so measures a little more noise.
        _ = try? await setup.execute(Statement("CHECKPOINT", preparation: .unnamed), timeout: .seconds(600))
    }

    /// What all tables hold, in short.
    private func sum(_ setup: Connection) async throws -> String {
        var sums: [String] = []
        for table in Self.tables {
            let rows = try await setup.execute(
                "SELECT count(*)::text || coalesce(sum(hashtextextended(t::text, 0))::text, '') FROM \(identifier: "kinship_write_" + table) AS t",
                timeout: .seconds(600))
            sums.append(try rows.decode(String.self, row: 0, column: 0))
        }
        return sums.joined(separator: " ")
    }

    private func write(_ workload: WriteWorkload, _ rows: Rows, _ database: Database) async throws {
        switch workload {
        case .singles:
            let next = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Benchmark.tasks {
                    group.addTask {
                        while let index = next.take(below: rows.records.count) {
                            try await database.create("WrittenOrder", rows.records[index])
                        }
                    }
                }
                try await group.waitForAll()
            }
        case .many: try await database.createAll("WrittenOrder", rows.records)
        case .graph: try await database.createGraph("WrittenCustomer", rows.graph)
        case .copy:
            let (next, lines, size) = (Counter(), rows.lines, 256 << 10)
            let source = AsyncStream<[UInt8]>(unfolding: {
                next.take(below: (lines.count + size - 1) / size).map { piece in
                    Array(lines[piece * size..<min((piece + 1) * size, lines.count)])
                }
            })
            try await database.importRecords(
                into: "WrittenOrder", from: source, format: .jsonLines, timeout: .seconds(600))
        }
    }

    private func write(_ workload: WriteWorkload, _ rows: Rows, _ floor: WriteFloor) throws {
        switch workload {
        case .singles: try floor.singles(1, size.singles)
        case .many: try floor.many(1, size.many)
        case .graph: try floor.graph(7, orders: size.orders, items: size.items)
        case .copy: try floor.copy(rows.lines)
        }
    }
}
