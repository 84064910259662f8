// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// Shows all but the hash.
private struct Member: TypedModel, Codable {
    var id: Int
    var name: String
    var hash: String
    var notes = Many<Note>("notes")
    static let definition = TypedDefinition<Member>("Member") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("hash", \.hash)
        $0.hasMany("notes", \.notes, foreignKey: \.memberId)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
        hash = try row("hash")
    }
    private enum CodingKeys: String, CodingKey { case id, name }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name).lowercased()
        hash = ""
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
    }
}

/// Not to be shown at all.
private struct Token: TypedModel {
    var id: Int
    var memberId: Int
    var value: String
    static let definition = TypedDefinition<Token>("Token") {
        $0.id("id", \.id)
        $0.property("memberId", \.memberId)
        $0.property("value", \.value)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        memberId = try row("memberId")
        value = try row("value")
    }
}

private struct Note: TypedModel, Codable {
    var id: Int
    var memberId: Int
    var text: String?
    var at: Date
    var member = One<Member>("member")
    var peers = Many<Member>("peers")
    var tokens = Many<Token>("tokens")
    static let definition = TypedDefinition<Note>("Note") {
        $0.id("id", \.id)
        $0.property("memberId", \.memberId)
        $0.property("text", \.text)
        $0.property("at", \.at)
        $0.belongsTo("member", \.member, foreignKey: \.memberId)
        $0.toMany("peers", \.peers) {
            var peers = RelationDefinition.hasMany("peers", "Member", foreignKey: "id")
            peers.primaryKey = ["memberId"]
            return peers
        }
        $0.toMany("tokens", \.tokens) {
            var tokens = RelationDefinition.hasMany("tokens", "Token", foreignKey: "memberId")
            tokens.primaryKey = ["memberId"]
            return tokens
        }
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        memberId = try row("memberId")
        text = try row("text")
        at = try row("at")
    }
}

/// What is kept back stays back when it is related to what is shown, and when a hook keeps it back.
@Suite(.serialized) struct KeptBackTests {
    private static func open(_ name: String, _ hooks: Hooks = Hooks()) async throws -> Database {
        let test = try await TestDatabase.named("kept_back_\(name)")
        _ = try await test.run(
            """
            CREATE TABLE member (id bigint PRIMARY KEY, name text, hash text);
            CREATE TABLE note (id bigint PRIMARY KEY, memberid bigint, text text, at timestamptz);
            CREATE TABLE token (id bigint PRIMARY KEY, memberid bigint, value text);
            INSERT INTO member SELECT n, 'm' || n, 'hash' || n FROM generate_series(1, 3) n;
            INSERT INTO note SELECT n, 1 + n % 3, 't' || n, '2026-01-02T03:04:05.678901Z' FROM generate_series(1, 6) n;
            INSERT INTO token VALUES (1, 2, 'tok');
            """)
        return try await Database.open(
            schema: try Schema(models: [Member.self, Note.self, Token.self]),
            connection: ConnectionConfiguration(url: test.url), hooks: hooks)
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    @Test func `A related record is encoded as its own type says`() async throws {
        let database = try await Self.open("encoding")
        let notes = try await database.query(Note.self).include(\.member) {
            $0.include(\.notes) { $0.include(\.member) }
        }
        .include(\.peers).all()
        let text = try text(notes)
        #expect(!text.contains("hash") && text.contains("m1"))
        #expect(try self.text(notes[0].member.record).contains("hash") == false)
        // What isn't Encodable isn't encoded on the way either, and nobody is told that it was.
        let tokens = try await database.query(Note.self).include(\.tokens).all()
        let error = #expect(throws: ModelError.self) { try JSONEncoder().encode(tokens) }
        #expect(error?.code == .invalidModel && error?.model == "Token")
        // Decoding goes by the type's own way as well.
        let bytes = Data(
            #"{"id":1,"memberId":2,"at":"2026-01-01T00:00:00.000Z","member":{"id":2,"name":"BO"},"peers":[{"id":3,"name":"CY"}]}"#
                .utf8)
        let note = try JSONDecoder().decode(Note.self, from: bytes)
        #expect(try note.member.record?.name == "bo" && note.peers.records.map(\.name) == ["cy"])
        let refused = Data(#"{"id":1,"memberId":2,"at":"2026-01-01T00:00:00.000Z","tokens":[{"id":1}]}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Note.self, from: refused) }
        await database.close()
    }

    @Test func `What a loaded hook keeps back is kept from structs and tuples too`() async throws {
        var hooks = Hooks()
        hooks.loaded("Note") { loaded in
            for index in loaded.records.indices where loaded.records[index]["memberId"] != 1 {
                loaded.records[index]["text"] = nil
            }
        }
        hooks.loaded("Member") { loaded in
            for index in loaded.records.indices { loaded.records[index]["hash"] = "***" }
        }
        let database = try await Self.open("loaded", hooks)
        let query = database.query(Note.self).order { $0.id.ascending }
        func check(_ notes: [Note]) {
            #expect(notes.count == 6)
            for note in notes { #expect((note.text == nil) == (note.memberId != 1)) }
        }
        let all = try await query.all()
        check(all)
        // What the hook let be is what is stored, to the microsecond.
        #expect(
            all.allSatisfy { abs($0.at.timeIntervalSince1970.truncatingRemainder(dividingBy: 1) - 0.678901) < 1e-6 })
        var streamed: [Note] = []
        for try await note in try query.stream(batchSize: 4) { streamed.append(note) }
        check(streamed)
        check(try await query.limit(6).page().records)
        #expect(try await query.fields { ($0.memberId, $0.text) }.all().compactMap(\.1) == all.compactMap(\.text))
        let single = try await [query.first(), query.find(1), query.where { $0.id == 1 }.one()]
        #expect(single.allSatisfy { $0?.id == 1 && $0?.text == nil })
        let related = try await query.include(\.member).all()
        #expect(try related.allSatisfy { try $0.member.record?.hash == "***" })
        let members = try await database.query(Member.self).include(\.notes).all()
        check(try members.flatMap { try $0.notes.records })
        #expect(members.allSatisfy { $0.hash == "***" })
        #expect(try await !text(query.all()).contains("t1\""))
        await database.close()
    }
}
