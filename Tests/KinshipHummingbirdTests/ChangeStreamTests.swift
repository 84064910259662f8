// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
import KinshipHummingbird
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// `GET /Model/change-stream` over a socket.
@Suite(.timeLimit(.minutes(3))) struct ChangeStreamTests {
    @Test func changesAreToldAsTheyAreCommitted() async throws {
        try await ChangeWorld.run { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Books/change-stream")
                // What is rolled back didn't happen.
                try await served.made.run("BEGIN; INSERT INTO book (id, title) VALUES (90, 'never'); ROLLBACK")
                try await served.made.run("INSERT INTO book (id, title, owner) VALUES (1, 'a\nb', 'ada')")
                #expect(
                    try await reader.events(1) == [
                        #"data {"target":1,"data":{"id":1,"title":"a\nb","owner":"ada"},"type":"create"}"#
                    ])
                _ = try await served.client.send(
                    "PATCH", "/api/Books/1", [("Content-Type", "application/json")], body: Array(#"{"title":"b"}"#.utf8)
                )
                #expect(
                    try await reader.events(1) == [
                        #"data {"target":1,"data":{"id":1,"title":"b","owner":"ada"},"type":"update"}"#
                    ])
                // Of a transaction what has come of it.
                try await served.made.run(
                    """
                    BEGIN; INSERT INTO book (id, title) VALUES (2, 'two'), (3, 'three'); UPDATE book SET title = 'zwei' WHERE id = 2;
                    DELETE FROM book WHERE id = 3; DELETE FROM book WHERE id = 1; INSERT INTO book (id, title) VALUES (1, 'new'); COMMIT;
                    INSERT INTO book (id, title) VALUES (50, 'mark')
                    """)
                let told = try await reader.events(until: #"data {"target":50,"#)
                let last = Dictionary(told.map { ($0.prefix { $0 != "," }, $0) }) { $1 }
                // Whether what comes together is told together is a matter of moments.
                #expect(
                    last.count == 4 && last[#"data {"target":3"#] == #"data {"target":3,"type":"remove"}"#, "\(told)")
                #expect(last[#"data {"target":2"#]?.contains(#""title":"zwei""#) == true, "\(told)")
                #expect(last[#"data {"target":1"#]?.contains(#""title":"new""#) == true, "\(told)")
                try await served.made.run("UPDATE book SET id = 7 WHERE id = 2")
                let moved = try await reader.events(2).sorted()
                #expect(
                    moved == [
                        #"data {"target":2,"type":"remove"}"#,
                        #"data {"target":7,"data":{"id":7,"title":"zwei","owner":null},"type":"create"}"#,
                    ])
                try await served.made.run("DELETE FROM book")
                #expect(
                    try await reader.events(3).sorted() == [
                        #"data {"target":1,"type":"remove"}"#, #"data {"target":50,"type":"remove"}"#,
                        #"data {"target":7,"type":"remove"}"#,
                    ])
            }
        }
    }

    /// A record that is deleted and stays has been deleted; the other model of a table hears of its own records.
    @Test func whatGoesOutOfSightIsToldToWhoSawAll() async throws {
        try await ChangeWorld.run { served in
            try await served.made.run("INSERT INTO word VALUES ('w'), ('v')")
            try await served.client.withConnection { connection in
                try await served.client.withConnection { other in
                    let words = try await EventReader.open(connection, "/api/Words/change-stream")
                    let asked = "/api/Words/change-stream?options=%7B%22where%22%3A%7B%22note%22%3A%22yes%22%7D%7D"
                    let filtered = try await EventReader.open(other, asked)
                    _ = try await served.database.deleteById("Word", id: "w")
                    #expect(try await words.events(1) == [#"data {"target":"w","type":"remove"}"#])
                    #expect(try await filtered.events(1) == [#"data {"target":"w","type":"remove"}"#])
                    try await served.made.run("UPDATE word SET note = 'yes' WHERE word = 'v'")
                    #expect(
                        try await filtered.events(1) == [
                            #"data {"target":"v","data":{"word":"v","note":"yes","gone":null},"type":"update"}"#
                        ])
                }
            }
            // A default scope keeps rows back: what isn't in it isn't told, nor what has gone.
            try await served.made.run("INSERT INTO book (id, title) VALUES (1, 'draft 1'), (2, 'x')")
            try await served.client.withConnection { connection in
                let drafts = try await EventReader.open(connection, "/api/Drafts/change-stream")
                try await served.made.run("UPDATE book SET owner = 'x'")
                #expect(
                    try await drafts.events(1) == [
                        #"data {"target":1,"data":{"id":1,"title":"draft 1"},"type":"update"}"#
                    ])
                try await served.made.run(
                    "DELETE FROM book; INSERT INTO book (id, title) VALUES (4, 'y'), (5, 'draft 5')")
                #expect(
                    try await drafts.events(1) == [
                        #"data {"target":5,"data":{"id":5,"title":"draft 5"},"type":"create"}"#
                    ])
            }
        }
    }

    @Test func gapsAreTold() async throws {
        try await ChangeWorld.run { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Books/change-stream")
                try await served.made.run("INSERT INTO book (title) SELECT 't' FROM generate_series(1, 1001)")
                #expect(try await reader.events(1) == [#"gap {"reason":"many"}"#])
                try await served.made.run("TRUNCATE book CASCADE")
                #expect(try await reader.events(1) == [#"gap {"reason":"many"}"#])
                #expect(try await served.listening == 1)
                try await served.made.run(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE '% changes'
                    """)
                #expect(try await reader.events(1) == [#"gap {"reason":"reconnected"}"#])
                try await served.made.run("INSERT INTO book (id, title) VALUES (5000, 'x')")
                #expect(try await reader.events(1).first?.hasPrefix(#"data {"target":5000,"#) == true)
                // Whoever is connected to the database can notify; what is no notification of a trigger's is none.
                try await served.made.run(
                    """
                    SELECT pg_notify('kinship_changes', p) FROM unnest(ARRAY['', '[', '[1,2,3]', '["public","book","nope",{"id":1}]',
                        '["public","book","remove",{"id":"x"}]', '["public","book","remove",{"id":{"neq":0}}]',
                        '["public","book","remove",{"id":5000}]', '["public","book","update",{"id":5000}]']) AS p;
                    INSERT INTO book (id, title) VALUES (5001, 'mark')
                    """)
                // What they can say is that something has changed; what is told of it is what is there.
                let told = try await reader.events(until: #"data {"target":5001,"#)
                #expect(
                    Set(told.map { $0.prefix { $0 != "," } }) == [
                        #"gap {"reason":"unread"}"#, #"data {"target":5000"#, #"data {"target":5001"#,
                    ], "\(told)")
                #expect(told.allSatisfy { !$0.contains("remove") }, "\(told)")
                // A column that was renamed keeps nobody from writing.
                try await served.made.run("ALTER TABLE word RENAME COLUMN word TO term; INSERT INTO word VALUES ('x')")
            }
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Odds/change-stream")
                try await served.made.run(
                    #"INSERT INTO "odd ""table""" SELECT g FROM generate_series(1, 1000) AS g"#)
                #expect(try await reader.events(1_000).allSatisfy { $0.hasPrefix("data ") })
            }
        }
    }

    /// More than is kept for one who reads is told as a gap; what comes after it is told again.
    @Test func manyChangesOfOneTransactionAreToldOrAGapIs() async throws {
        try await ChangeWorld.run {
            $0.limits.changesHeld = 100
        } _: { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Odds/change-stream")
                let parts = (0..<10).map {
                    #"INSERT INTO "odd ""table""" SELECT g FROM generate_series(\#($0 * 1_000), \#($0 * 1_000 + 999)) AS g;"#
                }
                try await served.made.run("BEGIN; \(parts.joined()) COMMIT")
                let marks = Task { [made = served.made] in
                    for number in 1_000_000... {
                        try await made.run(#"INSERT INTO "odd ""table""" VALUES (\#(number))"#)
                        try await Task.sleep(for: .milliseconds(200))
                    }
                }
                defer { marks.cancel() }
                let told = try await reader.events(until: #"data {"target":10000"#)
                #expect(told.contains(#"gap {"reason":"overflow"}"#) || told.count >= 10_000, "\(told.count)")
                #expect(told.last?.hasPrefix(#"data {"target":10000"#) == true, "\(told.last ?? "")")
            }
        }
    }

    // MARK: Who may

    /// Knows people by their names, as long as these hold.
    private final class Badges: Authenticator {
        private let valid: Mutex<Set<String>>

        init(_ names: Set<String>) { valid = Mutex(names) }

        func revoke() { valid.withLock { $0 = [] } }

        func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity? {
            guard let name = HTTPField.Name("X-Badge"), let badge = request.headerFields[name] else { return nil }
            guard valid.withLock({ $0.contains(badge) }) else {
                throw RESTError(.invalidToken, "The badge is over.")
            }
            return Identity(user: badge)
        }
    }

    @Test func rulesAreKeptForEachEvent() async throws {
        let acls: JSONValue = [
            ["principalType": "ROLE", "principalId": "$everyone", "permission": "DENY"],
            ["principalType": "ROLE", "principalId": "$authenticated", "permission": "ALLOW", "accessType": "READ"],
        ]
        let badges = Badges(["ada"])
        try await ChangeWorld.run(acls: acls) {
            $0.access = AccessControl(authenticator: badges)
        } _: { served in
            #expect(try await served.client.send("GET", "/api/Books/change-stream").status == 401)
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(
                    connection, "/api/Books/change-stream", [("X-Badge", "ada"), ("Connection", "close")])
                try await served.made.run("INSERT INTO book (id, title) VALUES (1, 'x')")
                let first = try await reader.events(1)
                #expect(first.first?.hasPrefix(#"data {"target":1,"#) == true && !first.description.contains("hush"))
                badges.revoke()
                try await served.made.run("INSERT INTO book (id, title) VALUES (2, 'x')")
                let last = try await reader.events(1)
                #expect(
                    last.first?.hasPrefix("error ") == true && last.first?.contains("INVALID_TOKEN") == true, "\(last)")
            }
            #expect(await eventually { served.service.changeStreams == 0 })
        }
    }

    /// Who may see their own records alone isn't told of those of others, be they gone.
    @Test func rowsOfOthersAreNotTold() async throws {
        var hooks = Hooks()
        hooks.access("Book") { $0.narrow(["owner": "ada"]) }
        try await ChangeWorld.run(hooks: hooks) { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Books/change-stream")
                try await served.made.run(
                    """
                    INSERT INTO book (id, title, owner) VALUES (1, 'x', 'bob'), (2, 'y', 'ada'); UPDATE book SET title = 'z' WHERE id = 1;
                    """)
                #expect(
                    try await reader.events(1) == [
                        #"data {"target":2,"data":{"id":2,"title":"y","owner":"ada"},"type":"create"}"#
                    ])
                try await served.made.run(
                    "DELETE FROM book; INSERT INTO book (id, title, owner) VALUES (3, 'w', 'ada')")
                #expect(
                    try await reader.events(1) == [
                        #"data {"target":3,"data":{"id":3,"title":"w","owner":"ada"},"type":"create"}"#
                    ])
            }
        }
    }

    // MARK: Asking

    @Test func whatCantBeAskedIsRefused() async throws {
        try await ChangeWorld.run(installed: false) { served in
            let answer = try await served.client.send("GET", "/api/Books/change-stream")
            #expect(answer.status == 404 && answer.text.contains("CHANGES_NOT_INSTALLED"), "\(answer.text)")
            #expect(try await served.client.send("HEAD", "/api/Books/change-stream").status == 404)
            for (path, status) in [
                ("?options=%7B%22limit%22%3A3%7D", 400), ("?options[where][nope]=1", 400),
                ("?options[where][secret]=hush", 400), ("?options=3", 400),
            ] {
                #expect(
                    try await served.client.send("GET", "/api/Books/change-stream" + path).status == status, "\(path)")
            }
            let json = [("Accept", "application/json")]
            #expect(try await served.client.send("GET", "/api/Books/change-stream", json).status == 406)
            #expect(try await served.listening == 0)
        }
    }

    @Test func optionsComeByPostToo() async throws {
        try await ChangeWorld.run { served in
            try await served.client.withConnection { connection in
                let body = #"{"options":{"where":{"owner":"ada"}}}"#
                connection.send(
                    "POST /api/Books/change-stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                let reader = EventReader(connection)
                let head = try await reader.take("\r\n\r\n").lowercased()
                #expect(head.contains("content-type: text/event-stream") && head.contains("no-cache"))
                _ = try await reader.take("\n\n")
                try await served.made.run("INSERT INTO book (id, title, owner) VALUES (1, 'x', 'bob'), (2, 'y', 'ada')")
                #expect(
                    try await reader.events(1) == [
                        #"data {"target":2,"data":{"id":2,"title":"y","owner":"ada"},"type":"create"}"#
                    ])
            }
        }
    }

    // MARK: Coming and going

    /// One connection listens for all, and none for nobody; no more clients than there may be.
    @Test func clientsThatGoAwayFreeEverything() async throws {
        try await ChangeWorld.run {
            $0.limits.changeStreams = 2
            $0.limits.changeReads = 1
            $0.limits.heartbeat = .milliseconds(100)
        } _: { served in
            #expect(try await served.listening == 0)
            try await served.client.withConnection { first in
                let reader = try await EventReader.open(first, "/api/Books/change-stream")
                try await served.client.withConnection { second in
                    _ = try await EventReader.open(second, "/api/Pages/change-stream")
                    #expect(try await served.listening == 1)
                    let third = try await served.client.send("GET", "/api/Words/change-stream")
                    #expect(third.status == 503 && third.fields["retry-after"] == ["1"])
                }
                // Signs of life.
                _ = try await reader.take(": \n\n")
                #expect(await eventually { served.service.changeStreams == 1 })
                #expect(await eventually { served.database.pool.status.leased == 0 })
            }
            #expect(await eventually { served.service.changeStreams == 0 && served.service.requestsInFlight == 0 })
            #expect(try await eventually { try await served.listening == 0 })
        }
    }

    @Test func streamsEndWithTheServer() async throws {
        try await ChangeWorld.run { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Books/change-stream")
                await served.end()
                #expect(try await reader.events(1) == ["end null"])
                #expect(await eventually { served.service.changeStreams == 0 })
            }
        }
    }
}

extension ServedDatabase {
    /// How many connections listen to changes.
    fileprivate var listening: Int {
        get async throws {
            let rows = try await made.run(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and application_name like '% changes'
                """)
            return Int(rows.first?.first.flatMap { $0 } ?? "") ?? -1
        }
    }
}
#endif
