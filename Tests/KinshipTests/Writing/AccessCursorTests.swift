// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// A cursor that names a record which an access hook hides learns nothing of what is in it: it is a place as if the record were gone.
@Suite struct AccessCursorTests {
    private func world(_ name: String, _ narrowed: JSONValue) async throws -> WritingWorld {
        var hooks = Hooks()
        hooks.access("Memo") { $0.narrow(narrowed) }
        return try await WritingWorld(
            name,
            models: [
                """
                {"name": "Memo", "properties": {"id": {"type": "number", "id": true}, "owner": "string", "at": "date",
                 "text": {"type": "object", "postgresql": {"dataType": "text"}},
                 "doc": {"type": "object", "postgresql": {"dataType": "jsonb"}}},
                 "relations": {"keeper": {"type": "belongsTo", "model": "Keeper", "foreignKey": "owner"}}}
                """,
                #"{"name": "Keeper", "properties": {"id": {"type": "string", "id": true}, "mine": "boolean"}}"#,
            ], hooks: hooks,
            sql: """
                CREATE TABLE keeper (id text PRIMARY KEY, mine bool); INSERT INTO keeper VALUES ('me', true), ('you', false);
                CREATE TABLE memo (id int PRIMARY KEY, owner text, at timestamptz, text text, doc jsonb);
                INSERT INTO memo VALUES
                    (1, 'me', '2026-01-01 00:00:00.000200Z', '{"n": 3}', '{"n": 3}'),
                    (2, 'you', '2026-01-01 00:00:00.000500Z', '{"n": 5}', '{"n": 5}'),
                    (3, 'me', '2026-01-01 00:00:00.000700Z', '{"n": 7}', '{"n": 7}');
                """)
    }

    /// Each is asked with the hidden record's key, and with one that nobody has.
    @Test(
        arguments: [
            (["owner": "me"], "hook"), (["keeper": ["is": ["mine": true]]], "related"),
        ] as [(JSONValue, String)])
    func aHiddenRecordIsNoPlace(_ narrowed: JSONValue, _ name: String) async throws {
        let world = try await world("access_cursor_\(name)", narrowed)
        let values: [(order: String, key: String, value: JSONValue)] = [
            ("text", "text", ["n": 0]), ("text", "text", .null), ("at", "at", "2026-01-01T00:00:00.000Z"),
            ("doc.n", "doc.n", 5), ("doc", "doc", .null),
        ]
        for value in values {
            for side in ["after", "before"] {
                func ids(_ id: Int) async throws -> String {
                    let filter: JSONValue = .object([
                        .init("fields", ["id"]), .init("order", .string(value.order)), .init("limit", 5),
                        .init(side, .object([.init(value.key, value.value), .init("id", .number(String(id)))])),
                    ])
                    return try await world.database.find("Memo", filter: filter).text
                }
                let place: Comment = "\(side) \(value.value) of \(value.key)"
                // Beside a key above all and one below all, for it counts where all else is equal.
                let (hidden, below, above) = (try await ids(2), try await ids(-1), try await ids(1_000))
                #expect(hidden == below || hidden == above, place)
            }
        }
        // One that is there is a place still.
        let shown = try await world.database.find(
            "Memo", filter: ["fields": ["id"], "order": "text", "limit": 5, "after": ["text": ["n": 0], "id": 1]])
        #expect(try shown.text == #"[{"id":3}]"#)
        await world.database.close()
    }
}
