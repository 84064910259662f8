// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Author: TypedModel {
    var id = 0
    var name: String
    var books = Many<Book>("books")
    var letters = Many<Letter>("letters")
    var profile = One<Letter>("profile")
    static let definition = TypedDefinition<Author>("Author") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.hasMany("books", \.books, foreignKey: "authorId", through: "Authorship", keyThrough: "bookId")
        $0.hasMany("letters", \.letters, foreignKey: \.authorId)
        $0.hasOne("profile", \.profile, foreignKey: "ownerId")
        $0.scope(of: \.letters) { $0.order { $0.pages.descending } }
    }
}
extension Author {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), name: try row("name")) }
}

private struct Book: TypedModel {
    var id: Int?
    var title: String
    static let definition = TypedDefinition<Book>("Book") {
        $0.id("id", \.id)
        $0.property("title", \.title)
    }
}
extension Book {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), title: try row("title")) }
}

private struct Authorship: TypedModel {
    var id = 0
    var authorId: Int
    var bookId: Int
    var role: String?
    static let definition = TypedDefinition<Authorship>("Authorship") {
        $0.id("id", \.id)
        $0.property("authorId", \.authorId)
        $0.property("bookId", \.bookId)
        $0.property("role", \.role)
    }
}
extension Authorship {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), authorId: try row("authorId"), bookId: try row("bookId"), role: try row("role"))
    }
}

private struct Letter: TypedModel {
    var id = 0
    var authorId = 0
    var ownerId: Int?
    var text: String
    var pages = 1
    var tags: [String] = []
    var data: JSONValue?
    var author = One<Author>("author")
    static let definition = TypedDefinition<Letter>("Letter") {
        $0.id("id", \.id)
        $0.property("authorId", \.authorId)
        $0.property("ownerId", \.ownerId)
        $0.property("text", \.text)
        $0.property("pages", \.pages)
        $0.property("tags", \.tags)
        $0.property("data", \.data)
        $0.belongsTo("author", \.author, foreignKey: \.authorId)
        $0.scope("long") { $0.where { $0.pages > 10 } }
    }
}
extension Letter {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), authorId: try row("authorId"), ownerId: try row("ownerId"), text: try row("text"),
            pages: try row("pages"), tags: try row("tags"), data: try row("data"))
    }
}

