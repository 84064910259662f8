// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The first rows of each parent come by another statement when the parents are a good part of all; the answer is the same.
@Suite struct ManyKeysTests {
    private static let definitions = [
        #"""
        {"name": "Maker", "properties": {"id": {"type": "number", "id": true}}, "relations": {
            "parts": {"type": "hasMany", "model": "Part", "foreignKey": "maker"},
            "tags": {"type": "hasMany", "model": "Tag", "through": "Tagging", "foreignKey": "maker", "keyThrough": "tag"}}}
        """#,
        #"{"name": "Part", "properties": {"id": {"type": "number", "id": true}, "maker": "number", "price": "number"}}"#,
        #"{"name": "Tag", "properties": {"id": {"type": "number", "id": true}, "rank": "number"}}"#,
        #"{"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "maker": "number", "tag": "number"}}"#,
    ]

    @Test func `Few keys are looked up one by one, many together`() async throws {
        let test = try await TestDatabase.named("many_keys")
        try await test.run(
            """
            CREATE TABLE maker (id int PRIMARY KEY);
            CREATE TABLE part (id int PRIMARY KEY, maker int, price int);
            CREATE TABLE tag (id int PRIMARY KEY, rank int);
            CREATE TABLE tagging (id int PRIMARY KEY, maker int, tag int);
            INSERT INTO maker SELECT n FROM generate_series(1, 200) n;
            INSERT INTO part SELECT n, n * 7919 % 200 + 1, n * 31 % 50 FROM generate_series(1, 10000) n;
            INSERT INTO tag SELECT n, n * 31 % 17 FROM generate_series(1, 100) n;
            INSERT INTO tagging SELECT n, n * 7919 % 200 + 1, n * 13 % 100 + 1 FROM generate_series(1, 10000) n;
            CREATE INDEX ON part (maker);
            CREATE INDEX ON tagging (maker);
            """)
        try await test.run("VACUUM ANALYZE")
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: test.url), trees: TreeOptions(strategy: .byLevel)
        ) { database in
            for include in [
                #"{"relation": "parts", "scope": {"order": "price DESC", "limit": 3, "skip": 1}}"#,
                #"{"relation": "parts", "scope": {"where": {"price": {"gt": 5}}, "order": "price", "limit": 2}}"#,
                #"{"relation": "tags", "scope": {"order": "rank DESC", "limit": 3}}"#,
            ] {
                let filter = { (ids: ClosedRange<Int>) throws -> JSONValue in
                    try JSONValue(
                        parsing:
                            #"{"where": {"id": {"between": [\#(ids.lowerBound), \#(ids.upperBound)]}}, "include": \#(include)}"#
                    )
                }
                let all = try await database.find("Maker", filter: filter(1...200))
                let fetch = all.plan.fetches[1]
                let many = try #require(fetch.forMany)
                #expect(fetch.access == .lateral && many.access == .window && many.minimumKeys == 8)
                let pieces = try await [1...7, 8...14].asyncMap {
                    let few = try await database.find("Maker", filter: filter($0))
                    #expect(few.statistics.fetches[1].keys == 7 && few.statistics.statements == 2)
                    return String(decoding: try few.json(), as: UTF8.self).dropFirst().dropLast()
                }
                let answer = String(decoding: try all.json(), as: UTF8.self)
                #expect(answer.dropFirst().hasPrefix(pieces.joined(separator: ",")))
            }
            let text = try await database.explain(
                "Maker",
                filter: ["include": ["relation": "parts", "scope": ["order": "price DESC", "limit": 3]]],
                analyze: .server
            ).tree.text()
            #expect(text.contains("from 8 keys on by window: a good part of the table is read once"))
            #expect(text.contains("600 rows for 200 keys by window"))
            #expect(text.contains("WindowAgg"))
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<R>(_ body: (Element) async throws -> R) async throws -> [R] {
        var results: [R] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
