// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Synchronization
import TestSupport
import Testing

private struct Ware: TypedModel, Equatable {
    var id = 0
    var shop = 1
    var sku: String
    var price: Decimal
    var note: String?
    var stock = 0

    static let definition = TypedDefinition<Ware>("Ware") {
        $0.id("id", \.id)
        $0.property("shop", \.shop)
        $0.property("sku", \.sku)
        $0.property("price", \.price)
        $0.property("note", \.note)
        $0.property("stock", \.stock)
    }
}

extension Ware {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), shop: try row("shop"), sku: try row("sku"), price: try row("price"),
            note: try row("note"), stock: try row("stock"))
    }
}

/// Counted, deleted softly, scoped.
private struct Page: TypedModel {
    var id = 0
    var slug: String
    var title: String
    var shown = true
    var revision = 0
    var deletedAt: Date?

    static let definition = TypedDefinition<Page>("Page") {
        $0.id("id", \.id)
        $0.property("slug", \.slug)
        $0.property("title", \.title)
        $0.property("shown", \.shown)
        $0.property("revision", \.revision)
        $0.property("deletedAt", \.deletedAt)
        $0.scope { $0.where { $0.shown == true } }
        $0.also {
            $0.version = "revision"
            $0.softDelete = "deletedAt"
        }
    }
}

extension Page {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), slug: try row("slug"), title: try row("title"), shown: try row("shown"),
            revision: try row("revision"), deletedAt: try row("deletedAt"))
    }
}

/// Many records are changed or made by a unique index, all of them or none.
@Suite(.serialized) struct TypedUpsertingAllTests {
    private static func open(_ name: String, _ hooks: Hooks = Hooks()) async throws -> Database {
        let test = try await TestDatabase.named("upsert_all_\(name)")
        _ = try await test.run(
            """
            CREATE TABLE ware (id bigserial PRIMARY KEY, shop bigint NOT NULL, sku text NOT NULL, price numeric NOT NULL CHECK (price >= 0),
                note text DEFAULT 'new', stock bigint NOT NULL, UNIQUE (shop, sku));
            CREATE TABLE page (id bigserial PRIMARY KEY, slug text UNIQUE, title text, shown boolean, revision bigint, deletedat timestamptz);
            """)
        return try await Database.open(
            schema: try Schema(models: [Ware.self, Page.self]), connection: ConnectionConfiguration(url: test.url),
            hooks: hooks)
    }

