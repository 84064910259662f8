// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// How much memory trees take.
@Suite struct GraphMemoryTests {
    private static let definitions = [
        """
        {"name": "Crate", "properties": {"id": {"type": "number", "id": true}},
         "relations": {"screws": {"type": "hasMany", "model": "Screw", "foreignKey": "crate"}}}
        """,
        """
        {"name": "Screw", "properties": {"id": {"type": "number", "id": true}, "crate": {"type": "number"},
            "length": {"type": "number"}, "kind": {"type": "string"}}}
        """,
    ]

    /// The bytes of a row set's `DataRow` messages: a type, a length and a count, then for each cell its length and bytes.
    private func wireSize(_ rows: RowSet) -> Int {
        var size = rows.count * 7
        for row in 0..<rows.count {
            for column in 0..<rows.columnCount { size += 4 + (rows.bytes(row: row, column: column)?.count ?? 0) }
        }
        return size
    }

    @Test func `A tree of a million children takes three times its bytes on the wire at most`() async throws {
        let test = try await TestDatabase.named("graph_memory")
        // Children of one parent don't come one after the other, which takes the most room.
        try await test.run(
            """
            CREATE UNLOGGED TABLE crate (id int);
            CREATE UNLOGGED TABLE screw (id int, crate int, length numeric, kind text);
            INSERT INTO crate SELECT generate_series(1, 1000);
            INSERT INTO screw SELECT n, n % 1000 + 1, (n % 500) / 10.0, 'kind ' || n % 7 FROM generate_series(1, 1000000) n;
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(maximumConnections: 1))
        let graph = try await database.find("Crate", filter: ["include": "screws"])
        await database.close()
        let rows = graph.plan.nodes.compactMap { graph.rows(of: $0) }
        #expect(rows.map(\.count) == [1000, 1_000_000])
        #expect(graph.related(1, toParentRow: 41).count == 1000)
        let wire = rows.reduce(0) { $0 + wireSize($1) }
        let results = rows.reduce(0) { $0 + $1.memorySize }
        // The numbers of a thousand parents' keys, the beginnings of their runs, and a million rows.
        #expect(graph.memorySize - results >= 4 * (1000 + 1000 + 1_000_000))
        #expect(graph.memorySize <= 3 * wire, "\(graph.memorySize) bytes for \(wire)")
    }
}
