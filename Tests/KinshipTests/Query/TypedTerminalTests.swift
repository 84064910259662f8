// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Shelf: TypedModel {
    var id: Int
    var leaves = Many<Leaf>("leaves")
    var bestLeaves = Many<Leaf>("bestLeaves")
    static let definition = TypedDefinition<Shelf>("Shelf") {
        $0.id("id", \.id)
        $0.hasMany("leaves", \.leaves, foreignKey: \.shelfId)
        $0.hasMany("bestLeaves", \.bestLeaves, foreignKey: \.shelfId)
        $0.scope(of: \.bestLeaves) { $0.order { $0.rank.descending }.limit(3).where { $0.rank > 0 } }
    }
    init(row: inout RecordReader) throws { id = try row("id") }
}

private struct Leaf: TypedModel {
    var id: Int
    var shelfId: Int
    var rank: Int
    var shelf = One<Shelf>("shelf")
    static let definition = TypedDefinition<Leaf>("Leaf") {
        $0.id("id", \.id)
        $0.property("shelfId", \.shelfId)
        $0.property("rank", \.rank)
        $0.belongsTo("shelf", \.shelf, foreignKey: \.shelfId)
        $0.scope("low") { $0.where { $0.rank <= 4 } }
        $0.scope("top") { $0.order { $0.rank.descending }.limit(3) }
        $0.scope("late") { $0.skip(2).limit(4) }
        $0.scope("gone") { $0.withDeleted(only: true) }
    }
    static var modelDefinition: ModelDefinition {
        var model = definition.modelDefinition
        model.properties.append(.date("deletedAt"))
        model.softDelete = "deletedAt"
        // A scope that shows less than a struct reads.
        model.scopes.append(.init("small", ["fields": ["id"], "limit": 5]))
        model.scopes.append(.init("shelved", ["include": ["relation": "shelf", "scope": ["where": ["id": 1]]]]))
        return model
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        shelfId = try row("shelfId")
        rank = try row("rank")
    }
}

/// Every part of a query has an effect on whatever it is asked for, or is refused.
@Suite struct TypedTerminalTests {
    /// Leaves 1 to 8 on shelves 1 and 2, of ranks 1 to 8; 7 and 8 are deleted.
    private static let opened = Task {
        let test = try await TestDatabase.named("typed_terminals")
        _ = try await test.run(
            """
            CREATE TABLE shelf (id bigint PRIMARY KEY);
            CREATE TABLE leaf (id bigint PRIMARY KEY, shelfid bigint, rank bigint, deletedat timestamptz);
            INSERT INTO shelf VALUES (1), (2);
            INSERT INTO leaf SELECT n, 1 + n % 2, n, CASE WHEN n > 6 THEN now() END FROM generate_series(1, 8) n;
            """)
        return try await Database.open(
            schema: try Schema(definitions: [Shelf.definition.modelDefinition, Leaf.modelDefinition]),
            connection: ConnectionConfiguration(url: test.url))
    }

    /// A part of a query, and the records that are left of it, in their order.
    private struct Part: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let add: @Sendable (TypedQuery<Leaf>) -> TypedQuery<Leaf>
        let ids: [Int]
        /// How many are counted: limits have no effect on that, and places are refused.
        var count: Int?
        var isCounted = true
        var isExplained = true
        /// The first: ahead of a place the nearest to it, as with a limit of 1.
        var first: Int?

        init(
            _ name: String, _ ids: [Int], count: Int? = nil,
            _ add: @escaping @Sendable (TypedQuery<Leaf>) -> TypedQuery<Leaf>
        ) {
            testDescription = name
            self.ids = ids
            self.add = add
            self.count = count ?? ids.count
            first = ids.first
        }

        func uncounted() -> Part {
            var part = self
            part.isCounted = false
            return part
        }

        func nearest(_ id: Int) -> Part {
            var part = self
            part.first = id
            return part
        }

