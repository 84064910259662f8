// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import TestSupport
import Testing

/// Cancelled at each of its suspensions in turn, an operation leaves nothing behind: no connection in use, no statement on the
/// server, and of a change all or nothing.
@Suite(.serialized, .timeLimit(.minutes(4))) struct CancelEverywhereTests {
    struct Work: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var run: @Sendable (Database) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (Database) async throws -> Void) {
            (testDescription, self.run) = (name, run)
        }
    }

    /// Changes make or change an account and a movement together.
    private static let all = [
        Work("a stream") { for try await _ in try $0.stream("Movement", batchSize: 9) {} },
        Work("a stream with included records") { database in
            for try await _ in try database.stream("Owner", filter: Bank.tree, batchSize: 1).records {}
        },
        Work("a stream of which the rest is not wanted") { database in
            for try await _ in try database.stream("Account", filter: ["include": "movements"], batchSize: 2) { break }
        },
        Work("a stream in a transaction") { database in
            try await database.withTransaction { transaction in
                for try await _ in try transaction.stream("Account", batchSize: 5) {}
            }
        },
        Work("a stream with hooks") { database in
            for try await _ in try database.stream("Account", filter: ["include": "movements"], batchSize: 5) {}
        },
        Work("an export") { database in
            for try await _ in try database.exportRecords(of: "Account", format: .csv, batchSize: 5) {}
        },
        Work("a tree") { _ = try await $0.find("Owner", filter: Bank.tree) },
        Work("a tree by functions") { _ = try await $0.find("Owner", filter: ["include": "named"]) },
        Work("a graph") { database in
            try await database.createGraph(
                "Account", ["id": 1000, "ownerId": 2, "balance": 5, "movements": [["id": 1000], ["id": 1001]]])
        },
        Work("a change of two") { database in
            try await database.withTransaction { transaction in
                try await transaction.create("Account", ["id": 1000, "balance": 5])
                try await transaction.withTransaction { inner in
                    try await inner.createRelated(
                        "Account", id: 1000, relation: "movements", [["id": 1000], ["id": 1001]])
                }
            }
        },
        Work("a set") { try await $0.setRelated("Owner", id: 1, relation: "accounts", keys: [1, 2, 3]) },
    ]

    @Test(arguments: all, CancellingExecutor.Moment.allCases)
    func nothingIsLeftBehind(_ work: Work, _ moment: CancellingExecutor.Moment) async throws {
        let number = Self.all.firstIndex { $0.testDescription == work.testDescription } ?? 0
        let hooks = work.testDescription == "a stream with hooks" ? Self.hooks : Hooks()
        try await Bank.with("cancelled_\(number)_\(moment)", connections: 2, hooks: hooks) { bank in
            var cancelled = 0
            for place in 0..<300 {
                let executor = CancellingExecutor(at: place, moment)
                let error = await executor.run { try await work.run(bank.database) }
                if let error {
                    #expect(error is CancellationError, "at \(place): \(error)")
                    cancelled += 1
                }
                #expect(await eventually { Self.isIdle(bank.database.pool.status) }, "at \(place)")
                // Both, with two movements, or none.
                let made = try await bank.number(
                    """
                    SELECT (SELECT count(*) FROM account WHERE id = 1000) * 2
                        - (SELECT count(*) FROM movement WHERE account_id = 1000)
                    """)
                #expect(made == 0, "at \(place)")
                let owned = try await bank.number("SELECT count(*) FROM account WHERE owner_id = 1")
                #expect([3, 4].contains(owned), "at \(place): \(owned)")
                try await bank.server.run(
                    """
                    DELETE FROM movement WHERE id >= 1000;
                    DELETE FROM account WHERE id >= 1000;
                    UPDATE account SET owner_id = 1 + id % 3;
                    """)
                // It came to its end before it was to be cancelled.
                if executor.resumptions <= place { break }
                #expect(place < 299)
            }
            #expect(cancelled > (moment == .resuming ? 1 : 0))
        }
    }

    /// A stream waits for nothing that it can't leave: not for a hook that decides which records there are, either, nor for one that
    /// looks at a batch.
    @Test(arguments: [true, false]) func aHookKeepsNobodyWhoIsCancelled(_ decides: Bool) async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        @Sendable func waitLong() async throws {
            begin.yield()
            defer { end.yield() }
            try await Task.sleep(for: .seconds(300))
        }
        var hooks = Hooks()
        if decides {
            hooks.access("Account") { _ in try await waitLong() }
        } else {
            hooks.loaded("Account") { _ in try await waitLong() }
        }
        try await Bank.with("cancelled_hook_\(decides)", connections: 1, hooks: hooks) { bank in
            let task = Task { for try await _ in try bank.database.stream("Account", batchSize: 5) {} }
            for await _ in begun { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // Nobody wants what it would have said.
            for await _ in ended { break }
            #expect(await eventually { Self.isIdle(bank.database.pool.status) })
            let owners = try await bank.database.find("Owner")
            #expect(owners.count == 3)
        }
    }

    /// They take a moment each.
    private static let hooks: Hooks = {
        var hooks = Hooks()
        hooks.access("Account") { access in access.narrow(["id": ["gt": 0]]) }
        hooks.access("Movement") { access in
            try await Task.sleep(for: .microseconds(100))
            access.narrow(["id": ["gt": 0]])
        }
        hooks.loaded("Account") { _ in try await Task.sleep(for: .microseconds(100)) }
        return hooks
    }()

    private static func isIdle(_ status: PoolStatus) -> Bool { status.leased + status.preparing == 0 }
}
