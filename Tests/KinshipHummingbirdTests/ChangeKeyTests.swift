// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Kinship
import KinshipREST
import TestSupport
import Testing

/// Which record has changed is told by its key, whatever that is.
@Suite(.timeLimit(.minutes(3))) struct ChangeKeyTests {
    @Test func keysOfEachKindAreTold() async throws {
        try await ChangeWorld.run { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Pages/change-stream")
                try await served.made.run(
                    "INSERT INTO book (id) VALUES (1); INSERT INTO page VALUES (1, 1, 'x'), (1, 2, 'y')")
                let data = #""data":{"bookId":1,"number":1,"text":"x"},"type":"create"}"#
                let made = try await reader.events(2)
                #expect(made.contains(#"data {"target":{"bookId":1,"number":1},\#(data)"#), "\(made)")
                // The pages go with their book.
                try await served.made.run("DELETE FROM book WHERE id = 1")
                #expect(
                    try await reader.events(2).sorted() == [
                        #"data {"target":{"bookId":1,"number":1},"type":"remove"}"#,
                        #"data {"target":{"bookId":1,"number":2},"type":"remove"}"#,
                    ])
            }
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Words/change-stream")
                let key = JSONValue.string("a\"b\\c\nd'é😀")
                _ = try await served.database.create("Word", ["word": key, "note": "n"])
                #expect(
                    try await reader.events(1) == [
                        "data {\"target\":\(key),\"data\":{\"word\":\(key),\"note\":\"n\",\"gone\":null},\"type\":\"create\"}"
                    ])
                try await served.made.run("DELETE FROM word")
                #expect(try await reader.events(1) == ["data {\"target\":\(key),\"type\":\"remove\"}"])
            }
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Odds/change-stream")
                try await served.made.run(#"INSERT INTO "odd ""table""" VALUES (9007199254740993, 1), (2, 2)"#)
                #expect(
                    try await reader.events(2).sorted() == [
                        #"data {"target":2,"data":{"id":2,"gap":2},"type":"create"}"#,
                        #"data {"target":9007199254740993,"data":{"id":9007199254740993,"gap":1},"type":"create"}"#,
                    ])
            }
        }
    }

    @Test func aKeyThatIsTooLongIsAGap() async throws {
        try await ChangeWorld.run { served in
            try await served.client.withConnection { connection in
                let reader = try await EventReader.open(connection, "/api/Words/change-stream")
                // As long as the index takes it: it is packed there.
                try await served.made.run("INSERT INTO word VALUES (repeat('w', 9000))")
                #expect(try await reader.events(1) == [#"gap {"reason":"many"}"#])
            }
        }
    }

    /// What a trigger writes is what is read, or else a gap: no key is lost, and none that is there is told as gone.
    @Test func keysOfEachTypeAreTold() async throws {
        let types: [(column: String, property: JSONValue, value: String)] = [
            ("uuid", "string", "'0A0E7A1C-0000-4000-8000-0000000000ff'"), ("numeric(10,2)", "number", "1.5"),
            ("numeric", "number", "12345678901234567890.50"), ("timestamptz", "date", "'2026-01-02 03:04:05.678+02'"),
            ("varchar(5)", "string", "'ab '"), ("bigint", "number", "-9223372036854775808"),
            ("timestamptz", "date", "'2026-01-02 03:04:05.678901+02'"), ("date", "date", "'2026-01-02'"),
            ("double precision", "number", "0.1"), ("boolean", "boolean", "true"), ("char(5)", "string", "'ab'"),
        ]
        let tables = types.enumerated().map { "CREATE TABLE t\($0) (id \($1.column) PRIMARY KEY, note text);" }
        let models = try types.indices.map { number in
            try ModelDefinition(
                [
                    "name": .string("T\(number)"),
                    "properties": ["id": ["type": types[number].property, "id": true], "note": "string"],
                ], file: nil)
        }
        try await ServedDatabase.run(own: (tables.joined(), models)) { _ in
        } _: { served in
            try await served.database.installChangeTriggers()
            for (number, type) in types.enumerated() {
                try await served.client.withConnection { connection in
                    let reader = try await EventReader.open(connection, "/api/T\(number)s/change-stream")
                    try await served.made.run("INSERT INTO t\(number) VALUES (\(type.value), 'x')")
                    let made = try await reader.events(1)
                    let isTold =
                        made.first?.hasPrefix("data ") == true && made.first?.hasSuffix(#""type":"create"}"#) == true
                    #expect(isTold || made == [#"gap {"reason":"unread"}"#], "\(type.column): \(made)")
                    try await served.made.run("DELETE FROM t\(number)")
                    let gone = try await reader.events(1)
                    let isGone = gone.first?.hasSuffix(#""type":"remove"}"#) == true
                    #expect(isGone || gone == [#"gap {"reason":"unread"}"#], "\(type.column): \(gone)")
                }
            }
        }
    }
}
#endif