        func unexplained() -> Part {
            var part = self
            part.isExplained = false
            return part
        }
    }

    private static let parts: [Part] = [
        Part("nothing", [1, 2, 3, 4, 5, 6]) { $0 },
        Part("where", [1, 2]) { $0.where { $0.rank < 3 } },
        Part("where twice", [2]) { $0.where { $0.rank < 3 }.where { $0.rank > 1 } },
        Part("order", [6, 5, 4, 3, 2, 1]) { $0.order { $0.rank.descending } },
        Part("limit", [1, 2], count: 6) { $0.limit(2) },
        Part("limit of none", [], count: 6) { $0.limit(0) },
        Part("no limit", [1, 2, 3, 4, 5, 6]) { $0.limit(2).limit(nil) },
        Part("skip", [5, 6], count: 6) { $0.skip(4) },
        Part("skip and limit", [3], count: 6) { $0.skip(2).limit(1) },
        Part("after", [5, 6]) { $0.after(["id": 4]) }.uncounted(),
        Part("before", [1, 2]) { $0.before(["id": 3]) }.uncounted().nearest(2),
        Part("with deleted", [1, 2, 3, 4, 5, 6, 7, 8]) { $0.withDeleted() },
        Part("deleted only", [7, 8]) { $0.withDeleted(only: true) },
        Part("deleted only, where", [8]) { $0.withDeleted(only: true).where { $0.rank == 8 } },
        Part("scope", [1, 2, 3, 4]) { $0.scope("low") }.unexplained(),
        Part("scope and where", [1]) { $0.scope("low").where { $0.rank == 1 } }.unexplained(),
        Part("scope with limit", [6, 5, 4], count: 6) { $0.scope("top") }.unexplained(),
        Part("scope with limit, less", [6, 5], count: 6) { $0.scope("top").limit(2) }.unexplained(),
        Part("scope with limit, more", [6, 5, 4], count: 6) { $0.scope("top").limit(20) }.unexplained(),
        Part("scope with limit, beyond", [], count: 6) { $0.scope("top").skip(3) }.unexplained(),
        Part("scope with limit, skip", [4], count: 6) { $0.scope("top").skip(2).limit(2) }.unexplained(),
        Part("scope with skip", [3, 4, 5, 6], count: 6) { $0.scope("late") }.unexplained(),
        Part("scope with skip, skip", [4, 5], count: 6) { $0.scope("late").skip(1).limit(2) }.unexplained(),
        Part("scope with deleted", [7, 8]) { $0.scope("gone") }.unexplained(),
        Part("scope with fields", [1, 2, 3, 4, 5], count: 6) { $0.scope("small") }.unexplained(),
        Part("include", [1, 2, 3, 4, 5, 6]) { $0.include(\.shelf) },
    ]

    @Test(arguments: parts.indices) func `A part has an effect whatever is asked for`(_ index: Int) async throws {
        let part = Self.parts[index]
        let database = try await Self.opened.value
        let query = part.add(database.query(Leaf.self))
        let ids = part.ids
        #expect(try await query.all().map(\.id) == ids)
        #expect(try await query.graph().count == ids.count)
        #expect(try await query.first()?.id == part.first)
        #expect(try await query.exists() == !ids.isEmpty)
        var streamed: [Int] = []
        for try await leaf in try query.stream(batchSize: 2) { streamed.append(leaf.id) }
        #expect(streamed == ids)
        #expect(try await query.page().records.map(\.id) == ids)
        // By key: whether it is among them, where no number of rows is left out; else whether it is the first of what meets the rest.
        for id in [1, 2, 5, 7] {
            let own = try await query.where { $0.id == id }.first()
            #expect(try await query.find(id)?.id == own?.id)
            if own == nil {
                await #expect(throws: PlannerError.self) { try await query.get(id) }
            } else {
                #expect(try await query.get(id).id == id)
            }
        }
        let one = Task { try await query.one() }
        if ids.count == 1 {
            #expect(try await one.value.id == ids[0])
        } else {
            let error = await #expect(throws: PlannerError.self) { try await one.value }
            #expect(error?.code == (ids.isEmpty ? .modelNotFound : .multipleInstances))
        }
        let tuples = query.fields { ($0.id, $0.rank) }
        if try query.filter["include"] == nil {
            #expect(try await tuples.all().map(\.0) == ids)
            #expect(try await tuples.first()?.0 == part.first)
        } else {
            await #expect(throws: PlannerError.self) { try await tuples.all() }
        }
        if part.isCounted {
            #expect(try await query.count() == part.count)
            let numbers = try await query.aggregate(count: true, sum: [\.rank])
            #expect(numbers.count == part.count)
            if part.count == ids.count { #expect(try numbers.sum(\.rank) == ids.reduce(0, +)) }
        } else {
            let error = await #expect(throws: PlannerError.self) { try await query.count() }
            #expect(error?.code == .invalidFilter)
            let other = await #expect(throws: PlannerError.self) { try await query.sum(\.rank) }
            #expect(other?.code == .invalidFilter)
        }
        if part.isExplained {
            #expect(try await query.explain(analyze: .run).plan.nodes.count == query.plan.nodes.count)
        } else {
            await #expect(throws: PlannerError.self) { try await query.explain() }
            #expect(throws: PlannerError.self) { try query.plan }
        }
    }

    @Test func `Parts of an include hold beside the scopes of the relation`() async throws {
        let shelves = try await Self.opened.value.query(Shelf.self).where { $0.id == 1 }
        func ids(_ scope: (TypedFilter<Leaf>) -> TypedFilter<Leaf>) async throws -> [Int] {
            try await shelves.include(\.leaves, scope).one().leaves.records.map(\.id)
        }
        #expect(try await ids { $0 } == [2, 4, 6])
        #expect(try await ids { $0.limit(0) } == [])
        #expect(try await ids { $0.limit(nil) } == [2, 4, 6])
        #expect(try await ids { $0.limit(2).skip(1) } == [4, 6])
        #expect(try await ids { $0.withDeleted(only: true) } == [8])
        func best(_ scope: (TypedFilter<Leaf>) -> TypedFilter<Leaf>) async throws -> [Int] {
            try await shelves.include(\.bestLeaves, scope).one().bestLeaves.records.map(\.id)
        }
        #expect(try await best { $0 } == [6, 4, 2])
        #expect(try await best { $0.limit(1) } == [6])
        #expect(try await best { $0.limit(5) } == [6, 4, 2])
        #expect(try await best { $0.limit(5).where { $0.rank < 6 } } == [4, 2])
        #expect(try await best { $0.limit(0) } == [])
        let numbers = shelves.include(\.leaves, count: true) { $0.limit(0) }
        await #expect(throws: PlannerError.self) { try await numbers.all() }
        await #expect(throws: PlannerError.self) { try await shelves.limit(-1).all() }
    }

    @Test func `What a scope includes stands beside what the query includes`() async throws {
        let leaves = try await Self.opened.value.query(Leaf.self).scope("shelved")
        let all = try await leaves.include(\.shelf) { $0.include(\.leaves) { $0.limit(1) } }.all()
        #expect(all.count == 6)
        for leaf in all {
            #expect(try (leaf.shelf.record == nil) == (leaf.shelfId != 1))
            #expect(try leaf.shelf.record.map { try $0.leaves.records.map(\.id) } ?? [2] == [2])
        }
    }

    @Test func `The same request with other numbers is answered with these`() async throws {
        let query = try await Self.opened.value.query(Leaf.self).scope("top")
        for limit in [1, 2, 3, 20, 1, 2] { #expect(try await query.limit(limit).all().count == min(limit, 3)) }
        // What isn't typed goes on as it did: limits of scopes win (K2).
        #expect(try await Self.opened.value.find("Leaf", scopes: ["top"], filter: ["limit": 1]).count == 3)
        #expect(try await Self.opened.value.find("Leaf", filter: ["limit": 0]).count == 6)
    }
}
