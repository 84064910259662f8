// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private enum State: String, PropertyValue { case open, done }

private struct Job: TypedModel {
    var id: Int
    var ownerId: Int
    var title: String
    var state: State
    var note: String?
    var price: Decimal
    var tags: [String]
    var due: Date?
    var revision: Int
    var parts = Many<Part>("parts")

    static let definition = TypedDefinition<Job>("Job") {
        $0.id("id", \.id)
        $0.property("ownerId", \.ownerId)
        $0.property("title", \.title)
        $0.property("state", \.state)
        $0.property("note", \.note)
        $0.property("price", \.price)
        $0.property("tags", \.tags)
        $0.property("due", \.due)
        $0.property("revision", \.revision)
        $0.hidden("secret", String?.self)
        $0.hasMany("parts", \.parts, foreignKey: \.jobId)
        $0.also { $0.version = "revision" }
    }
}

extension Job {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), ownerId: try row("ownerId"), title: try row("title"), state: try row("state"),
            note: try row("note"), price: try row("price"), tags: try row("tags"), due: try row("due"),
            revision: try row("revision"))
    }
}

private struct Part: TypedModel {
    var id: Int
    var jobId: Int
    var name: String

    static let definition = TypedDefinition<Part>("Part") {
        $0.id("id", \.id)
        $0.property("jobId", \.jobId)
        $0.property("name", \.name)
    }
}

extension Part {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), jobId: try row("jobId"), name: try row("name"))
    }
}

