// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Theme: Codable, Sendable, Equatable {
    var a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8
    var names: [String: Int] = ["one": 1, "two": 2, "three": 3, "four": 4, "five": 5]
    var ratio: Double?
}

private struct Screen: TypedModel {
    var id: Int
    var title: String
    var theme: Document<Theme>?
    var label: String?
    var any: JSONValue?
    static let definition = TypedDefinition<Screen>("Screen") {
        $0.id("id", \.id)
        $0.property("title", \.title)
        $0.property("theme", \.theme)
        $0.property("label", \.label, dataType: "jsonb")
        $0.property("any", \.any)
    }
}
extension Screen {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), title: try row("title"), theme: try row("theme"), label: try row("label"),
            any: try row("any"))
    }
}

/// Encodes nothing.
private struct Mute: Codable, Sendable {
    struct Refusal: Error {}
    init() {}
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws { throw Refusal() }
}

private struct Muted: TypedModel {
    var id: Int
    var theme: Document<Mute>?
    static let definition = TypedDefinition<Muted>("Screen", isPartial: true) {
        $0.id("id", \.id)
        $0.property("theme", \.theme)
    }
}
extension Muted { init(row: inout RecordReader) throws { self.init(id: try row("id"), theme: try row("theme")) } }

/// What is read and saved is what was there; what can't be stored is refused.
@Suite(.serialized) struct TypedStoringTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("typed_storing")
        _ = try await test.run(
            """
            CREATE TABLE screen (id bigint PRIMARY KEY, title text, theme jsonb, label jsonb, "any" jsonb);
            INSERT INTO screen SELECT n, 't' || n,
                '{"h":8,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"unknown":{"x":[1]},"names":{"three":3,"two":2,"one":1,"four":4,"five":5}}',
                CASE n WHEN 1 THEN '"text"' WHEN 2 THEN '{"id":1}' WHEN 3 THEN '5' WHEN 4 THEN '"\\"quoted\\""' END::jsonb,
                '{"id":1,"z":0.10}' FROM generate_series(1, 5) n;
            """)
        let database = try await Database.open(
            schema: try Schema(models: [Screen.self]), connection: ConnectionConfiguration(url: test.url))
        return (test, database)
    }

    @Test func `A document that didn't change isn't written`() async throws {
        let (test, database) = try await Self.opened.value
        for number in 0..<200 {
            // Read anew: a dictionary's order is another each time.
            let old = try await database.query(Screen.self).get(1)
            var new = try await database.query(Screen.self).get(1)
            new.title = "n\(number)"
            _ = try await database.save(new, from: old)
        }
        let rows = try await test.run("SELECT theme->'unknown' FROM screen WHERE id = 1")
        #expect(rows == [[#"{"x": [1]}"#]])
        let same = try await database.query(Screen.self).get(1)
        #expect(try await database.save(same, from: database.query(Screen.self).get(1)).title == "n199")
    }

    @Test func `A document that can't be encoded is refused, and isn't NULL`() async throws {
        let (test, database) = try await Self.opened.value
        let old = try await database.query(Screen.self).get(4)
        var new = old
        new.theme?.content.ratio = .nan
        let bad = new
        var muted = try await database.query(Muted.self).get(4)
        muted.theme = Document(Mute())
        let mute = muted
        for attempt in [
            { _ = try await database.save(bad) }, { _ = try await database.save(bad, from: old) },
            { _ = try await database.save(old, from: bad) }, { _ = try await database.save(bad, from: bad) },
            { _ = try await database.create(bad) }, { _ = try await database.createAll([bad]) },
            { _ = try await database.query(Screen.self).where { $0.theme == bad.theme }.all() },
            { _ = try await database.query(Screen.self).where { !($0.theme != bad.theme) }.count() },
            { _ = try await database.query(Screen.self).where { $0.theme.isIn([bad.theme]) }.exists() },
            { _ = try await database.save(mute) },
            { _ = try await database.query(Muted.self).where { $0.theme == mute.theme }.all() },
            { _ = try await database.create(Screen.self) { $0.theme = bad.theme ?? nil } },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: PlannerError.self) { try await attempt() }
            #expect(error?.code == .invalidValue && error?.property == "theme")
        }
        let rows = try await test.run("SELECT count(*) FILTER (WHERE theme IS NULL), count(*) FROM screen")
        #expect(rows == [["0", "5"]])
    }

    @Test func `A text of JSON is the text, and no JSON is a text`() async throws {
        let (test, database) = try await Self.opened.value
        for (id, label) in [(1, "text"), (4, #""quoted""#), (5, nil)] as [(Int, String?)] {
            let before = try await test.run("SELECT label::text FROM screen WHERE id = \(id)")
            let screen = try await database.query(Screen.self).get(id)
            #expect(screen.label == label)
            _ = try await database.save(screen)
            let after = try await test.run("SELECT label::text, \"any\"::text FROM screen WHERE id = \(id)")
            #expect(after[0][0] == before[0][0] && after[0][1] == #"{"z": 0.10, "id": 1}"#)
            if let label { #expect(try await database.query(Screen.self).where { $0.label == label }.count() == 1) }
        }
        for id in [2, 3] {
            let error = await #expect(throws: ModelError.self) { try await database.query(Screen.self).get(id) }
            #expect(error?.code == .unreadableValue && error?.property == "label")
        }
    }
}