/// Relations of one record and whole queries, asked and changed by typed values.
@Suite(.serialized) struct TypedRelationTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("typed_relations")
        _ = try await test.run(
            """
            CREATE TABLE author (id bigserial PRIMARY KEY, name text UNIQUE);
            CREATE TABLE book (id bigserial PRIMARY KEY, title text UNIQUE);
            CREATE TABLE authorship (id bigserial PRIMARY KEY, authorid bigint, bookid bigint, role text, UNIQUE (authorid, bookid));
            CREATE TABLE letter (id bigserial PRIMARY KEY, authorid bigint, ownerid bigint UNIQUE, text text, pages bigint,
                tags text[], data jsonb, UNIQUE (authorid, text));
            """)
        return try await Database.open(
            schema: try Schema(models: [Author.self, Book.self, Authorship.self, Letter.self]),
            connection: ConnectionConfiguration(url: test.url))
    }

    private func code(_ body: @Sendable () async throws -> Void) async -> PlannerError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? PlannerError)?.code
        }
    }

    @Test func `What a relation leads to is asked as a query is`() async throws {
        let database = try await Self.opened.value
        let author = try await database.create(Author(name: "asks"))
        let other = try await database.create(Author(name: "asks too"))
        let letters = author.related(\.letters, in: database)
        #expect(try await letters.all().isEmpty)
        #expect(try await letters.first() == nil)
        #expect(try await !letters.exists())
        let made = try await letters.createAll([3, 12, 20].map { Letter(text: "t\($0)", pages: $0) })
        #expect(made.map(\.authorId) == [author.id, author.id, author.id] && made.map(\.pages) == [3, 12, 20])
        let foreign = try await other.related(\.letters, in: database).create(Letter(text: "x"))
        // The relation's scope holds, and the parts of the query beside it.
        #expect(try await letters.all().map(\.pages) == [20, 12, 3])
        #expect(try await letters.where { $0.pages < 15 }.all().map(\.pages) == [12, 3])
        #expect(try await letters.order { $0.pages.ascending }.limit(2).all().map(\.pages) == [3, 12])
        #expect(try await letters.skip(1).first()?.pages == 12)
        #expect(try await letters.limit(0).all().isEmpty)
        #expect(try await letters.scope("long").all().map(\.pages) == [20, 12])
        #expect(try await letters.count() == 3)
        #expect(try await letters.where { $0.pages > 15 }.count() == 1)
        #expect(try await letters.scope("long").count() == 2)
        #expect(try await letters.where { $0.pages > 99 }.exists() == false)
        #expect(try await letters.where { $0.pages == 3 }.one().id == made[0].id)
        #expect(await code { _ = try await letters.one() } == .multipleInstances)
        #expect(await code { _ = try await letters.where { $0.pages == 99 }.one() } == .modelNotFound)
        let whole = try await letters.include(\.author).all()
        #expect(try whole.allSatisfy { try $0.author.required.name == "asks" })
        #expect(try await letters.contains(made[0]))
        #expect(try await !letters.contains(foreign))
        let nobody = Author(id: 999_999, name: "nobody").related(\.letters, in: database)
        #expect(await code { _ = try await nobody.all() } == .modelNotFound)
        try await database.withTransaction { transaction in
            let count = try await author.related(\.letters, in: transaction).count()
            #expect(count == 3)
        }
    }

    @Test func `Records of a relation are made, changed and deleted through it`() async throws {
        let database = try await Self.opened.value
        let author = try await database.create(Author(name: "writes"))
        let letters = author.related(\.letters, in: database)
        let letter = try await letters.create(Letter(text: "a", tags: ["old"])) { $0.data = ["keep": 1] }
        #expect(letter.authorId == author.id && letter.data == ["keep": 1])
        let second = try await letters.create {
            $0.text = "b"
            $0.pages = 5
            $0.tags = []
        }
        #expect(second.authorId == author.id && second.pages == 5)
        // Another one's key isn't written over.
        #expect(await code { _ = try await letters.create(Letter(authorId: author.id + 1, text: "c")) } == .keyOverride)
        #expect(
            try await letters.where { $0.text == "a" }.update {
                $0.text = "a2"
                $0.pages += 4
                $0.tags.append("new")
                $0.data["theme.color"] = "dark"
                $0.data["keep"] = nil
            } == 1)
        let changed = try await letters.where { $0.id == letter.id }.one()
        #expect(changed.text == "a2" && changed.pages == 5 && changed.tags == ["old", "new"])
        #expect(changed.data == ["theme": ["color": "dark"]])
        #expect(try await letters.update { $0.pages -= 1 } == 2)
        #expect(try await letters.all().map(\.pages) == [4, 4])
        #expect(try await letters.where { $0.text == "b" }.delete() == 1)
        #expect(try await letters.count() == 1)
        let refused: [@Sendable () async throws -> Void] = [
            { _ = try await letters.limit(1).update { $0.pages = 0 } },
            { _ = try await letters.scope("long").delete() },
            { _ = try await letters.include(\.author).delete() },
            { _ = try await letters.order { $0.pages.ascending }.delete() },
            { _ = try await letters.where { $0.pages == 1 }.create(Letter(text: "x")) },
            { _ = try await letters.where { $0.pages == 1 }.set([]) },
        ]
        for attempt in refused { #expect(await code(attempt) == .invalidFilter) }
        #expect(await code { _ = try await letters.create { $0.pages += 1 } } == .invalidValue)
        await #expect(throws: ValidationError.self) {
            try await letters.update {
                $0.pages += 1
                $0.pages += 1
            }
        }
        #expect(try await letters.all().map(\.pages) == [4])
    }

    @Test func `Records are linked, with data of the link, and unlinked`() async throws {
        let database = try await Self.opened.value
        let author = try await database.create(Author(name: "links"))
        let books = author.related(\.books, in: database)
        let all = try await database.createAll(["x", "y", "z"].map { Book(title: "links \($0)") })
        try await books.add(all[0], through: Authorship.self) { $0.role = "editor" }
        try await books.add(all[1])
        func roles() async throws -> [String?] {
            try await database.query(Authorship.self).where { $0.authorId == author.id }.order { $0.bookId.ascending }
                .all().map(\.role)
        }
        #expect(try await roles() == ["editor", nil])
        #expect(try await books.contains(all[0]))
        #expect(try await !books.contains(all[2]))
        try await books.set([all[0], all[2]])
        // The link that stays keeps its data.
        #expect(try await roles() == ["editor", nil])
        #expect(try await books.contains(all[2]))
        #expect(try await !books.contains(all[1]))
        #expect(try await books.remove(all[0]).count == 1)
        #expect(try await books.all().map(\.title) == ["links z"])
        let made = try await books.create(Book(title: "links new"))
        #expect(made.id != nil)
        #expect(try await books.count() == 2)
        let wrong = await #expect(throws: ModelError.self) {
            try await books.add(all[0], through: Letter.self) { $0.text = "x" }
        }
        #expect(wrong?.code == .invalidModel && wrong?.relation == "books")
    }

    @Test func `The record of a to-one relation`() async throws {
        let database = try await Self.opened.value
        let author = try await database.create(Author(name: "one"))
        let next = try await database.create(Author(name: "two"))
        let letter = try await author.related(\.letters, in: database).create(Letter(text: "one"))
        let owner = letter.related(\.author, in: database)
        #expect(try await owner.get()?.name == "one")
        #expect(try await owner.get { $0.include(\.letters) }?.letters.records.map(\.id) == [letter.id])
        try await owner.set(next)
        #expect(try await owner.get()?.name == "two")
        #expect(try await owner.update { $0.name = "renamed" }.name == "renamed")
        let profile = author.related(\.profile, in: database)
        #expect(try await profile.get() == nil)
        let made = try await profile.create(Letter(text: "profile"))
        #expect(made.ownerId == author.id)
        #expect(try await profile.get()?.text == "profile")
        #expect(await code { _ = try await profile.create(Letter(text: "again")) } == .relationExists)
        try await profile.delete()
        #expect(await code { try await profile.delete() } == .relationEmpty)
    }

    @Test func `What a query finds is changed and deleted, and nobody forgets which`() async throws {
        let database = try await Self.opened.value
        let author = try await database.create(Author(name: "many"))
        try await author.related(\.letters, in: database).createAll((1...4).map { Letter(text: "m\($0)", pages: $0) })
        let letters = database.query(Letter.self).where { $0.authorId == author.id }
        #expect(try await letters.where { $0.pages > 2 }.update { $0.pages += 10 } == 2)
        #expect(try await letters.order { $0.id.ascending }.all().map(\.pages) == [1, 2, 13, 14])
        #expect(try await letters.where { $0.pages < 2 }.delete() == 1)
        let query = database.query(Letter.self)
        let refused: [@Sendable () async throws -> Void] = [
            { _ = try await query.update { $0.pages = 0 } }, { _ = try await query.delete() },
            { _ = try await letters.limit(1).update { $0.pages = 0 } }, { _ = try await letters.limit(0).delete() },
            { _ = try await letters.scope("long").update { $0.pages = 0 } }, { _ = try await letters.skip(1).delete() },
            { _ = try await letters.include(\.author).delete() }, { _ = try await letters.withDeleted().delete() },
            { _ = try await letters.order { $0.id.ascending }.delete() },
            { _ = try await letters.after(["id": 1]).delete() },
        ]
        for attempt in refused { #expect(await code(attempt) == .invalidFilter) }
        #expect(try await letters.count() == 3)
        #expect(try await letters.updateAll { $0.pages = 7 } == 3)
        #expect(try await letters.deleteAll() == 3)
        #expect(try await letters.exists() == false)
    }

    @Test func `Upserts by a unique index make one record, however many come`() async throws {
        let database = try await Self.opened.value
        let books = try await withThrowingTaskGroup(of: Book.self) { group in
            for _ in 0..<12 { group.addTask { try await database.upsert(Book(title: "upserted"), on: \.title) } }
            var books: [Book] = []
            for try await book in group { books.append(book) }
            return books
        }
        let ids = Set(books.map(\.id))
        #expect(ids.count == 1)
        let upserted = database.query(Book.self).where { $0.title == "upserted" }
        #expect(try await upserted.count() == 1)
        let author = try await database.create(Author(name: "upserts"))
        let letter = try await database.upsert(
            Letter(authorId: author.id, text: "u", pages: 1), on: \.authorId, \.text)
        let again = try await database.upsert(
            Letter(authorId: author.id, text: "u", pages: 9, tags: ["t"]), on: \.authorId, \.text)
        #expect(again.id == letter.id && again.pages == 9 && again.tags == ["t"])
        let byKey = try await database.upsert(Author(id: author.id, name: "by key"))
        #expect(byKey.id == author.id && byKey.name == "by key")
        let (found, isNew) = try await database.findOrCreate(Author(name: "by key"), on: \.name)
        #expect(found.id == author.id && !isNew)
        #expect(try await database.findOrCreate(Author(name: "found anew"), on: \.name).isNew)
        #expect(await code { _ = try await database.upsert(Letter(text: "u"), on: \.text) } == .invalidFilter)
        #expect(await code { _ = try await database.upsert(Letter(text: "u"), on: \.ownerId) } == .invalidValue)
        #expect(
            await code { _ = try await database.upsert(Author(id: author.id + 1, name: "by key"), on: \.name) }
                == .keyOverride)
    }

    @Test func `Graphs of structs are made and saved as a whole`() async throws {
        let database = try await Self.opened.value
        var draft = Author(name: "graph")
        draft.letters = Many([Letter(text: "g1", pages: 1), Letter(text: "g2", pages: 2)])
        draft.books = Many([Book(title: "graph book")])
        draft.profile = One(Letter(text: "graph profile"))
        let made = try await database.createGraph(draft)
        #expect(made.id > 0 && made.name == "graph")
        #expect(try made.letters.records.map(\.text) == ["g2", "g1"])
        #expect(try made.letters.records.allSatisfy { $0.authorId == made.id })
        #expect(try made.books.records.map(\.title) == ["graph book"] && made.profile.required.ownerId == made.id)
        // A target before the record that refers to it.
        var letter = Letter(text: "first")
        letter.author = One(Author(name: "made with it"))
        #expect(try await database.createGraph(letter).author.required.name == "made with it")

        let read = try await database.query(Author.self).include(\.letters).include(\.books).get(made.id)
        var changed = read
        changed.name = "changed graph"
        try changed.letters.update {
            $0[0].pages = 20
            $0.remove(at: 1)
            $0.append(Letter(text: "g3", pages: 3))
        }
        let (saved, changes) = try await database.saveGraph(changed, comparedWith: read, removing: .delete)
        #expect(changes.created == 1 && changes.updated == 2 && changes.deleted == 1)
        #expect(try saved.name == "changed graph" && saved.letters.records.map(\.pages) == [20, 3])
        #expect(try saved.books.records.map(\.title) == ["graph book"])
        let (same, none) = try await database.saveGraph(saved, comparedWith: saved)
        #expect(none.isEmpty && same.name == saved.name)
        // All or nothing.
        var bad = saved
        try bad.letters.update {
            $0[0].pages = 99
            $0.append(Letter(text: "g3", pages: 4))
        }
        let broken = bad
        await #expect(throws: ConstraintViolation.self) { try await database.saveGraph(broken, comparedWith: saved) }
        #expect(try await made.related(\.letters, in: database).all().map(\.pages) == [20, 3])
        var unread = try await database.query(Author.self).get(made.id)
        #expect(throws: ModelError.self) { try unread.letters.update { $0.append(Letter(text: "x")) } }
        #expect(!unread.letters.isLoaded)
    }
}
