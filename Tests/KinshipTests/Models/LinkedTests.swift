// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Singer: TypedModel, Codable, Equatable {
    var id = 0
    var name: String
    var rivalId: Int?
    var songs = Linked<Song, Part>("songs")
    var plainSongs = Many<Song>("plainSongs")
    var rival = One<Singer>("rival")
    static let definition = TypedDefinition<Singer>("Singer") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("rivalId", \.rivalId)
        $0.hasMany("songs", \.songs, from: \.singerId, to: \.songId)
        $0.hasMany("plainSongs", \.plainSongs, through: Part.self, from: \.singerId, to: \.songId)
        $0.belongsTo("rival", \.rival, foreignKey: \.rivalId)
    }
}
extension Singer {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), name: try row("name"), rivalId: try row("rivalId"))
    }
}

private struct Song: TypedModel, Codable, Equatable {
    var id = 0
    var title: String
    var singers = Many<Singer>("singers")
    static let definition = TypedDefinition<Song>("Song") {
        $0.id("id", \.id)
        $0.property("title", \.title)
        $0.hasMany("singers", \.singers, through: Part.self, from: \.songId, to: \.singerId)
    }
}
extension Song {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), title: try row("title")) }
}

private struct Part: TypedModel, Codable, Equatable {
    var id = 0
    var singerId: Int
    var songId: Int
    var voice: String?
    var place: Int
    static let definition = TypedDefinition<Part>("Part") {
        $0.id("id", \.id)
        $0.property("singerId", \.singerId)
        $0.property("songId", \.songId)
        $0.property("voice", \.voice)
        $0.property("place", \.place)
    }
}
extension Part {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), singerId: try row("singerId"), songId: try row("songId"), voice: try row("voice"),
            place: try row("place"))
    }
}

/// Many-to-many relations with their links, and the small things of queries.
@Suite(.serialized) struct LinkedTests {
    private static func open(_ name: String, _ hooks: Hooks = Hooks()) async throws -> Database {
        let test = try await TestDatabase.named("linked_\(name)")
        _ = try await test.run(
            """
            CREATE TABLE singer (id bigint PRIMARY KEY, name text, rivalid bigint);
            CREATE TABLE song (id bigint PRIMARY KEY, title text);
            CREATE TABLE part (id bigserial PRIMARY KEY, singerid bigint, songid bigint, voice text, place bigint);
            INSERT INTO singer VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 9);
            INSERT INTO song SELECT n, 's' || n FROM generate_series(1, 4) n;
            INSERT INTO part (singerid, songid, voice, place) VALUES
                (1, 1, 'alto', 2), (1, 2, NULL, 1), (1, 1, 'bass', 3), (2, 1, 'bass', 1), (2, 4, 'alto', 2);
            """)
        return try await Database.open(
            schema: try Schema(models: [Singer.self, Song.self, Part.self]),
            connection: ConnectionConfiguration(url: test.url), hooks: hooks)
    }

    private func text(_ singer: Singer) throws -> [String] {
        try singer.songs.entries.map { "\($0.title) \($0.link.voice ?? "-") \($0.link.place) \($0.link.singerId)" }
    }

    @Test func `Each record comes with its link`() async throws {
        let database = try await Self.open("reading")
        let query = database.query(Singer.self).order { $0.id.ascending }
        let singers = try await query.include(\.songs).all()
        #expect(try text(singers[0]).sorted() == ["s1 alto 2 1", "s1 bass 3 1", "s2 - 1 1"])
        #expect(try text(singers[1]).sorted() == ["s1 bass 1 2", "s4 alto 2 2"])
        #expect(try singers[2].songs.entries.isEmpty)
        let basses = try await query.include(\.songs, link: { $0.where { $0.voice == "bass" } }).all()
        #expect(try basses.map { try text($0) } == [["s1 bass 3 1"], ["s1 bass 1 2"], []])
        let ordered = try await query.include(\.songs, link: { $0.order { $0.place.descending } }) {
            $0.where { $0.title != "s4" }.limit(2).include(\.singers)
        }.all()
        #expect(try ordered[0].songs.links.map(\.place) == [3, 2])
        #expect(try ordered[0].songs.entries[0].singers.records.isEmpty == false)
        // Deeper down, streamed, and by a transaction.
        let songs = try await database.query(Song.self).include(\.singers) { $0.include(\.songs) }.all()
        #expect(try songs[3].singers.records[0].songs.entries.count == 2)
        var streamed: [[String]] = []
        for try await singer in try query.include(\.songs).stream(batchSize: 1) {
            streamed.append(try text(singer).sorted())
        }
        #expect(try streamed == singers.map { try text($0).sorted() })
        let unread = #expect(throws: ModelError.self) { try Singer(name: "x").songs.entries }
        #expect(unread?.code == .relationNotLoaded)
        let refused = query.include(\.songs, link: { $0.limit(1) })
        await #expect(throws: PlannerError.self) { try await refused.all() }
        await database.close()
    }