    private func failure(_ body: () async throws -> Void) async -> PlannerError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? PlannerError
        }
    }

    @Test func `Some are there, some are new, and they come back in their order`() async throws {
        let database = try await Self.open("mixed")
        let first = try await database.upsertAll(
            ["b", "a", "c"].map { Ware(sku: $0, price: 1) }, on: \.shop, \.sku)
        #expect(first.map(\.sku) == ["b", "a", "c"] && first.allSatisfy { $0.note == "new" && $0.id > 0 })
        try await database.query(Ware.self).where { $0.sku == "a" }.update { $0.note = "kept" }
        // Where nothing is said of a property with a default it is left as it is; others are changed.
        let second = try await database.upsertAll(
            [
                Ware(sku: "d", price: 4), Ware(sku: "a", price: 2), Ware(sku: "c", price: 3, note: "said", stock: 9),
                Ware(shop: 2, sku: "a", price: 7),
            ], on: \.shop, \.sku)
        #expect(second.map(\.sku) == ["d", "a", "c", "a"] && second.map(\.price) == [4, 2, 3, 7])
        #expect(second.map(\.note) == ["new", "kept", "said", "new"] && second.map(\.stock) == [0, 0, 9, 0])
        #expect(second[1].id == first[1].id && second[2].id == first[2].id && second[3].shop == 2)
        #expect(try await database.query(Ware.self).count() == 5)
        // By the key: those with 0 are made.
        let third = try await database.upsertAll([
            Ware(id: first[0].id, sku: "b", price: 8), Ware(sku: "e", price: 5), Ware(sku: "f", price: 6),
        ])
        #expect(third.map(\.price) == [8, 5, 6] && third[0].id == first[0].id && third[1].id != third[2].id)
        #expect(try await database.query(Ware.self).count() == 7)
        #expect(try await database.upsertAll([Ware](), on: \.shop, \.sku).isEmpty)
        // However many there are, and in a transaction of the program's.
        let many = try await database.withTransaction { transaction in
            try await transaction.upsertAll(
                (0..<2_000).map { Ware(shop: 3, sku: "s\($0)", price: 1) }, on: \.shop, \.sku)
        }
        #expect(many.map(\.sku) == (0..<2_000).map { "s\($0)" })
        await database.close()
    }

    @Test func `One statement serves any number`() async throws {
        let database = try await Self.open("statements")
        let explanation = try await database.explain(analyze: .run) { session in
            try await session.upsertAll(
                (0..<5).map { Ware(sku: "s\($0)", price: 1, note: "x") }, on: \.shop, \.sku)
        }
        let text = explanation.tree.text()
        #expect(text.contains("ON CONFLICT") && text.contains("1 statement"), "\(text)")
        #expect(try await database.query(Ware.self).count() == 0)
        await database.close()
    }

    @Test func `What can't be said is refused, and nothing is written`() async throws {
        let database = try await Self.open("refused")
        let known = try await database.upsertAll([Ware(sku: "a", price: 1)], on: \.shop, \.sku)
        let noIndex = await failure { try await database.upsertAll([Ware(sku: "x", price: 1)], on: \.sku) }
        #expect(noIndex?.code == .invalidFilter && noIndex?.property == "sku")
        let twice = await failure {
            try await database.upsertAll(
                [Ware(sku: "x", price: 1), Ware(sku: "y", price: 1), Ware(sku: "x", price: 2)], on: \.shop, \.sku)
        }
        #expect(twice?.code == .invalidValue && twice?.path == "[2].shop")
        let otherKey = await failure {
            try await database.upsertAll(
                [Ware(sku: "x", price: 1), Ware(id: known[0].id + 1, sku: "a", price: 1)], on: \.shop, \.sku)
        }
        #expect(otherKey?.code == .keyOverride && otherKey?.property == "id")
        await #expect(throws: ConstraintViolation.self) {
            try await database.upsertAll(
                [Ware(sku: "x", price: 1), Ware(sku: "y", price: -1)], on: \.shop, \.sku)
        }
        #expect(try await database.query(Ware.self).all() == known)
        await database.close()
    }

    @Test func `Changes are counted, and what is out of reach is told`() async throws {
        let database = try await Self.open("reach")
        let made = try await database.upsertAll(["x", "y"].map { Page(slug: $0, title: "1") }, on: \.slug)
        #expect(made.map(\.revision) == [1, 1])
        let changed = try await database.upsertAll(["y", "z"].map { Page(slug: $0, title: "2") }, on: \.slug)
        #expect(changed.map(\.revision) == [2, 1] && changed.map(\.title) == ["2", "2"])
        try await database.deleteRecord(changed[1])
        try await database.query(Page.self).where { $0.slug == "x" }.update { $0.shown = false }
        for slug in ["x", "z"] {
            let error = await failure {
                try await database.upsertAll(["new", slug].map { Page(slug: $0, title: "3") }, on: \.slug)
            }
            #expect(error?.code == .conflict && error?.message.contains("in use") == true, "\(slug)")
        }
        #expect(try await database.unscoped.query(Page.self).withDeleted().count() == 3)
        #expect(try await database.unscoped.query(Page.self).withDeleted().where { $0.title == "3" }.count() == 0)
        await database.close()
    }

    @Test func `Whoever upserts the same at once makes no record twice`() async throws {
        let database = try await Self.open("at_once")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let wares = (0..<20).map { Ware(sku: "s\($0)", price: Decimal(number)) }
                    let order = number % 2 == 0 ? wares : wares.reversed()
                    let stored = try await database.upsertAll(order, on: \.shop, \.sku)
                    #expect(stored.map(\.sku) == order.map(\.sku))
                }
            }
            try await group.waitForAll()
        }
        let all = try await database.query(Ware.self).all()
        // All of them are of one of the tasks.
        #expect(all.count == 20 && Set(all.map(\.price)).count == 1)
        await database.close()
    }

    @Test func `Hooks are run for each, and undo all`() async throws {
        let saved = Mutex<[String]>([])
        var hooks = Hooks()
        hooks.beforeSave("Ware") { save in
            let sku = save["sku"]?.text ?? ""
            saved.withLock { $0.append(sku) }
            if sku == "bad" { throw PlannerError(.invalidValue, "No.", model: "Ware") }
        }
        let database = try await Self.open("hooks", hooks)
        let wares = try await database.upsertAll(
            [Ware(sku: "a", price: 1), Ware(sku: "b", price: 2)], on: \.shop, \.sku)
        #expect(wares.map(\.sku) == ["a", "b"])
        #expect(saved.withLock { $0 } == ["a", "b"])
        await #expect(throws: (any Error).self) {
            try await database.upsertAll([Ware(sku: "c", price: 1), Ware(sku: "bad", price: 1)], on: \.shop, \.sku)
        }
        #expect(try await database.query(Ware.self).count() == 2)
        await database.close()
    }

    @Test func `What was changed of a record is stored, and nothing else`() async throws {
        let database = try await Self.open("tracked")
        let made = try await database.create(Page(slug: "t", title: "1"))
        var page = Tracked(try await database.query(Page.self).get(made.id))
        page.title = "2"
        #expect(page.record.title == "2" && page.original.title == "1" && page.title == "2" && page.slug == "t")
        // Somebody else changes another property meanwhile: of a model that counts changes that is a conflict.
        var other = Tracked(try await database.query(Page.self).get(made.id))
        other.slug = "u"
        other = try await database.save(other)
        #expect(other.slug == "u" && other.revision == 2)
        let conflict = await failure { try await database.save(page) }
        #expect(conflict?.code == .conflict)
        other.title = "3"
        other = try await database.save(other)
        #expect(other.title == "3" && other.revision == 3 && other.original.title == "3")
        // Nothing is sent without a difference.
        #expect(try await database.save(other).revision == 3)
        other.title = "4"
        other.reset()
        #expect(other.title == "3")
        let ware = try await database.create(Ware(sku: "w", price: 1, note: "a"))
        var own = Tracked(ware)
        own.price = 2
        try await database.query(Ware.self).where { $0.id == ware.id }.update { $0.note = "b" }
        let stored = try await database.save(own)
        #expect(stored.price == 2 && stored.note == "b")
        await database.close()
    }
}
