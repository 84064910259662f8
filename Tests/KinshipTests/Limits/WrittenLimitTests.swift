// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What is written is limited, and comes in pieces: a filter whose includes lead back makes a large text of few rows.
@Suite struct WrittenLimitTests {
    private static let definitions = [
        """
        {"name": "Product", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}},
         "scopes": {"few": {"limit": 2}},
         "relations": {"items": {"type": "hasMany", "model": "Item", "foreignKey": "productId"}}}
        """,
        """
        {"name": "Item", "properties": {"id": {"type": "number", "id": true}, "productId": {"type": "number"}},
         "relations": {"product": {"type": "belongsTo", "model": "Product", "foreignKey": "productId"}}}
        """,
    ]

    /// Three products with 30, 20 and no items.
    private static let tables = """
        CREATE TABLE product (id int PRIMARY KEY, name text);
        CREATE TABLE item (id int PRIMARY KEY, productid int);
        INSERT INTO product VALUES (1, 'one'), (2, 'two "quoted"'), (3, null);
        INSERT INTO item SELECT n, CASE WHEN n <= 30 THEN 1 ELSE 2 END FROM generate_series(1, 50) n;
        CREATE INDEX ON item (productid);
        ANALYZE;
        """

    private static let ready = Task {
        let test = try await TestDatabase.named("written_limits")
        try await test.run(tables)
        return test.url
    }

    private func withDatabase(_ trees: TreeOptions = TreeOptions(), _ body: (Database) async throws -> Void)
        async throws
    {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let connection = try ConnectionConfiguration(url: try await Self.ready.value)
        try await Database.withDatabase(schema: schema, connection: connection, trees: trees) { try await body($0) }
    }

    /// `items` and `product` in turn, from a product on.
    private func chain(_ depth: Int) -> JSONValue {
        var filter: JSONValue = [:]
        for level in stride(from: depth, through: 1, by: -1) {
            filter = ["include": ["relation": level % 2 == 1 ? "items" : "product", "scope": filter]]
        }
        return filter
    }

    /// How many objects a text has; no string in it has a brace.
    private func objects(_ json: [UInt8]) -> Int { json.count { $0 == UInt8(ascii: "{") } }

    private func gathered(_ pieces: JSONPieces) async throws -> (all: [UInt8], largest: Int, count: Int) {
        var (all, largest, count) = ([UInt8](), 0, 0)
        for try await piece in pieces {
            all += piece
            largest = max(largest, piece.count)
            count += 1
        }
        return (all, largest, count)
    }

    // MARK: Limits

