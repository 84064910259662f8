// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Plans explained by a database: before, after a run, and by the server itself.
@Suite struct ExplainTests {
    private static let definitions = [
        """
        {"name": "Author", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}},
         "relations": {"books": {"type": "hasMany", "model": "Book"}, "prizes": {"type": "hasMany", "model": "Prize"},
            "account": {"type": "hasOne", "model": "Account"}}}
        """,
        """
        {"name": "Book", "properties": {"id": {"type": "number", "id": true}, "title": {"type": "string"}, "authorId": {"type": "number"}},
         "relations": {"author": {"type": "belongsTo", "model": "Author"}, "prizes": {"type": "hasMany", "model": "Prize"}}}
        """,
        """
        {"name": "Prize", "properties": {"id": {"type": "number", "id": true}, "bookId": {"type": "number"}, "authorId": {"type": "number"}}}
        """,
        """
        {"name": "Account", "properties": {"id": {"type": "number", "id": true}, "authorId": {"type": "number"}}}
        """,
    ]

    /// Authors 1 to 1000, three books for each but every tenth, accounts for every second, no prizes, whose keys have no index.
    private static let made = Task {
        let test = try await TestDatabase.named("explain")
        try await test.run(
            """
            CREATE TABLE author (id int PRIMARY KEY, name text);
            CREATE TABLE book (id int PRIMARY KEY, title text, authorid int);
            CREATE TABLE prize (id int PRIMARY KEY, bookid int, authorid int);
            CREATE TABLE account (id int PRIMARY KEY, authorid int UNIQUE);
            INSERT INTO author SELECT n, 'a' || n FROM generate_series(1, 1000) n;
            INSERT INTO book SELECT n, 'b' || n, n % 1000 + 1 FROM generate_series(1, 3000) n WHERE n % 10 <> 0;
            INSERT INTO account SELECT n, n * 2 FROM generate_series(1, 500) n;
            CREATE INDEX book_author ON book (authorid);
            ANALYZE author, book, account;
            """)
        return test
    }