/// Bodies of requests as drafts and patches: what they don't say isn't written, and what they may not say is refused.
@Suite(.serialized) struct TypedDraftTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("typed_drafts")
        _ = try await test.run(
            """
            CREATE TABLE job (id bigserial PRIMARY KEY, ownerid bigint NOT NULL, title text NOT NULL, state text NOT NULL DEFAULT 'open',
                note text DEFAULT 'none', price numeric NOT NULL DEFAULT 1.5, tags text[] NOT NULL DEFAULT '{}', due timestamptz,
                revision bigint NOT NULL, secret text);
            CREATE TABLE part (id bigserial PRIMARY KEY, jobid bigint, name text);
            """)
        return try await Database.open(
            schema: try Schema(models: [Job.self, Part.self]), connection: ConnectionConfiguration(url: test.url))
    }

    private var database: Database { get async throws { try await Self.opened.value } }

    private func code(_ body: () async throws -> Void) async -> PlannerError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? PlannerError)?.code
        }
    }

    @Test func `A draft lacks the key and whatever has a default`() async throws {
        let database = try await database
        let draft = try Changes<Job>(json: ["title": "Paint"], allowing: [\.title, \.state, \.note])
        let job = try await database.create(draft) { $0.ownerId = 7 }
        #expect(job.id > 0 && job.ownerId == 7 && job.title == "Paint" && job.state == .open)
        #expect(job.note == "none" && job.price == 1.5 && job.tags == [] && job.due == nil && job.revision == 1)
        // null is NULL in spite of a default.
        let bare = try await database.create(
            try Changes<Job>(json: ["title": "Bare", "note": nil, "ownerId": 7, "due": "2026-01-02T03:04:05.678Z"]))
        #expect(bare.note == nil && bare.due != nil)
        let many = try await database.createAll([
            try Changes<Job>(json: ["title": "a", "ownerId": 8, "state": "done"]),
            try Changes<Job>(json: ["title": "b", "ownerId": 8, "tags": ["x"], "price": 2]),
        ])
        #expect(many.map(\.title) == ["a", "b"] && many.map(\.state) == [.done, .open])
        #expect(many.map(\.price) == [1.5, 2] && many.map(\.tags) == [[], ["x"]])
        // What is missing is told when it is made, all at once.
        let missing = await #expect(throws: ValidationError.self) {
            try await database.create(try Changes<Job>(json: ["note": "x"]))
        }
        #expect(missing?.problems.map(\.property).sorted() == ["ownerId", "title"])
        #expect(missing?.problems.allSatisfy { $0.code == .presence } == true)
    }

    @Test func `Everything that is wrong with a body is told at once, and none of its values`() throws {
        let body: JSONValue = [
            "title": 5, "state": "asleep", "note": ["$gt": ""], "price": "many", "ownerId": nil, "revision": true,
            "secret": "hunter2", "parts": [["name": "x"]], "$inc": ["ownerId": 1], "nope": 1, "tags": ["x"], "due": nil,
        ]
        let error = #expect(throws: ValidationError.self) { try Changes<Job>(json: body) }
        let found = error?.problems.map { "\($0.path) \($0.code.rawValue)" }.sorted()
        #expect(
            found == [
                "$inc unknown-property", "nope unknown-property", "note type", "ownerId presence",
                "parts unknown-property", "price type", "revision type", "secret unknown-property", "state type",
                "title type",
            ])
        #expect(error?.model == "Job")
        for problem in error?.problems ?? [] {
            #expect(!problem.message.contains("hunter2") && !problem.message.contains("asleep"))
        }
        for json: JSONValue in [nil, [], "x", 1, true] {
            let error = #expect(throws: ValidationError.self) { try Changes<Job>(json: json) }
            #expect(error?.problems.map(\.code) == [.type], "\(json)")
        }
        let twice = JSONValue.object([.init("title", "a"), .init("title", "b")])
        #expect(throws: ValidationError.self) { try Changes<Job>(json: twice) }
    }

    @Test func `Only what is allowed is taken`() throws {
        let body: JSONValue = ["title": "x", "ownerId": 9, "id": 3, "secret": "s"]
        let error = #expect(throws: ValidationError.self) { try Changes<Job>(json: body, allowing: [\.title]) }
        #expect(error?.problems.map(\.path).sorted() == ["id", "ownerId", "secret"])
        let taken = try Changes<Job>(json: body, allowing: [\.title], droppingOthers: true)
        #expect(try taken.json == ["title": "x"])
        #expect(taken.isSet(\.title) && !taken.isSet(\.ownerId) && taken.title == "x" && taken.ownerId == nil)
        #expect(try Changes<Job>(json: [:]).isEmpty && Changes<Job>().isEmpty && !taken.isEmpty)
        let null = try Changes<Job>(json: ["note": nil])
        #expect(null.isSet(\.note) && null.note == nil && !null.isEmpty)
        var own = Changes<Job>()
        own.state = .done
        #expect(try own.json == ["state": "done"])
    }

    @Test func `A patch changes what it says, and leaves the rest`() async throws {
        let database = try await database
        let job = try await database.create(Job.self) {
            $0.ownerId = 21
            $0.title = "Patch"
            $0.note = "kept"
        }
        let mine = database.query(Job.self).where { $0.ownerId == 21 }
        let patch = try Changes<Job>(json: ["state": "done"], allowing: [\.state, \.note])
        let changed = try await mine.update(job.id, patch)
        #expect(changed.state == .done && changed.note == "kept" && changed.title == "Patch" && changed.revision == 2)
        let cleared = try await database.query(Job.self).update(job.id, try Changes<Job>(json: ["note": nil]))
        #expect(cleared.note == nil && cleared.state == .done)
        // Nobody else's, nobody that isn't there, and no other key.
        let others = database.query(Job.self).where { $0.ownerId == 22 }
        #expect(await code { _ = try await others.update(job.id, patch) } == .modelNotFound)
        #expect(await code { _ = try await mine.update(999_999, patch) } == .modelNotFound)
        #expect(await code { _ = try await database.query(Job.self).update(999_999, patch) } == .modelNotFound)
        let rekeyed = try Changes<Job>(json: ["id": 999_999])
        #expect(await code { _ = try await mine.update(job.id, rekeyed) } == .keyOverride)
        #expect(await code { _ = try await database.query(Job.self).update(job.id, rekeyed) } == .keyOverride)
        #expect(try await mine.update(job.id, try Changes<Job>(json: ["id": JSONValue(job.id)])).id == job.id)
        #expect(try await mine.update(job.id, Changes<Job>()).title == "Patch")
        // What has been changed meanwhile isn't written over.
        let stale = try Changes<Job>(json: ["title": "old", "revision": 1])
        #expect(await code { _ = try await mine.update(job.id, stale) } == .conflict)
        #expect(await code { _ = try await database.query(Job.self).update(job.id, stale) } == .conflict)
        #expect(await code { _ = try await mine.limit(1).update(job.id, patch) } == .invalidFilter)
        // A change by which it meets the conditions no more.
        let moved = try await mine.update(job.id, try Changes<Job>(json: ["ownerId": 22]))
        #expect(moved.ownerId == 22)
        #expect(try await others.update(patch) == 1)
        #expect(try await others.all().map(\.title) == ["Patch"])
    }

    @Test func `Drafts and patches through a relation`() async throws {
        let database = try await database
        let job = try await database.create(Job.self) {
            $0.ownerId = 31
            $0.title = "Related"
        }
        let parts = job.related(\.parts, in: database)
        let part = try await parts.create(try Changes<Part>(json: ["name": "wheel"], allowing: [\.name]))
        #expect(part.jobId == job.id && part.name == "wheel")
        #expect(try await parts.create(try Changes<Part>(json: [:])) { $0.name = "axle" }.name == "axle")
        #expect(try await parts.where { $0.id == part.id }.update(try Changes<Part>(json: ["name": "rim"])) == 1)
        #expect(try await parts.order { $0.id.ascending }.all().map(\.name) == ["rim", "axle"])
    }

    @Test func `Bodies are decoded as servers do it`() async throws {
        let database = try await database
        let body = Data(#"[{"title":"x","ownerId":41,"other":1},{"title":"y","ownerId":41,"state":"done"}]"#.utf8)
        let drafts = try JSONDecoder().decode([Changes<Job>].self, from: body)
        #expect(try await database.createAll(drafts).map(\.state) == [.open, .done])
        let wrong = Data(#"[{"title":"x"},{"title":"y","state":"asleep","price":true}]"#.utf8)
        do {
            _ = try JSONDecoder().decode([Changes<Job>].self, from: wrong)
            Issue.record("It was taken.")
        } catch DecodingError.dataCorrupted(let context) {
            #expect(context.codingPath.map(\.stringValue).last == "state")
            #expect((context.underlyingError as? ValidationError)?.problems.count == 2)
        }
    }
}
