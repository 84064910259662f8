// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The keys in the list of a referencesMany: conditions and orders find the records that are included.
@Suite struct ReferenceKeyTests {
    /// What posts, from 1 on, have for tags.
    private struct Answer {
        /// The tags that are included with each post, as JSON.
        let included: String
        /// The posts that have some.
        let some: String
        /// How many tags each post has, where the posts are ordered by this.
        let counted: String
        let warnings: [String]
    }

    private func answer(
        _ name: String, key: String, _ keys: [String], list: String, _ lists: [String], setup: String = ""
    ) async throws -> Answer {
        let test = try await TestDatabase.named("reference_\(name)")
        let tags = keys.map { "(\($0))" }.joined(separator: ", ")
        let posts = lists.enumerated().map { "(\($0.offset + 1), \($0.element))" }.joined(separator: ", ")
        try await test.run(
            """
            \(setup);
            CREATE TABLE tag (id \(key) PRIMARY KEY); CREATE TABLE post (id int PRIMARY KEY, tagids \(list));
            INSERT INTO tag VALUES \(tags); INSERT INTO post VALUES \(posts);
            """)
        let definitions = [
            #"{"name": "Tag", "properties": {"id": {"type": "any", "id": true}}}"#,
            """
            {"name": "Post", "properties": {"id": {"type": "number", "id": true}, "tagIds": {"type": ["any"]}},
             "relations": {"tags": {"type": "referencesMany", "model": "Tag", "foreignKey": "tagIds"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
        func json(_ filter: String) async throws -> String {
            String(decoding: try await database.find("Post", filter: filter).json(), as: UTF8.self)
        }
        let answer = Answer(
            included: try await json(#"{"fields": "id", "include": "tags"}"#),
            some: try await json(#"{"fields": "id", "where": {"tags": {"some": {}}}}"#),
            counted: try await json(
                #"{"fields": "id", "order": "tags.count DESC", "include": {"relation": "tags", "count": true}}"#),
            warnings: database.schema.warnings.map(\.message))
        await database.close()
        return answer
    }

    // MARK: Native arrays

    @Test func `Texts in an array are keys of another type`() async throws {
        let one = "11111111-1111-4111-8111-11111111111a"
        let uuids = try await answer(
            "uuid_text", key: "uuid", ["'\(one)'"], list: "text[]", ["'{x,\(one.uppercased()),\(one)}'", "'{x}'"])
        #expect(uuids.included == #"[{"id":1,"tags":[{"id":"\#(one)"},{"id":"\#(one)"}]},{"id":2,"tags":[]}]"#)
        #expect(uuids.some == #"[{"id":1}]"#)
        #expect(uuids.counted == #"[{"id":1,"tags":{"count":2}},{"id":2,"tags":{"count":0}}]"#)
        let integers = try await answer("int_text", key: "int", ["7"], list: "varchar(9)[]", ["'{x,7}'", "'{8}'"])
        #expect(integers.included == #"[{"id":1,"tags":[{"id":7}]},{"id":2,"tags":[]}]"#)
        #expect(integers.some == #"[{"id":1}]"#)
    }

    @Test func `Values in an array are keys by their text`() async throws {
        let one = "11111111-1111-4111-8111-11111111111a"
        let uuids = try await answer(
            "text_uuid", key: "text", ["'\(one)'"], list: "uuid[]", ["ARRAY['\(one)'::uuid]", "NULL"])
        #expect(uuids.included == #"[{"id":1,"tags":[{"id":"\#(one)"}]},{"id":2,"tags":[]}]"#)
        #expect(uuids.some == #"[{"id":1}]"#)
        let integers = try await answer("text_int", key: "text", ["'7'"], list: "int[]", ["'{8,7}'", "'{8}'"])
        #expect(integers.included == #"[{"id":1,"tags":[{"id":7}]},{"id":2,"tags":[]}]"#)
        #expect(integers.some == #"[{"id":1}]"#)
    }

    @Test(arguments: [("int", "numeric[]"), ("int", "float8[]"), ("numeric", "float8[]"), ("float8", "int[]")])
    func `Numbers in an array are keys by their value`(key: String, list: String) async throws {
        let elements = list == "int[]" ? "'{7,8}'" : "'{7.00,8.5}'"
        let answer = try await answer(
            "\(key)_\(list.dropLast(2))", key: key, ["7"], list: list, [elements, "'{}'"])
        #expect(answer.included == #"[{"id":1,"tags":[{"id":7}]},{"id":2,"tags":[]}]"#)
        #expect(answer.some == #"[{"id":1}]"#)
        #expect(answer.counted == #"[{"id":1,"tags":{"count":1}},{"id":2,"tags":{"count":0}}]"#)
    }

    @Test(.needs(.citext)) func `Elements of the key's own type are compared as the server does`() async throws {
        let answer = try await answer(
            "citext", key: "citext", ["'a'"], list: "citext[]", ["'{A}'", "'{b}'"], setup: "CREATE EXTENSION citext")
        #expect(answer.included == #"[{"id":1,"tags":[{"id":"a"}]},{"id":2,"tags":[]}]"#)
        #expect(answer.some == #"[{"id":1}]"#)
        #expect(answer.counted == #"[{"id":1,"tags":{"count":1}},{"id":2,"tags":{"count":0}}]"#)
    }

    @Test func `An array of what can't be a key leads nowhere, with a warning`() async throws {
        let answer = try await answer("dates", key: "int", ["7"], list: "date[]", ["'{2024-01-01}'"])
        #expect(answer.included == #"[{"id":1,"tags":[]}]"#)
        #expect(answer.some == "[]")
        #expect(answer.counted == #"[{"id":1,"tags":{"count":0}}]"#)
        #expect(
            answer.warnings == [
                "The list of Post.tags holds date (tagIds), which can't be read as the key id (integer) of Tag."
            ])
    }

    // MARK: JSON

    @Test(arguments: ["jsonb", "json", "text"]) func `Integers of nineteen digits are keys`(list: String) async throws {
        let answer = try await answer(
            "snowflakes_\(list)", key: "bigint",
            ["1234567890123456789", "-9223372036854775808", "9223372036854775807"], list: list,
            [
                "'[1234567890123456789]'", #"'["-9223372036854775808", 9223372036854775807]'"#,
                "'[9223372036854775808, 99999999999999999999, -9223372036854775809]'",
            ])
        #expect(
            answer.included
                == #"[{"id":1,"tags":[{"id":1234567890123456789}]},{"id":2,"tags":[{"id":-9223372036854775808},{"id":9223372036854775807}]},{"id":3,"tags":[]}]"#
        )
        #expect(answer.some == #"[{"id":1},{"id":2}]"#)
        #expect(
            answer.counted
                == #"[{"id":2,"tags":{"count":2}},{"id":1,"tags":{"count":1}},{"id":3,"tags":{"count":0}}]"#)
    }

    @Test(arguments: ["text", "varchar(99)"]) func `A text that is no JSON holds no keys`(list: String) async throws {
        let junk = [
            "[x]", "[1,]", "[1, ]", "[,1]", "[1 2]", "[01]", "[1", "[1]]", "[[1]]", #"["a]"#, #"["\x"]"#,
            #"["\u0000", 1]"#,
            #"["\ud800", 1]"#, "[1e99999]", "[[[1]], 1]", "[{\"a\": []}, 1]", "[{\"\\u0000\": 2}, 1]", "[{\"a\" 2}, 1]",
            "[]", "", "1", "null", #"{"a": [1]}"#,
        ]
        let lists = [
            "[1]", " [ 1 , \"1\", -0, 1e0, true, null, [2, 3], {}, { \"a\" : 1 }, \"\\ud83d\\ude00\\u00e9\\\"\" ]\n",
        ]
        let answer = try await answer(
            "junk_\(list.prefix(4))", key: "int", ["1"], list: list, (lists + junk).map { "'\($0)'" })
        #expect(answer.some == #"[{"id":1},{"id":2}]"#)
        #expect(
            answer.counted.hasPrefix(
                #"[{"id":2,"tags":{"count":3}},{"id":1,"tags":{"count":1}},{"id":3,"tags":{"count":0}}"#))
        #expect(
            answer.included.hasPrefix(#"[{"id":1,"tags":[{"id":1}]},{"id":2,"tags":[{"id":1},{"id":1},{"id":1}]},"#))
        #expect(
            answer.included.split(separator: #""tags":[]"#, omittingEmptySubsequences: false).count == junk.count + 1)
    }

    @Test func `What jsonb can't hold fails no condition on a list of json`() async throws {
        let answer = try await answer(
            "json_junk", key: "int", ["1"], list: "json",
            [#"'["\u0000", 1]'"#, "'[1e999999]'", #"'"x"'"#, "'[1]'"])
        #expect(answer.some == #"[{"id":4}]"#)
        #expect(answer.included.hasSuffix(#"{"id":4,"tags":[{"id":1}]}]"#))
        #expect(answer.counted.hasPrefix(#"[{"id":4,"tags":{"count":1}},{"id":1,"tags":{"count":0}}"#))
    }

    @Test(arguments: [
        ("boolean", "true", #"["x", 2, true, "yes"]"#, 2), ("real", "0.1", #"["x", "1e99", 0.1, 1e-999]"#, 1),
        ("double precision", "0.1", #"["x", "1e999", 0.1, "0.10"]"#, 2),
        ("numeric", "0.1", #"["x", "", 0.1, "1e-1", true]"#, 2), ("mood", "'ok'", #"["x", 1, "ok", "OK"]"#, 1),
        (
            "date", "'2024-02-29'",
            #"["x", "2023-02-29", "2024-02-29T00:00:00.000Z", "2024-02-29", "2024-02-29T10:00:00.000Z", 1]"#, 2
        ),
        ("timestamp", "'2024-01-01 10:00'", #"["2024-13-01", "2024-01-01T10:00", "2024-01-01T11:00:00.000+01:00"]"#, 2),
        ("timestamptz", "'2024-01-01 10:00Z'", #"["0000-01-01", "2024-01-01T10:00", "2024-01-01 11:00+01"]"#, 2),
        ("time", "'10:00'", #"["25:00", "10:00", "10:00:00.0", "10"]"#, 2),
        ("inet", "'10.0.0.1'", #"["x", "10.0.0.1", 1]"#, 1), ("name", "'a'", #"["a", "b", 1]"#, 1),
        ("char(3)", "'a'", #"["a", "a  ", "b", 1]"#, 2), ("interval", "'1 day'", #"["1 day", "x"]"#, 0),
        ("uuid", "'11111111-1111-4111-8111-11111111111a'", #"["x", "11111111-1111-4111-8111-11111111111A", 1]"#, 1),
    ]) func `Of a list only what is a key of the type is one`(
        key: String, value: String, list: String, count: Int
    ) async throws {
        for form in ["jsonb", "text"] {
            let answer = try await answer(
                "type_\(key.prefix(8).filter(\.isLetter))_\(key.count)_\(form)", key: key, [value], list: form,
                ["'[]'", "'\(list)'"],
                setup: "CREATE TYPE mood AS ENUM ('ok', 'sad')")
            #expect(answer.included.split(separator: #"{"id":"#).count == 3 + count, "\(answer.included)")
            #expect(answer.some == (count > 0 ? #"[{"id":2}]"# : "[]"), "\(form)")
            #expect(
                answer.counted
                    == (count > 0
                        ? #"[{"id":2,"tags":{"count":\#(count)}},{"id":1,"tags":{"count":0}}]"#
                        : #"[{"id":1,"tags":{"count":0}},{"id":2,"tags":{"count":0}}]"#))
        }
    }
}
