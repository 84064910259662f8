// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Kinship
import KinshipREST
import TestSupport
import Testing

/// What limits, turns and triggers that go away mean for a stream of changes.
@Suite(.timeLimit(.minutes(3))) struct ChangeStreamLimitTests {
    private static let tables = """
        CREATE TABLE item (id integer PRIMARY KEY, x integer);
        INSERT INTO item SELECT generate_series(1, 60);
        """

    private static func models() throws -> [ModelDefinition] {
        let scopes: [(String, JSONValue)] = [
            ("Item", ["order": "id DESC", "limit": 20]), ("Later", ["order": "id", "skip": 5]),
        ]
        return try scopes.map { name, scope in
            try ModelDefinition(
                [
                    "name": .string(name), "options": ["postgresql": ["table": "item"]], "scope": scope,
                    "properties": ["id": ["type": "number", "id": true], "x": "number"],
                ], file: nil)
        }
    }

    /// A default scope's limit is about lists: it leaves no change out.
    @Test func limitsOfScopesSwallowNoChanges() async throws {
        try await ServedDatabase.run(own: (Self.tables, try Self.models())) { _ in
        } _: { served in
            try await served.database.installChangeTriggers()
            for path in ["/api/Items/change-stream", "/api/Laters/change-stream"] {
                try await served.made.run("DELETE FROM item WHERE id = 1000")
                try await served.client.withConnection { connection in
                    let reader = try await EventReader.open(connection, path)
                    try await served.made.run("UPDATE item SET x = 1 WHERE id <= 50")
                    try await served.made.run("INSERT INTO item VALUES (1000)")
                    let told = try await reader.events(until: #"data {"target":1000,"#)
                    #expect(Set(told.map { $0.prefix { $0 != "," } }).count == 51, "\(path): \(told)")
                    #expect(told.allSatisfy { $0.hasPrefix("data ") }, "\(path): \(told)")
                }
            }
        }
    }

    /// `.max` is no limit at all, and nothing that is added to it ends the process.
    @Test func limitsMayBeAsLargeAsNumbersAre() async throws {
        try await ChangeWorld.run {
            $0.limits.filter = FilterLimits(depth: .max, nodes: .max, listLength: .max, bytes: .max)
            $0.limits.heartbeat = .seconds(Int64.max)
            $0.limits.time = .seconds(Int64.max)
        } _: { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Books/change-stream")
                try await served.made.run("INSERT INTO book (id, title) VALUES (1, 'x')")
                #expect(try await reader.events(1).first?.hasPrefix(#"data {"target":1,"#) == true)
            }
        }
    }

    /// Who waits for the database, or for a turn to ask it, gives signs of life all the same.
    @Test func signsOfLifeGoOnWhileStreamsWait() async throws {
        try await ChangeWorld.run {
            $0.limits.changeReads = 1
            $0.limits.heartbeat = .milliseconds(50)
        } _: { served in
            try await served.made.run("INSERT INTO book (id, title) VALUES (1, 'x'); INSERT INTO word VALUES ('w')")
            try await served.client.withConnection { first in
                try await served.client.withConnection { second in
                    let books = try await EventReader.open(first, "/api/Books/change-stream")
                    let words = try await EventReader.open(second, "/api/Words/change-stream")
                    try await served.database.withTransaction { transaction in
                        try await transaction.execute("LOCK TABLE book, word IN ACCESS EXCLUSIVE MODE")
                        try await served.made.run(
                            """
                            SELECT pg_notify('kinship_changes', p) FROM unnest(ARRAY['["public","book","update",{"id":1}]',
                                '["public","word","update",{"word":"w"}]']) AS p
                            """)
                        for _ in 0..<40 {
                            let pieces = [try await books.take("\n\n"), try await words.take("\n\n")]
                            #expect(pieces.allSatisfy { $0.hasSuffix(": \n\n") && !$0.contains("event") }, "\(pieces)")
                        }
                    }
                    // What has waited is told.
                    #expect(
                        try await books.events(1) == [
                            #"data {"target":1,"data":{"id":1,"title":"x","owner":null},"type":"update"}"#
                        ])
                    #expect(
                        try await words.events(1) == [
                            #"data {"target":"w","data":{"word":"w","note":null,"gone":null},"type":"update"}"#
                        ])
                }
            }
        }
    }

    @Test func streamsEndWhereNothingTellsAnyMore() async throws {
        try await ChangeWorld.run { served in
            served.database.lookAtChangeTriggers(every: .milliseconds(50))
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Books/change-stream")
                #expect(try await served.database.removeChangeTriggers(of: ["Book"]) == ["public.book"])
                let last = try await reader.events(1)
                #expect(
                    last.first?.hasPrefix("error ") == true && last.first?.contains("CHANGES_NOT_INSTALLED") == true,
                    "\(last)")
            }
            #expect(await eventually { served.service.changeStreams == 0 })
        }
    }
}
#endif
