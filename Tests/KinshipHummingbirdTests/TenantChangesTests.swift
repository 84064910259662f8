// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// Who listens to changes for one tenant hears of no other one's.
@Suite(.timeLimit(.minutes(3))) struct TenantChangesTests {
    private static let tables = """
        CREATE TABLE doc (id integer PRIMARY KEY, org text, title text, gone timestamptz);
        CREATE TABLE part (org integer, number integer, text text, PRIMARY KEY (org, number));
        CREATE TABLE country (id integer PRIMARY KEY, name text);
        """

    private static func models() throws -> [ModelDefinition] {
        let definitions: [JSONValue] = [
            [
                "name": "Doc", "tenant": "org", "softDelete": "gone",
                "properties": [
                    "id": ["type": "number", "id": true], "org": "string", "title": "string", "gone": "date",
                ],
            ],
            [
                "name": "Part", "tenant": "org",
                "properties": [
                    "org": ["type": "number", "id": 1], "number": ["type": "number", "id": 2], "text": "string",
                ],
            ],
            ["name": "Country", "properties": ["id": ["type": "number", "id": true], "name": "string"]],
        ]
        return try definitions.map { try ModelDefinition($0, file: nil) }
    }

    private func run(
        _ source: TenantSource, _ body: (ServedDatabase) async throws -> Void
    ) async throws {
        try await ServedDatabase.run(own: (Self.tables, try Self.models())) {
            $0.tenant = source
        } _: { served in
            try await served.database.installChangeTriggers()
            try await body(served)
        }
    }

    private func header() throws -> TenantSource { .header(try #require(HTTPField.Name("X-Tenant"))) }

    private func write(
        _ served: ServedDatabase, as tenant: String, _ method: String, _ path: String, _ body: String = ""
    ) async throws {
        let answer = try await served.client.send(
            method, "/api/" + path, [("X-Tenant", tenant), ("Content-Type", "application/json")], body: Array(body.utf8)
        )
        #expect((200...204).contains(answer.status), "\(answer.text)")
    }

    @Test func `Each hears of its own, by whatever way it changes`() async throws {
        try await run(header()) { served in
            let path = "/api/Docs/change-stream"
            for fields in [[], [("X-Tenant", "")], [("X-Tenant", "acme"), ("X-Tenant", "other")]] {
                let answer = try await served.client.send("GET", path, fields)
                #expect(answer.status == 403 && answer.text.contains("TENANT_REQUIRED"), "\(answer.text)")
            }
            try await served.client.withConnection { first in
                try await served.client.withConnection { second in
                    let acme = try await EventReader.open(first, path, [("X-Tenant", "acme")])
                    let other = try await EventReader.open(second, path, [("X-Tenant", "other")])
                    try await write(served, as: "acme", "POST", "Docs", #"{"id": 1, "title": "a"}"#)
                    try await write(served, as: "other", "POST", "Docs", #"{"id": 2, "title": "b"}"#)
                    #expect(
                        try await acme.events(1) == [
                            #"data {"target":1,"data":{"id":1,"org":"acme","title":"a","gone":null},"type":"create"}"#
                        ])
                    #expect(
                        try await other.events(1) == [
                            #"data {"target":2,"data":{"id":2,"org":"other","title":"b","gone":null},"type":"create"}"#
                        ])
                    try await write(served, as: "acme", "PATCH", "Docs/1", #"{"title": "c"}"#)
                    try await write(served, as: "acme", "DELETE", "Docs/1")
                    // Those of nobody are told to nobody.
                    try await served.made.run(
                        "DELETE FROM doc WHERE id = 1; INSERT INTO doc VALUES (3, NULL, 'n'), (4, 'Acme', 'n'), (5, 'acme ', 'n')"
                    )
                    try await write(served, as: "other", "PATCH", "Docs/2", #"{"title": "d"}"#)
                    #expect(
                        try await other.events(1) == [
                            #"data {"target":2,"data":{"id":2,"org":"other","title":"d","gone":null},"type":"update"}"#
                        ])
                    let told = try await acme.events(until: #"data {"target":1,"type":"remove"}"#)
                    #expect(told.allSatisfy { $0.hasPrefix(#"data {"target":1,"#) }, "\(told)")
                    // One that is given to somebody else has gone for the one, and is new for the other.
                    try await served.made.run(
                        "DELETE FROM doc WHERE id IN (3, 4, 5); UPDATE doc SET org = 'acme', title = 'moved'")
                    #expect(try await other.events(1) == [#"data {"target":2,"type":"remove"}"#])
                    let moved = try await acme.events(until: #"data {"target":2,"#)
                    #expect(
                        moved.last?.contains(#""title":"moved""#) == true && moved.last?.contains("create") == true,
                        "\(moved)")
                    // By hand: what says of no tenant is a gap, and what says the wrong one tells nothing that wasn't known.
                    try await served.made.run(
                        """
                        INSERT INTO doc VALUES (9, 'other', 'secret');
                        SELECT pg_notify('kinship_changes', p) FROM unnest(ARRAY['["public","doc","update",{"id":9}]',
                            '["public","doc","update",{"id":9,"org":"acme"}]', '["public","doc","update",{"id":9,"org":["acme"]}]']) AS p;
                        INSERT INTO doc VALUES (10, 'acme', 'mark'), (11, 'other', 'mark')
                        """)
                    let forged = try await acme.events(until: #"data {"target":10,"#).filter {
                        !$0.contains(#"{"target":1,"#)
                    }
                    #expect(
                        forged.contains(#"gap {"reason":"many"}"#) && !forged.description.contains("secret"),
                        "\(forged)")
                    #expect(
                        forged.allSatisfy {
                            !$0.contains(#""target":9"#) || $0 == #"data {"target":9,"type":"remove"}"#
                        },
                        "\(forged)")
                    // What was ahead of a gap may be left out, for who hears of one reads anew.
                    let own = try await other.events(until: #"data {"target":11,"#)
                    #expect(own.contains { $0.contains("secret") || $0 == #"gap {"reason":"many"}"# }, "\(own)")
                    // How many have changed isn't told by whose they are.
                    try await served.made.run(
                        "INSERT INTO doc SELECT g, 'other', 't' FROM generate_series(100, 1200) AS g")
                    #expect(try await acme.events(1) == [#"gap {"reason":"many"}"#])
                }
            }
        }
    }

    @Test func `A key may have the tenant in it, and records may be everybody's`() async throws {
        try await run(header()) { served in
            try await served.client.withConnection { first in
                let one = try await EventReader.open(first, "/api/Parts/change-stream", [("X-Tenant", "1")])
                try await served.made.run(
                    "INSERT INTO part VALUES (2, 1, 'x'), (1, 1, 'y'); DELETE FROM part WHERE org = 2; UPDATE part SET text = 'z'"
                )
                let told = try await one.events(until: #"data {"target":{"org":1,"number":1},"#)
                #expect(told.count == 1, "\(told)")
                try await served.made.run("DELETE FROM part")
                #expect(
                    try await one.events(until: #"data {"target":{"org":1,"number":1},"type":"remove""#)
                        .allSatisfy { $0.contains(#""org":1"#) })
            }
            try await served.client.withConnection { second in
                let all = try await EventReader.open(second, "/api/Countries/change-stream", [("X-Tenant", "1")])
                try await served.made.run("INSERT INTO country VALUES (1, 'Chile'); DELETE FROM country")
                #expect(try await all.events(until: #"data {"target":1,"type":"remove"}"#).count <= 2)
            }
        }
    }

    /// Whose records are meant is decided anew for each batch, as everything else.
    @Test func `A stream ends when who asks belongs to another tenant`() async throws {
        let tenant = Mutex<JSONValue>("acme")
        let source = TenantSource { _, _, _ in tenant.withLock { $0 } }
        try await run(source) { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(
                    connection, "/api/Docs/change-stream", [("Connection", "close")])
                tenant.withLock { $0 = "other" }
                try await served.made.run("INSERT INTO doc VALUES (1, 'acme', 'x'), (2, 'other', 'y')")
                let told = try await reader.events(1)
                #expect(
                    told.first?.hasPrefix("error ") == true && told.first?.contains("TENANT_MISMATCH") == true,
                    "\(told)")
            }
        }
    }

    @Test func `Programs hear of one tenant's changes, or of all on purpose`() async throws {
        try await run(header()) { served in
            let database = served.database
            for session in [database, database.tenant(.null), database.tenant(["acme"])] {
                var events = session.changes(of: "Doc").makeAsyncIterator()
                await #expect {
                    _ = try await events.next()
                } throws: {
                    ($0 as? PlannerError)?.code == .tenantRequired
                }
            }
            var acme = database.tenant("acme").changes(of: "Doc").makeAsyncIterator()
            var all = database.withoutTenant(reason: "a test").changes(of: "Doc").makeAsyncIterator()
            #expect(try await acme.next() == .gap(.started))
            #expect(try await all.next() == .gap(.started))
            try await served.made.run(
                """
                INSERT INTO doc VALUES (1, 'other', 'x'); INSERT INTO doc VALUES (2, 'acme', 'y'); UPDATE doc SET org = 'acme' WHERE id = 1;
                DELETE FROM doc WHERE id = 2
                """)
            var heard: [String] = []
            while heard.count < 3, case .change(let change)? = try await acme.next() {
                heard.append("\(change.kind) \(change.key)")
            }
            #expect(heard == ["create 2", "create 1", "remove 2"])
            heard = []
            while heard.count < 5, case .change(let change)? = try await all.next() {
                heard.append("\(change.kind) \(change.key)")
            }
            #expect(heard == ["create 1", "create 2", "remove 1", "create 1", "remove 2"])
        }
    }
}
#endif