    @Test(arguments: [9, 11, 13, 21, 27])
    func `A chain of relations that lead back is refused before anything is written`(depth: Int) async throws {
        try await withDatabase { database in
            let graph = try await database.find("Product", filter: chain(depth))
            #expect(graph.count == 3)
            let errors = [
                #expect(throws: PostgresError.self) { try graph.json() },
                #expect(throws: PostgresError.self) { try graph.jsonLines() },
                #expect(throws: PostgresError.self) { try graph.json(row: 0) },
                await #expect(throws: PostgresError.self) { _ = try await gathered(graph.jsonPieces()) },
            ]
            for error in errors { #expect(error?.code == .resultTooLarge) }
            #expect(errors[0]?.message.contains("items.product.items") == true, "\(errors[0]?.message ?? "")")
            let related = try await database.related(
                "Product", id: 1, relation: "items", filter: chain(depth, from: "product"))
            let error = #expect(throws: PostgresError.self) { try related.json() }
            #expect(error?.code == .resultTooLarge)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func `Records and bytes are counted exactly`(depth: Int) async throws {
        try await withDatabase(TreeOptions(maximumRecordsWritten: nil, maximumBytesWritten: nil)) { database in
            let whole = try await database.find("Product", filter: chain(depth)).json()
            let (records, bytes) = (objects(whole), whole.count)
            for (most, isAllowed) in [(records, true), (records - 1, false)] {
                let options = TreeOptions(maximumRecordsWritten: most, maximumBytesWritten: nil)
                let graph = try await database.with(trees: options).find("Product", filter: chain(depth))
                #expect(((try? graph.json()) == whole) == isAllowed)
                #expect(((try? await gathered(graph.jsonPieces(size: 100)).all) == whole) == isAllowed)
            }
            for (most, isAllowed) in [(bytes, true), (bytes - 1, false), (10, false)] {
                let options = TreeOptions(maximumRecordsWritten: nil, maximumBytesWritten: most)
                let graph = try await database.with(trees: options).find("Product", filter: chain(depth))
                #expect(((try? graph.json()) == whole) == isAllowed)
                #expect(((try? await gathered(graph.jsonPieces(size: 100)).all) == whole) == isAllowed)
            }
        }
    }

    // MARK: Pieces

    @Test(arguments: [1, 7, 100, 65_536])
    func `Pieces are the whole text, and small`(size: Int) async throws {
        let filters: [JSONValue] = [
            [:], chain(1), chain(2), chain(5), ["where": ["id": 99]], ["page": true, "include": "items"],
            ["page": ["cursor": true], "limit": 2, "order": "name"],
            ["fields": JSONValue.array([]), "include": "items"],
            ["include": ["relation": "items", "count": true, "rows": true, "scope": ["include": "product"]]],
            ["include": ["relation": "items", "count": true]],
        ]
        try await withDatabase { database in
            for filter in filters {
                let graph = try await database.find("Product", filter: filter)
                let pieces = try await gathered(graph.jsonPieces(size: size))
                #expect(pieces.all == (try graph.json()), "\(filter)")
                #expect(pieces.largest < size + 200)
                #expect(try await gathered(graph.jsonLinePieces(size: size)).all == graph.jsonLines())
            }
            let related = try await database.related(
                "Product", id: 1, relation: "items", filter: ["include": "product"])
            let pieces = try await gathered(related.jsonPieces(size: size))
            #expect(pieces.all == (try related.json()))
            #expect(pieces.largest < size + 200)
        }
    }

    @Test func `A cancelled consumer gets no further piece`() async throws {
        try await withDatabase { database in
            let graph = try await database.find("Product", filter: chain(3))
            let task = Task {
                var count = 0
                for try await _ in graph.jsonPieces(size: 1) {
                    count += 1
                    withUnsafeCurrentTask { $0?.cancel() }
                }
                return count
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    // MARK: Options of one request

    @Test func `Options hold for one request, beside others`() async throws {
        try await withDatabase { database in
            let few = database.with(trees: TreeOptions(maximumRows: 10))
            let error = await #expect(throws: PlannerError.self) { try await few.find("Item") }
            #expect(error?.code == .resultTooLarge)
            #expect(try await few.find("Item", filter: ["limit": 10]).count == 10)
            #expect(try await database.find("Item").count == 50)
            #expect(try await few.unscoped.find("Product").count == 3)
            #expect(await (try? few.unscoped.find("Item")) == nil)
            let oneTrip = database.with(trees: TreeOptions(strategy: .oneTrip))
            let byLevel = database.with(trees: TreeOptions(strategy: .byLevel))
            for _ in 1...2 {
                // The items of the product are asked for by a key that has to come first.
                let filter = chain(1, from: "product")
                #expect(try await oneTrip.findById("Item", id: 1, filter: filter).statistics.roundTrips == 1)
                #expect(try await byLevel.findById("Item", id: 1, filter: filter).statistics.roundTrips > 1)
            }
            try await few.refreshCatalog()
            #expect(try await database.find("Item").count == 50)
        }
    }

    @Test func `Lists without a limit have the default one`() async throws {
        try await withDatabase(TreeOptions(defaultLimit: 4)) { database in
            #expect(try await database.find("Item").count == 4)
            #expect(try await database.find("Item", filter: ["limit": 9]).count == 9)
            #expect(try await database.find("Item", filter: ["limit": 0]).count == 50)
            #expect(try await database.find("Product", scopes: ["few"]).count == 2)
            #expect(try await database.findByIds("Item", ids: [1, 2, 3, 4, 5, 6]).count == 6)
            #expect(try await database.related("Product", id: 1, relation: "items").count == 4)
            #expect(try await database.related("Product", id: 1, relation: "items", filter: ["limit": 6]).count == 6)
            #expect(try await database.related("Item", id: 1, relation: "product").count == 1)
            #expect(try await database.relatedCount("Product", id: 1, relation: "items").count == 30)
            #expect(try await database.count("Item").count == 50)
            // Of roots only.
            let graph = try await database.find("Product", filter: ["include": "items"])
            #expect(graph.related(1, toParentRow: 0).count == 30)
            var streamed = 0
            for try await batch in try database.stream("Item") { streamed += batch.count }
            #expect(streamed == 50)
        }
    }
}

extension WrittenLimitTests {
    /// The chain that begins at an item.
    fileprivate func chain(_ depth: Int, from relation: String) -> JSONValue {
        ["include": ["relation": .string(relation), "scope": chain(depth)]]
    }
}