    private func withDatabase<R: Sendable>(
        _ trees: TreeOptions = TreeOptions(strategy: .byLevel), _ body: (Database) async throws -> R
    ) async throws -> R {
        let test = try await Self.made.value
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(minimumConnections: 1, maximumConnections: 1), trees: trees
        ) { database in try await body(database) }
    }

    /// Statements and round trips of a body, as the connection counts them.
    private func counting(
        _ database: Database, _ body: () async throws -> Void
    ) async throws -> (statements: UInt64, roundTrips: UInt64) {
        let before = try await database.pool.withConnection { $0.counters }
        try await body()
        let after = try await database.pool.withConnection { $0.counters }
        return (UInt64(after.statements - before.statements), UInt64(after.roundTrips - before.roundTrips))
    }

    @Test func `Before anything is sent: values, advice and the reason for the strategy`() async throws {
        try await withDatabase { database in
            let cost = try await counting(database) {
                let explanation = try await database.explain(
                    "Author", filter: ["where": ["name": ["inq": ["a\"1", "a2"]]], "limit": 4, "include": ["prizes"]])
                #expect(explanation.statistics == nil)
                #expect(explanation.serverPlans.isEmpty)
                #expect(explanation.tree.lines == [.text("byLevel was asked for")])
                let lines = explanation.tree.children.first?.lines ?? []
                #expect(lines.contains(.text(#"$1 text[]: ["a\"1","a2"], from the filter"#)))
                #expect(lines.contains(.text("$2 bigint: 4, from the filter")))
                #expect(lines.contains(.text("about 1,000 rows in author")))
                // Nobody knows how many prizes there are, so an index may be worth it.
                #expect(
                    explanation.advice.map(\.createStatement)
                        == [#"CREATE INDEX CONCURRENTLY ON "public"."prize" ("authorid")"#])
                let prizes = explanation.tree.children.first?.children.first
                #expect(prizes?.lines.last?.kind == .warning)
                #expect(prizes?.lines.last?.text.hasSuffix(explanation.advice[0].createStatement) == true)
            }
            #expect(cost.statements == 0 && cost.roundTrips == 0)
        }
    }

    @Test func `The measured round trip decides and is told`() async throws {
        try await withDatabase(TreeOptions(snapshot: .consistent)) { database in
            let many = try await database.explain("Author", filter: ["limit": 4, "include": "books"])
            let reason = try #require(many.tree.lines.first?.text)
            let isSlow = database.roundTrip >= .microseconds(100)
            #expect(many.plan.strategy == (isSlow ? .oneTrip : .byLevel))
            #expect(reason.hasPrefix("a round trip takes "))
            #expect(reason.contains(isSlow ? "from 0.1 ms on, one for the whole tree is faster" : "below 0.1 ms"))
            #expect(many.tree.lines[1].text.hasPrefix("all statements see one snapshot"))
            let one = try await database.explain("Author", filter: ["where": ["id": 1], "include": "books"])
            #expect(one.tree.lines.first == .text("the root is one record: its tree is cheapest in one round trip"))
            let alone = try await database.explain("Author", filter: "{}")
            #expect(alone.tree.lines == [.text("one statement, so there is nothing to choose")])
        }
    }

    @Test func `A run tells rows and keys, and costs what finding costs`() async throws {
        try await withDatabase { database in
            let filter: JSONValue = [
                "where": ["id": ["between": [8, 11]]], "include": ["account", ["books": ["author", "prizes"]]],
            ]
            let find = try await counting(database) { _ = try await database.find("Author", filter: filter) }
            let cost = try await counting(database) {
                let explanation = try await database.explain("Author", filter: filter, analyze: .run)
                let statistics = try #require(explanation.statistics)
                #expect(statistics.statements == 3 && statistics.roundTrips == 3)
                let root = try #require(explanation.tree.children.first)
                #expect(root.json["facts"]?["rows"] == 4)
                let (account, books) = (root.children[0], root.children[1])
                #expect(account.badge == "joined in")
                #expect(account.lines.last == .text("2 records in the answer"))
                #expect(books.json["facts"]?["rows"] == 9 && books.json["facts"]?["keys"] == 4)
                #expect(books.lines.contains { $0.text.hasPrefix("9 rows for 4 keys, in a round trip of ") })
                #expect(books.children[0].badge == "reused")
                #expect(books.children[0].json["facts"]?["records"] == 9)
                #expect(books.children[1].json["facts"]?["rows"] == 0)
                #expect(explanation.tree.json["facts"]?["run"]?["statements"] == 3)
                #expect(explanation.tree.lines.last?.text.hasSuffix(" ms)") == true)
            }
            #expect(cost.statements == find.statements && cost.roundTrips == find.roundTrips)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `Statements without keys are not sent, and nothing is said of the server's plan`(
        strategy: Strategy
    ) async throws {
        try await withDatabase(TreeOptions(strategy: strategy)) { database in
            let explanation = try await database.explain(
                "Author", filter: ["where": ["name": "nobody"], "include": "books"], analyze: .server)
            let books = try #require(explanation.tree.children.first?.children.first)
            if strategy == .byLevel {
                #expect(books.json["facts"]?["sent"] == false)
                #expect(books.lines.contains(.text("not sent: there were no keys to ask for")))
                #expect(explanation.serverPlans.keys.sorted() == [0])
            } else {
                #expect(books.json["facts"]?["rows"] == 0)
                #expect(explanation.serverPlans.keys.sorted() == [0, 1])
            }
        }
    }

    @Test(arguments: Strategy.allCases)
    func `The server's own plans are of the same rows`(strategy: Strategy) async throws {
        // Consistent as well: the explanation has a transaction of its own already.
        try await withDatabase(TreeOptions(strategy: strategy, snapshot: .consistent)) { database in
            let filter: JSONValue = [
                "where": ["name": ["like": "a99%"]],
                "include": ["relation": "books", "scope": ["order": "title DESC", "limit": 2, "include": "prizes"]],
            ]
            let graph = try await database.find("Author", filter: filter)
            let cost = try await counting(database) {
                let explanation = try await database.explain("Author", filter: filter, analyze: .server)
                #expect(explanation.serverPlans.keys.sorted() == [0, 1, 2])
                for fetch in explanation.plan.fetches {
                    let server = try #require(explanation.serverPlans[fetch.id])
                    let rows = graph.statistics.fetches[fetch.id.index].rows
                    #expect(server.nodes.first?.rows == Double(rows))
                    #expect(server.nodes.first?.depth == 0)
                    // There are no prizes, so nothing of them is read.
                    #expect((server.foundPages + server.readPages > 0) == (fetch.id < 2))
                }
                let root = try #require(explanation.serverPlans[0])
                let scan = try #require(
                    root.nodes.first {
                        $0.description == "Seq Scan on author" || $0.description.hasSuffix(": Seq Scan on author")
                    })
                #expect(scan.removedRows == 989)
                let books = try #require(explanation.serverPlans[1])
                #expect(books.nodes.contains { $0.description.contains("book_author") && $0.loops >= 1 })
                let lines = explanation.tree.children.first?.children.first?.lines.map(\.text) ?? []
                #expect(lines.contains { $0.hasPrefix("server: ") && $0.contains("pages: ") })
                #expect(lines.contains { $0.hasPrefix("› ") && $0.contains("book_author") })
                #expect(explanation.tree.children.first?.json["facts"]?["serverPlan"]?.elements?.count == 1)
            }
            // The statements, each again, and COMMIT with BEGIN riding along.
            #expect(cost.roundTrips == (strategy == .oneTrip ? 1 : 3) + 2)
            // The connection is out of the transaction, and no key is left behind.
            let left = try await database.pool.withConnection { connection in
                try await connection.execute(
                    Statement("SELECT coalesce(nullif(current_setting('kinship.k1_1', true), ''), 'none')"))
            }
            #expect(try left.decode(String.self, row: 0, column: 0) == "none")
        }
    }

    @Test func `Mistakes are what they are when the filter is answered`() async throws {
        try await withDatabase { database in
            for analysis in Explanation.Analysis.allCases {
                let unknown = await #expect(throws: PlannerError.self) {
                    try await database.explain("Author", filter: ["where": ["nope": 1]], analyze: analysis)
                }
                #expect(unknown?.code == .unknownProperty)
                let model = await #expect(throws: PlannerError.self) {
                    try await database.explain("Nobody", analyze: analysis)
                }
                #expect(model?.code == .unknownModel)
            }
            let expression = await #expect(throws: PlannerError.self) {
                try await database.explain(
                    "Author", filter: ["where": ["name": ["regexp": "x{300}"]]], analyze: .server)
            }
            #expect(expression?.code == .invalidValue)
            // The pool's only connection is as good as before.
            let count = try await database.count("Author").count
            #expect(count == 1000)
        }
        try await withDatabase(TreeOptions(strategy: .oneTrip, maximumRows: 3)) { database in
            let large = await #expect(throws: PlannerError.self) {
                try await database.explain("Author", filter: ["limit": 4], analyze: .server)
            }
            #expect(large?.code == .resultTooLarge)
            let count = try await database.count("Author").count
            #expect(count == 1000)
        }
    }

    @Test func `Keys of a type that is none of the built-in ones are explained with`() async throws {
        let test = try await TestDatabase.named("explain_types")
        try await test.run(
            """
            CREATE TABLE parent (id char(4) PRIMARY KEY);
            CREATE TABLE child (id int PRIMARY KEY, parentid char(4));
            INSERT INTO parent VALUES ('a'), ('b');
            INSERT INTO child VALUES (1, 'a'), (2, 'b'), (3, NULL);
            """)
        let schema = try Schema(
            definitions: [
                #"{"name": "Parent", "properties": {"id": {"type": "string", "id": true}}, "relations": {"children": {"type": "hasMany", "model": "Child"}}}"#,
                #"{"name": "Child", "properties": {"id": {"type": "number", "id": true}, "parentId": {"type": "string"}}}"#,
            ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
        let explanation = try await database.explain("Parent", filter: ["include": "children"], analyze: .server)
        #expect(explanation.serverPlans[1]?.nodes.first?.rows == 2)
        await database.close()
    }

    @Test(arguments: [Explanation.Analysis.run, .server])
    func `Scopes that are functions of the parents show their groups, each with its statements`(
        analysis: Explanation.Analysis
    ) async throws {
        let test = try await Self.made.value
        let author = ModelDefinition(
            "Author", properties: [.id("id")],
            relations: [
                RelationDefinition.hasMany("some", "Book").scoped { parent in ["limit": parent["id"] == 1 ? 1 : 2] }
            ])
        let book = ModelDefinition("Book", properties: [.id("id"), .number("authorId")])
        let database = try await Database.open(
            schema: Schema(definitions: [author, book]), connection: ConnectionConfiguration(url: test.url))
        let explanation = try await database.explain(
            "Author", filter: ["where": ["id": ["lt": 5]], "include": "some"], analyze: analysis)
        let some = try #require(explanation.tree.children.first?.children.first)
        #expect(some.badge == "by record")
        #expect(some.lines.last == .text("2 groups of equal scopes"))
        #expect(some.children.map(\.title) == ["group 1", "group 2"])
        #expect(some.children.map { $0.lines.first } == [.text("for 1 parent"), .text("for 3 parents")])
        for group in some.children {
            let relation = try #require(group.children.first)
            #expect(relation.title == "some")
            #expect(relation.lines.contains { $0.kind == .code && $0.text.contains(#"FROM "public"."book" AS t"#) })
            #expect(relation.facts.contains { $0.key == "rows" })
        }
        #expect(explanation.tree.title == "1 statement in 1 round trip")
        #expect(explanation.statistics?.statements == 3 && explanation.statistics?.roundTrips == 2)
        #expect(explanation.serverPlans.keys.sorted() == (analysis == .server ? [0] : []))
        await database.close()
    }
}
