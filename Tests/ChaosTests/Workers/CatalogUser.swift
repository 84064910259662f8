// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import TestSupport

/// Uses prepared statements of a table whose definition changes all the time.
struct CatalogUser: Worker {
    let client: Client

    func step(_ random: inout SeededRandom) async {
        let ids = (0..<random.number(1...4)).map { _ in Int32(random.number(1...Tables.changing)) }
        let way = random.number(0...2)
        let client = client
        _ = await client.perform(
            "changing table", statements: ids.count + 1, cancelledAfter: client.cancellation(once: 8, &random)
        ) {
            func statement(_ id: Int32) throws -> Statement {
                try Statement("select * from changing where id = \(id)" as SQL)
            }
            switch way {
            case 0:
                for id in ids { look(at: try await client.pool.execute(try statement(id)), id) }
            case 1:
                let results = try await client.pool.pipeline(try ids.map(statement))
                for (rows, id) in zip(results, ids) { look(at: rows, id) }
            default:
                try await client.pool.withConnection { connection in
                    try await connection.withTransaction { connection in
                        for id in ids { look(at: try await connection.execute(try statement(id)), id) }
                    }
                }
            }
        }
    }

    private func look(at rows: RowSet, _ id: Int32) {
        let found = [
            try? rows.decode(Int64.self, row: 0, column: "id"), try? rows.decode(Int64.self, row: 0, column: "value"),
        ]
        client.history.saw(
            found == [Int64(id), Question.mixed(Int64(id))] && rows.count == 1
                ? nil : Finding(.swapped, "row \(id) of a changing table is \(found)"))
    }
}
