// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Whole graphs of records: made, changed and undone as one.
@Suite(.serialized) struct NestedWriteTests {
    private static func open(_ name: String) async throws -> (database: Database, tables: TestDatabase) {
        let made = try await TestDatabase.named(name)
        try await made.run(
            """
            DROP TABLE IF EXISTS booktag, tag, chapter, cover, book, author, publisher;
            CREATE TABLE publisher (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
            CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL, publisherid int REFERENCES publisher,
                favorites int[]);
            CREATE TABLE book (id serial PRIMARY KEY, authorid int REFERENCES author, title text NOT NULL, notes jsonb);
            CREATE TABLE chapter (id serial PRIMARY KEY, bookid int NOT NULL REFERENCES book, title text NOT NULL);
            CREATE TABLE cover (id serial PRIMARY KEY, bookid int NOT NULL REFERENCES book, art text);
            CREATE TABLE tag (id serial PRIMARY KEY, label text NOT NULL UNIQUE);
            CREATE TABLE booktag (id serial PRIMARY KEY, bookid int NOT NULL REFERENCES book,
                tagid int NOT NULL REFERENCES tag, weight int);
            INSERT INTO publisher (name) VALUES ('Old House');
            INSERT INTO tag (label) VALUES ('sea'), ('land');
            """)
        let schema = try Schema(definitions: [
            ModelDefinition("Publisher", properties: [.id(), .string("name")]),
            ModelDefinition(
                "Author",
                properties: [
                    .id(), .string("name"), .number("publisherId"),
                    PropertyDefinition("favoriteIds", .array(of: .number), column: "favorites", dataType: "integer[]"),
                ],
                relations: [
                    .belongsTo("publisher", "Publisher", foreignKey: "publisherId"),
                    .hasMany("books", "Book", foreignKey: "authorId"), Self.favorites,
                ]),
            ModelDefinition(
                "Book", properties: [.id(), .number("authorId"), .string("title"), .object("notes")],
                relations: [
                    .belongsTo("author", "Author", foreignKey: "authorId"),
                    .hasMany("chapters", "Chapter", foreignKey: "bookId"),
                    .hasOne("cover", "Cover", foreignKey: "bookId"),
                    .hasMany("tags", "Tag", foreignKey: "bookId", through: "BookTag", keyThrough: "tagId"),
                ], strict: .refuse),
            ModelDefinition("Chapter", properties: [.id(), .number("bookId"), .string("title")]),
            ModelDefinition("Cover", properties: [.id(), .number("bookId"), .string("art")]),
            ModelDefinition("Tag", properties: [.id(), .string("label")]),
            ModelDefinition(
                "BookTag", properties: [.id(), .number("bookId"), .number("tagId"), .number("weight")],
                relations: [
                    .belongsTo("book", "Book", foreignKey: "bookId"), .belongsTo("tag", "Tag", foreignKey: "tagId"),
                ]),
        ])
        return (
            try await Database.open(schema: schema, connection: ConnectionConfiguration(url: made.url)), made
        )
    }

    private static var favorites: RelationDefinition {
        var relation = RelationDefinition("favorites", .referencesMany, model: "Book")
        relation.foreignKey = ["favoriteIds"]
        relation.propertyDefinition = PropertyDefinition(
            "favoriteIds", .array(of: .number), column: "favorites", dataType: "integer[]")
        return relation
    }

    private static func text(_ graph: Graph) throws -> String { String(decoding: try graph.firstJSON(), as: UTF8.self) }