    @Test func `JSON is that of graphs, there and back`() async throws {
        let database = try await Self.open("json")
        let query = database.query(Singer.self).include(\.songs, link: { $0.order { $0.place.ascending } })
        let singers = try await query.all()
        let encoded = try JSONEncoder().encode(singers)
        let shown = try await query.graph().json()
        #expect(try TypedShop.comparable(encoded) == TypedShop.comparable(shown))
        #expect(try JSONDecoder().decode([Singer].self, from: encoded) == singers)
        // Links that weren't asked for aren't made up.
        let graph = try await database.find("Singer", filter: ["include": "songs"])
        let error = #expect(throws: ModelError.self) { try graph.records(as: Singer.self) }
        #expect(error?.code == .invalidModel && error?.relation == "songs")
        await database.close()
    }

    @Test func `What a hook keeps back of a record isn't in its link's row either`() async throws {
        var hooks = Hooks()
        hooks.loaded("Song") { loaded in
            for index in loaded.records.indices { loaded.records[index]["title"] = "***" }
        }
        let database = try await Self.open("hooks", hooks)
        let singer = try await database.query(Singer.self).include(\.songs, link: { $0.order { $0.place.ascending } })
            .get(1)
        #expect(try singer.songs.records.map(\.title) == ["***", "***", "***"])
        #expect(try singer.songs.links.map(\.voice) == [nil, "alto", "bass"])
        await database.close()
    }

    @Test func `Links are made and changed through the relation`() async throws {
        let database = try await Self.open("writing")
        let songs = Singer(id: 3, name: "c").related(\.songs, in: database)
        try await songs.add(Song(id: 4, title: "s4"), through: Part.self) {
            $0.voice = "tenor"
            $0.place = 7
        }
        let singer = try await database.query(Singer.self).include(\.songs).get(3)
        #expect(try text(singer) == ["s4 tenor 7 3"])
        #expect(try await songs.remove(Song(id: 4, title: "")).count == 1)
        await database.close()
    }

    @Test func `Related properties, optional ones, several terms, JSON and pages`() async throws {
        let database = try await Self.open("small")
        let query = database.query(Singer.self)
        #expect(try await query.where { $0.rival.name == "a" }.all().map(\.id) == [2])
        #expect(try await query.where { $0.rival.rival.name == "a" }.all().isEmpty)
        #expect(try await query.where { $0.rival.name.isIn(["a", "b"]) && $0.rival.id < 5 }.count() == 1)
        #expect(try await query.where { $0.rival.name.is { $0.like("%a%") } }.count() == 1)
        #expect(try await query.order { $0.rival.name.ascending }.all().first?.id == 2)
        #expect(try await query.where { $0.id > $0.rivalId }.all().map(\.id) == [2])
        #expect(try await query.where { $0.rivalId > $0.id }.all().map(\.id) == [3])
        #expect(
            try await query.order { [$0.rivalId.descending.nullsLast, $0.id.ascending] }.all().map(\.id) == [3, 2, 1])
        #expect(try await query.where { $0.id < 3 }.filtered(by: ["name": ["neq": "a"]]).all().map(\.id) == [2])
        await #expect(throws: PlannerError.self) { try await query.filtered(by: ["nope": 1]).all() }
        #expect(try await query.where { $0.named("name", as: String.self) == "c" }.count() == 1)
        let page = try await query.limit(2).page(total: true)
        let json = try TypedShop.comparable(JSONEncoder().encode(page))
        #expect(
            json["total"] == 3 && json["records"]?.elements?.count == 2 && json["nextCursor"]?.text == page.nextCursor)
        let mapped = page.map { Song(id: $0.id, title: $0.name) }
        #expect(mapped.records.map(\.title) == ["a", "b"] && mapped.nextCursor == page.nextCursor)
        let loaded = try await query.include(\.rival).order { $0.id.ascending }.all()
        #expect(try loaded[1].rival.required.name == "a")
        #expect(throws: ModelError.self) { try loaded[0].rival.required }
        #expect(throws: ModelError.self) { try page.records[0].rival.required }
        await database.close()
    }
}
