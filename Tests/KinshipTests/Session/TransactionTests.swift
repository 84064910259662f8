// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// What operations in a transaction see.
@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    @Test func `Two finds in a transaction see one snapshot`() async throws {
        try await Bank.with("snapshot") { bank in
            let counts = try await bank.database.withTransaction(isolation: .repeatableRead, readOnly: true) { tx in
                let before = try await tx.find("Account").count
                try await bank.server.run("INSERT INTO account VALUES (100, 1, 5)")
                let after = try await tx.find("Account", filter: ["include": "owner"]).count
                let outside = try await bank.database.count("Account").count
                return [before, after, Int(outside)]
            }
            #expect(counts == [12, 12, 13])
            // By default each statement sees what was committed before it.
            let committed = try await bank.database.withTransaction { tx in
                let before = try await tx.count("Account").count
                try await bank.server.run("INSERT INTO account VALUES (101, 1, 5)")
                return try await tx.count("Account").count - before
            }
            #expect(committed == 1)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `Every operation sees what its transaction has not committed`(strategy: Strategy) async throws {
        try await Bank.with("uncommitted_\(strategy)", trees: TreeOptions(strategy: strategy)) { bank in
            try await bank.database.withTransaction { tx in
                try await tx.execute("insert into owner values (\(9), 'Zoe')")
                try await tx.connection.execute("insert into account values (\(90), \(9), 7)")
                let trip = try await tx.find("Owner", filter: ["where": ["id": 9], "include": "accounts"])
                #expect(
                    try bank.text(trip) == #"[{"id":9,"name":"Zoe","accounts":[{"id":90,"ownerId":9,"balance":7}]}]"#)
                #expect(try await tx.find("Owner", filter: #"{"where": {"id": 9}}"#).count == 1)
                #expect(try await tx.find("Owner", filter: FilterRequest().where(Field("id") == 9)).count == 1)
                #expect(try await tx.find("Owner", scopes: ["first"]).count == 1)
                #expect(try await tx.findOne("Owner", filter: ["order": "id DESC", "fields": "name"]).count == 1)
                #expect(try await tx.findById("Owner", id: 9).count == 1)
                #expect(try await tx.findByIds("Owner", ids: [9, 1]).count == 2)
                #expect(try await tx.count("Owner").count == 4)
                #expect(try await tx.exists("Owner", id: 9).count == 1)
                #expect(try await tx.related("Owner", id: 9, relation: "accounts").count == 1)
                #expect(try await tx.relatedCount("Owner", id: 9, relation: "accounts").count == 1)
                #expect(try await tx.relatedFindById("Owner", id: 9, relation: "accounts", key: 90).count == 1)
                #expect(try await tx.relatedExists("Owner", id: 9, relation: "accounts", key: 90).count == 1)
                #expect(try await tx.find("Owner", filter: ["include": "named"]).count == 4)
                #expect(try await tx.unscoped.with(trees: tx.trees).count("Owner").count == 4)
                #expect(try tx.plan("Owner", filter: Bank.tree).strategy == strategy)
                for analysis in Explanation.Analysis.allCases {
                    let explained = try await tx.explain("Owner", filter: Bank.tree, analyze: analysis)
                    #expect(explained.serverPlans.count == (analysis == .server ? 3 : 0))
                }
                // Nobody else does.
                #expect(try await bank.database.exists("Owner", id: 9).count == 0)
            }
            #expect(try await bank.database.exists("Owner", id: 9).count == 1)
            #expect(bank.log.lines.isEmpty, "\(bank.log.lines)")
        }
    }

    @Test func `A consistent tree begins no transaction of its own in a caller's`() async throws {
        for strategy in Strategy.allCases {
            let trees = TreeOptions(strategy: strategy, snapshot: .consistent)
            try await Bank.with("consistent_\(strategy)", trees: trees) { bank in
                let requests = RecordingLog()
                let wanted = try bank.text(try await bank.database.find("Owner", filter: Bank.tree))
                let session = bank.database.with(logger: requests.logger)
                try await session.withTransaction(isolation: .repeatableRead) { tx in
                    let graph = try await tx.find("Owner", filter: Bank.tree)
                    #expect(try bank.text(graph) == wanted)
                    #expect(graph.statistics.statements == 3)
                    #expect(graph.statistics.roundTrips == (strategy == .oneTrip ? 1 : 3))
                    _ = try await tx.find("Owner", filter: ["include": "named"])
                }
                let lines = requests.lines.filter { line in
                    ["sql=BEGIN", "sql=SAVEPOINT", "sql=COMMIT", "sql=ROLLBACK"].contains { line.contains($0) }
                }
                #expect(lines.count == 1 && lines[0].hasSuffix("sql=COMMIT"), "\(lines)")
            }
        }
    }

    @Test func `Streams run in the transaction, several at once, and leave no cursor`() async throws {
        try await Bank.with("streams", connections: 1) { bank in
            try await bank.database.withTransaction { tx in
                try await tx.execute("insert into account values (\(90), \(1), 7)")
                var seen: [Int] = []
                for try await outer in try tx.stream("Owner", filter: Bank.tree, batchSize: 2) {
                    seen.append(outer.count)
                    var inner = 0
                    for try await batch in try tx.stream("Account", batchSize: 5) { inner += batch.count }
                    #expect(inner == 13)
                    #expect(try await tx.count("Account").count == 13)
                }
                #expect(seen == [2, 1])
                // A batch that is full is the last one only when the next one is empty.
                var full: [Int] = []
                for try await batch in try tx.stream("Owner", batchSize: 3) { full.append(batch.count) }
                #expect(full == [3])
                let cursors = try await tx.execute("select count(*) from pg_cursors where name like 'kinship%'")
                #expect(try cursors.decode(Int64.self, row: 0, column: 0) == 0)
                try await tx.execute("alter table account add column note text")
            }
        }
    }

    @Test func `A stream is pulled in its transaction or not at all`() async throws {
        try await Bank.with("late_stream") { bank in
            var iterator = try await bank.database.withTransaction { tx in
                var iterator = try tx.stream("Account", batchSize: 5).makeAsyncIterator()
                #expect(try await iterator.next(isolation: nil)?.count == 5)
                return iterator
            }
            let error = await #expect(throws: PostgresError.self) { try await iterator.next(isolation: nil) }
            #expect(error?.code == .misuse)
            #expect(try await iterator.next(isolation: nil) == nil)
        }
    }

    @Test func `A filter's wrong value is told as one, and the transaction has failed`() async throws {
        try await Bank.with("values", setUp: "ALTER TABLE owner ADD COLUMN note text;") { bank in
            let error = await #expect(throws: PlannerError.self) {
                try await bank.database.withTransaction { tx in
                    try await tx.find("Owner", filter: ["where": ["name": ["regexp": "(?<=a*)b("]]])
                }
            }
            #expect(error?.operator == "regexp")
        }
    }
}