    @Test func aTreeIsMadeAsOne() async throws {
        let (database, tables) = try await Self.open("nested_create")
        let graph = try await database.createGraph(
            "Author",
            [
                "name": "Ada", "publisher": ["name": "New House"],
                "books": [
                    [
                        "title": "One", "chapters": [["title": "a"], ["title": "b"]], "cover": ["art": "x"],
                        "tags": [
                            "create": [["label": "air", "through": ["weight": 3]]],
                            "connect": [["id": 1, "through": ["weight": 2]]],
                        ],
                    ],
                    ["title": "Two", "chapters": [["title": "c"]], "tags": ["connect": [1, 2]]],
                ],
            ])
        let json = try JSONValue(parsing: try graph.firstJSON())
        #expect(json["publisher"]?["name"] == "New House")
        #expect(json["books"]?.elements?.compactMap { $0["title"]?.text } == ["One", "Two"])
        #expect(json["books"]?.elements?.first?["chapters"]?.elements?.count == 2)
        #expect(json["books"]?.elements?.first?["cover"]?["art"] == "x")
        #expect(
            try await tables.run(
                "SELECT b.title, t.label, l.weight FROM booktag l JOIN book b ON b.id = l.bookid JOIN tag t ON t.id = l.tagid ORDER BY 1, 2"
            ) == [["One", "air", "3"], ["One", "sea", "2"], ["Two", "land", nil], ["Two", "sea", nil]])
        #expect(
            try await tables.run("SELECT b.title, c.title FROM chapter c JOIN book b ON b.id = c.bookid ORDER BY 1, 2")
                == [["One", "a"], ["One", "b"], ["Two", "c"]])
        await database.close()
    }

    @Test func nothingIsLeftOfWhatFails() async throws {
        let (database, tables) = try await Self.open("nested_fail")
        let attempts: [(JSONValue, String)] = [
            (["name": "A", "books": [["title": "x", "chapters": [["title": .null]]]]], "23502"),
            (["name": "A", "publisher": ["connect": 99]], "MODEL_NOT_FOUND"),
            (["name": "A", "publisher": ["name": "Old House"]], "23505"),
            (["name": "A", "books": [["title": "x", "tags": ["connect": [77]]]]], "MODEL_NOT_FOUND"),
            (["name": "A", "books": [["title": "x", "authorId": 5]]], "KEY_OVERRIDE"),
            (["name": "A", "books": [["title": "x", "pages": 5]]], "books[0].pages"),
            (["name": "A", "books": ["update": [["id": 1]]]], "MODEL_NOT_FOUND"),
        ]
        for (data, expected) in attempts {
            var told = "nothing"
            do {
                try await database.createGraph("Author", data)
            } catch let error as PlannerError {
                told = error.code.rawValue
            } catch let error as ConstraintViolation {
                told = error.underlying.sqlState ?? ""
            } catch let error as ValidationError {
                told = error.problems.map(\.path).joined(separator: " ")
            }
            #expect(told == expected, "\(data)")
        }
        #expect(
            try await tables.run(
                "SELECT (SELECT count(*) FROM author), (SELECT count(*) FROM book), (SELECT count(*) FROM publisher)")
                == [["0", "0", "1"]])
        await database.close()
    }

    @Test func aTreeIsChanged() async throws {
        let (database, tables) = try await Self.open("nested_update")
        try await database.createGraph(
            "Author",
            [
                "name": "Ada",
                "books": [
                    [
                        "title": "One", "chapters": [["title": "a"], ["title": "b"], ["title": "c"]],
                        "tags": ["connect": [1]],
                    ],
                    ["title": "Two"],
                ],
            ])
        try await database.updateGraph(
            "Author", id: 1,
            [
                "name": "Ada L.", "publisher": ["connect": 1], "favorites": ["connect": [2]],
                "books": [
                    "update": [
                        [
                            "id": 1, "title": "First",
                            "chapters": [
                                "update": [["id": 1, "title": "A"]], "delete": [2], "create": [["title": "d"]],
                            ],
                            "tags": ["set": [2]],
                        ]
                    ],
                    "upsert": [["id": 2, "title": "Second"], ["title": "Third", "cover": ["art": "z"]]],
                ],
            ])
        #expect(
            try await tables.run("SELECT name, publisherid, favorites::text FROM author") == [["Ada L.", "1", "{2}"]])
        #expect(
            try await tables.run("SELECT id, title, authorid FROM book ORDER BY id")
                == [["1", "First", "1"], ["2", "Second", "1"], ["3", "Third", "1"]])
        #expect(
            try await tables.run("SELECT title FROM chapter ORDER BY id") == [["A"], ["c"], ["d"]])
        #expect(try await tables.run("SELECT bookid, tagid FROM booktag") == [["1", "2"]])
        #expect(try await tables.run("SELECT art FROM cover") == [["z"]])
        // Another one's targets are out of reach, and nothing is left.
        try await database.create("Author", ["name": "Bob"])
        let foreign = await #expect(throws: PlannerError.self) {
            try await database.updateGraph(
                "Author", id: 2, ["name": "Rob", "books": ["update": [["id": 1, "title": "x"]]]])
        }
        #expect(foreign?.code == .modelNotFound)
        #expect(try await tables.run("SELECT name FROM author WHERE id = 2") == [["Bob"]])
        await database.close()
    }

    @Test func theOneRecordIsMadeTakenAndLetGo() async throws {
        let (database, tables) = try await Self.open("nested_one")
        try await database.createGraph(
            "Author", ["name": "A", "books": [["title": "One", "cover": ["art": "x"]], ["title": "Two"]]])
        let second = await #expect(throws: PlannerError.self) {
            try await database.updateGraph("Book", id: 1, ["title": "1", "cover": ["art": "y"]])
        }
        #expect(second?.code == .relationExists)
        try await database.updateGraph("Book", id: 1, ["cover": ["update": ["art": "z"]]])
        try await database.updateGraph("Book", id: 2, ["cover": ["art": "w"], "author": ["update": ["name": "B"]]])
        try await tables.run("ALTER TABLE cover ALTER bookid DROP NOT NULL")
        try await database.updateGraph("Book", id: 2, ["cover": ["connect": [1]]])
        #expect(
            try await tables.run("SELECT art, bookid, (SELECT title FROM book WHERE id = 1) FROM cover ORDER BY id")
                == [["z", "2", "One"], ["w", nil, "One"]])
        try await database.updateGraph(
            "Book", id: 2, ["cover": ["disconnect": true], "author": ["upsert": ["name": "C"]]])
        #expect(try await tables.run("SELECT bookid FROM cover ORDER BY id") == [[nil], [nil]])
        #expect(
            try await tables.run("SELECT a.name FROM author a JOIN book b ON b.authorid = a.id ORDER BY b.id")
                == [["B"], ["C"]])
        try await database.updateGraph("Book", id: 2, ["author": ["disconnect": true]])
        #expect(try await tables.run("SELECT authorid FROM book ORDER BY id") == [["1"], [nil]])
        await database.close()
    }

    @Test func aTreeIsChangedOrMade() async throws {
        let (database, tables) = try await Self.open("nested_upsert")
        try await database.upsertGraph(
            "Author",
            [
                "name": "Ada",
                "publisher": ["connectOrCreate": [["where": ["name": "Old House"], "create": ["name": "x"]]]],
            ])
        try await database.upsertGraph(
            "Author",
            [
                "id": 1, "name": "Ada L.",
                "publisher": ["connectOrCreate": ["where": ["name": "Third"], "create": ["name": "Third"]]],
            ])
        #expect(
            try await tables.run("SELECT a.name, p.name FROM author a JOIN publisher p ON p.id = a.publisherid")
                == [["Ada L.", "Third"]])
        await database.close()
    }

    @Test func aLevelIsAStatementHoweverManyThereAre() async throws {
        let (database, tables) = try await Self.open("nested_many")
        try await tables.run(
            """
            DROP TABLE IF EXISTS tally; CREATE TABLE tally (name text);
            CREATE OR REPLACE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO tally VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
            CREATE TRIGGER tally AFTER INSERT ON author FOR EACH STATEMENT EXECUTE FUNCTION tally();
            CREATE TRIGGER tally AFTER INSERT ON book FOR EACH STATEMENT EXECUTE FUNCTION tally();
            CREATE TRIGGER tally AFTER INSERT ON chapter FOR EACH STATEMENT EXECUTE FUNCTION tally();
            """)
        let books = (0..<200).map { number -> JSONValue in
            ["title": .string("b\(number)"), "chapters": .array((0..<10).map { ["title": .string("c\($0)")] })]
        }
        let graph = try await database.createGraph("Author", ["name": "Ada", "books": .array(books)])
        #expect(graph.count == 1)
        #expect(try await database.count("Chapter").count == 2_000)
        #expect(
            try await tables.run("SELECT name, count(*) FROM tally GROUP BY 1 ORDER BY 1")
                == [["author", "1"], ["book", "1"], ["chapter", "1"]])
        await database.close()
    }

    @Test func whatCantBeReadIsToldWithItsPlace() async throws {
        let (database, _) = try await Self.open("nested_bad")
        let attempts: [(JSONValue, String?)] = [
            (["name": "A", "books": 5], "books"),
            (["name": "A", "books": ["connect": [["x": 1]]]], "books.connect[0]"),
            (["name": "A", "books": ["create": [["title": "x", "chapters": [7]]]]], "books.create[0].chapters[0]"),
            (["name": "A", "publisher": [["name": "a"], ["name": "b"]]], "publisher"),
            (["name": "A", "books": ["connectOrCreate": [["create": ["title": "x"]]]]], "books.connectOrCreate[0]"),
            (["name": "A", "books": ["set": [1], "disconnect": [2]]], "books"), (5, nil),
            (["name": "A", "books": ["crate": [["title": "x"]]]], "books.crate"),
            (["name": "A", "books": ["create": [["title": "x"]], "conect": [1]]], "books.conect"),
            (["name": "A", "publisher": ["create": ["name": "x"], "name": "y"]], "publisher.name"),
        ]
        for (data, path) in attempts {
            let error = await #expect(throws: PlannerError.self) { try await database.createGraph("Author", data) }
            #expect(error?.path == path, "\(data)")
        }
        await database.close()
    }
}
