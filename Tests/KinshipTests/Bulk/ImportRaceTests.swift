// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

/// Records that somebody else makes or changes while an import runs.
@Suite struct ImportRaceTests {
    private static let rows =
        "INSERT INTO person (id, name, status, revision) VALUES (1, 'Ada', 'new', 1);"
    private static let models = [
        """
        {"name": "Counted", "options": {"postgresql": {"table": "person"}}, "version": "revision",
         "properties": {"id": {"type": "number", "id": true}, "name": "string", "revision": "number"}}
        """,
        """
        {"name": "Newcomer", "options": {"postgresql": {"table": "person"}}, "scope": {"where": {"status": "new"}},
         "properties": {"id": {"type": "number", "id": true}, "name": "string", "status": "string"}}
        """,
    ]

    @Test(arguments: [
        ("Counted", "INSERT INTO person (id, name, revision) VALUES (2, 'theirs', 9)"),
        ("Newcomer", "INSERT INTO person (id, name, status) VALUES (2, 'theirs', 'old')"),
    ])
    func `What somebody else makes meanwhile is told, and not passed over`(model: String, sql: String)
        async throws
    {
        for policy in [ErrorPolicy.fail, .collect(limit: 1)] {
            let world = try await BulkWorld(
                "race_\(model)_\(policy == .fail)".lowercased(), sql: Self.rows, models: Self.models)
            let text =
                "{\"id\": 1, \"name\": \"x\", \"revision\": 1}\n{\"id\": 2, \"name\": \"y\", \"revision\": 1}\n{\"id\": 3, \"name\": \"z\", \"revision\": 1}"
            let connection = try await Connection.connect(
                ConnectionConfiguration(url: world.test.url), logger: Logger(label: "kinship.tests"))
            try await connection.execute("BEGIN")
            try await connection.execute(Statement(sql))
            async let told = Self.told(world, text, into: model, policy)
            try await world.waitForLock()
            try await connection.execute("COMMIT")
            #expect(await told == "2 CONFLICT id")
            #expect(
                try await world.rows("SELECT id, name FROM person ORDER BY id")
                    == (policy == .fail ? "1,Ada;2,theirs" : "1,x;2,theirs;3,z"))
            connection.close()
        }
    }

    /// What is refused, of all of it or of some records.
    private static func told(
        _ world: BulkWorld, _ text: String, into model: String, _ policy: ErrorPolicy
    ) async -> String {
        var rejected: [RejectedRecord] = []
        let all = await refusal {
            let summary = try await world.lines(text, into: model, onConflict: .update, onError: policy)
            #expect((summary.made, summary.updated, summary.skipped) == (1, 1, 0))
            rejected = summary.rejected
            return summary
        }
        return rejected.isEmpty ? all : rejected.map(\.told).joined(separator: "; ")
    }

    @Test func `What a trigger passes over is no conflict`() async throws {
        let world = try await BulkWorld("race_trigger", sql: Self.rows, models: Self.models)
        let text =
            "{\"id\": 1, \"name\": \"x\", \"revision\": 1}\n{\"id\": 2, \"name\": \"passed\", \"revision\": 1}"
        let summary = try await world.lines(text, into: "Counted", onConflict: .update)
        #expect((summary.made, summary.updated, summary.skipped) == (0, 1, 1))
    }
}

extension BulkWorld {
    /// Waits until a session of the database waits for another one.
    fileprivate func waitForLock() async throws {
        for _ in 0..<2000 {
            let waiting = try await test.run(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if waiting != [["0"]] { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("Nobody waits")
    }
}
