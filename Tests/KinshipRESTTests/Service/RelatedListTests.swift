// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// Lists of relations that are sent as they are read.
@Suite struct RelatedListTests {
    private static let tables = """
        CREATE TABLE rack (id integer PRIMARY KEY, name text);
        INSERT INTO rack VALUES (1, 'long'), (2, 'short'), (3, 'empty');
        CREATE TABLE book (
            id integer PRIMARY KEY, rack_id integer, title text, printed timestamptz, place integer);
        INSERT INTO book SELECT g, CASE WHEN g <= 730 THEN 1 ELSE 2 END, 'title ' || g % 7,
            CASE WHEN g % 11 > 0 THEN '2026-01-01'::timestamptz + (g % 50) * interval '1 microsecond' END, 1000 - g
            FROM generate_series(1, 735) AS g;
        CREATE INDEX ON book (rack_id);
        CREATE TABLE reader (id integer PRIMARY KEY, name text);
        INSERT INTO reader VALUES (1, 'Ada'), (2, 'Bob');
        CREATE TABLE loan (id serial PRIMARY KEY, reader_id integer, book_id integer, note text);
        INSERT INTO loan (reader_id, book_id, note) SELECT 1, g, 'first' FROM generate_series(1, 230) AS g;
        INSERT INTO loan (reader_id, book_id, note) SELECT 1, 7, 'again' FROM generate_series(1, 39);
        INSERT INTO loan (reader_id, book_id, note) SELECT 1, 230, 'again' FROM generate_series(1, 4);
        INSERT INTO loan (reader_id, book_id, note) VALUES (2, 1, 'only');
        """

    private static func models(_ change: (inout ModelDefinition) -> Void = { _ in }) -> [ModelDefinition] {
        var book = ModelDefinition(
            "Book", table: "book",
            properties: [
                .id("id"), .number("rackId", column: "rack_id"), .string("title"),
                .date("printed", dataType: "timestamptz"), .number("place"),
            ],
            relations: [
                .belongsTo("rack", "Rack", foreignKey: "rackId"), .hasMany("loans", "Loan", foreignKey: "bookId"),
            ])
        change(&book)
        return [
            ModelDefinition(
                "Rack", table: "rack", properties: [.id("id"), .string("name")],
                relations: [
                    .hasMany("books", "Book", foreignKey: "rackId"),
                    .hasMany("last", "Book", foreignKey: "rackId", scope: ["order": "title DESC", "limit": 300]),
                ]), book,
            ModelDefinition(
                "Reader", table: "reader", properties: [.id("id"), .string("name")],
                relations: [
                    .hasMany("books", "Book", foreignKey: "readerId", through: "Loan", keyThrough: "bookId"),
                    .hasMany("loans", "Loan", foreignKey: "readerId"),
                ]),
            ModelDefinition(
                "Loan", table: "loan",
                properties: [
                    .id("id"), .number("readerId", column: "reader_id"), .number("bookId", column: "book_id"),
                    .string("note"),
                ],
                relations: [
                    .belongsTo("reader", "Reader", foreignKey: "readerId"),
                    .belongsTo("book", "Book", foreignKey: "bookId"),
                ]),
        ]
    }

    /// Small batches, of which few are held, and no room for a list as a whole.
    private func withLists(
        _ name: String, hooks: Hooks = Hooks(), _ change: (inout ModelDefinition) -> Void = { _ in },
        _ configure: (inout RESTOptions) -> Void = { _ in },
        _ body: (RESTService, Database, TestDatabase) async throws -> Void
    ) async throws {
        try await RESTWorld.withOwn(
            "related-\(name)", tables: Self.tables, Self.models(change), hooks: hooks,
            { options in
                (options.batchSize, options.bufferedBytes) = (20, 400)
                options.limits.rows = 150
                configure(&options)
            }, body)
    }

    private static func request(_ path: String) -> HTTPRequest {
        HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
    }

    private func expectWhole(
        _ service: RESTService, _ database: Database, _ model: String, _ relation: String, _ filter: String
    ) async throws {
        let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let answer = try await service.ask(.get, "/api/\(model)s/1/\(relation)?filter=\(encoded)")
        let expected = try await database.related(model, id: 1, relation: relation, filter: JSONValue(parsing: filter))
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(answer.text == String(decoding: try expected.json(), as: UTF8.self))
    }

    // MARK: The same records

    @Test(arguments: [
        "{}", #"{"order":"title DESC"}"#, #"{"order":"printed"}"#, #"{"order":["printed DESC NULLS LAST","title"]}"#,
        #"{"limit":250}"#, #"{"limit":0}"#, #"{"skip":700}"#, #"{"skip":100,"limit":333,"order":"title"}"#,
        #"{"limit":20}"#, #"{"limit":21}"#, #"{"limit":40}"#, #"{"where":{"id":{"gt":600}}}"#,
        #"{"where":{"id":-1}}"#, #"{"fields":["title"],"order":"printed DESC"}"#, #"{"fields":["printed"]}"#,
        #"{"after":{"id":500}}"#, #"{"after":{"title":"title 3","id":9},"order":"title"}"#,
        #"{"include":"rack","order":"place"}"#,
    ])
    func theyAreWhatOneRequestWouldGive(filter: String) async throws {
        try await withLists("many") { service, database, _ in
            try await expectWhole(service, database, "Rack", "books", filter)
        }
    }

    /// A record that is linked several times comes so often (K8), also where a page ends among its links.
    @Test(arguments: [
        "{}", #"{"order":"title"}"#, #"{"order":"printed DESC"}"#, #"{"limit":30}"#, #"{"limit":100}"#,
        #"{"skip":20,"limit":200}"#, #"{"where":{"id":{"inq":[7,230]}}}"#, #"{"fields":["title"]}"#,
        #"{"where":{"id":7}}"#,
    ])
    func whatIsLinkedSeveralTimesComesSoOften(filter: String) async throws {
        try await withLists("through") { service, database, _ in
            try await expectWhole(service, database, "Reader", "books", filter)
        }
    }

    /// The order and the limit of a relation's scope hold, beside those of the caller.
    @Test(arguments: ["{}", #"{"limit":200}"#, #"{"order":"id DESC"}"#, #"{"where":{"title":"title 6"}}"#])
    func scopesHold(filter: String) async throws {
        try await withLists("scoped") { service, database, _ in
            try await expectWhole(service, database, "Rack", "last", filter)
        }
    }

    /// Places, which nobody is shown, don't get in the way of what is hidden.
    @Test(
        arguments: [
            (["id"], [:]), (["place"], ["order": "place"]), (["place", "id"], ["order": ["title", "place DESC"]]),
        ] as [([String], JSONValue)])
    func hiddenKeysAndOrdersAreListed(hidden: [String], scope: JSONValue) async throws {
        try await withLists(
            "hidden",
            { book in (book.hidden, book.scope) = (hidden, scope) }
        ) { service, database, _ in
            try await expectWhole(service, database, "Rack", "books", "{}")
            try await expectWhole(service, database, "Reader", "books", #"{"fields":["title"]}"#)
            let answer = try await service.ask(.get, "/api/Racks/1/books")
            #expect(answer.json.elements?.count == 730)
            for name in hidden { #expect(!answer.text.contains("\"\(name)\"")) }
        }
    }

    // MARK: How they are sent

    @Test func shortOnesAreKnownAsAWhole() async throws {
        try await withLists("short", { _ in }, { $0.bufferedBytes = 2_000 }) { service, _, _ in
            let short = try await service.ask(.get, "/api/Racks/2/books")
            #expect(short.json.elements?.count == 5)
            #expect(short.fields[.contentLength] == String(short.body.count))
            let tag = try #require(short.fields[.eTag])
            #expect(try await service.ask(.get, "/api/Racks/2/books", [.ifNoneMatch: tag]).status == 304)
            #expect(try await service.ask(.get, "/api/Racks/3/books").text == "[]")
            #expect(try await service.ask(.get, "/api/Racks/4/books").code == "MODEL_NOT_FOUND")
            let long = await service.respond(to: Self.request("/api/Racks/1/books"))
            #expect(long.head.status == .ok && long.body.length == nil)
            #expect(long.head.headerFields[.eTag] == nil && long.head.headerFields[.contentLength] == nil)
        }
    }

    /// Others are answered while a list waits for its reader, who gets all of it.
    @Test(arguments: ["/api/Racks/1/books", "/api/Readers/1/books"])
    func aSlowReaderHoldsNoConnection(path: String) async throws {
        try await withLists("slow") { service, database, _ in
            let response = await service.respond(to: Self.request(path))
            #expect(response.body.length == nil)
            var pieces = 0
            for try await _ in response.body {
                pieces += 1
                #expect(database.pool.status.leased == 0)
                #expect(try await service.ask(.get, "/api/Racks/2").status == 200)
            }
            #expect(pieces > 10)
        }
    }

    @Test func aReaderThatStopsKeepsNothing() async throws {
        try await withLists("stopped") { service, database, _ in
            var response: RESTResponse? = await service.respond(to: Self.request("/api/Racks/1/books"))
            var iterator = response?.body.makeAsyncIterator()
            let first = try await iterator?.next()
            #expect(first != nil)
            #expect(service.requestsInFlight == 1)
            (response, iterator) = (nil, nil)
            #expect(await eventually { service.requestsInFlight == 0 })
            #expect(database.pool.status.leased == 0)
        }
    }

    /// A list that fails on its way ends without its end.
    @Test func whatGoesWrongOnTheWayIsTold() async throws {
        try await withLists("broken", { _ in }, { $0.limits.time = .seconds(2) }) { service, database, made in
            let late = await service.respond(to: Self.request("/api/Racks/1/books"))
            #expect(late.head.status == .ok && late.body.length == nil)
            try await database.withTransaction { transaction in
                try await transaction.execute("lock table book in access exclusive mode")
                let error = await #expect(throws: RESTError.self) {
                    for try await _ in late.body {}
                }
                #expect(error?.code == .requestTimeout)
            }
            let gone = await service.respond(to: Self.request("/api/Racks/1/books"))
            try await made.run("DELETE FROM rack WHERE id = 1")
            let error = await #expect(throws: PlannerError.self) {
                for try await _ in gone.body {}
            }
            #expect(error?.code == .modelNotFound)
            #expect(await eventually { database.pool.status.leased == 0 })
        }
    }

    /// What has no places is read at once, within the limit of rows.
    @Test(arguments: [#"{"order":"rack.name"}"#, #"{"before":{"id":700}}"#])
    func whatHasNoPagesIsLimited(filter: String) async throws {
        try await withLists("at-once") { service, _, _ in
            let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let answer = try await service.ask(.get, "/api/Racks/1/books?filter=\(encoded)")
            #expect(answer.status == 400 && answer.code == "RESULT_TOO_LARGE")
        }
    }

    /// A page that is too much at once is read in smaller ones, wherever in the list it is.
    @Test func fatRecordsBreakNothing() async throws {
        try await withLists("fat") { service, database, made in
            try await made.run(
                """
                INSERT INTO loan (reader_id, book_id)
                    SELECT 2, book FROM (VALUES (300), (303), (710)) AS fat (book), generate_series(1, 100)
                """)
            try await expectWhole(service, database, "Rack", "books", #"{"include":"loans"}"#)
            try await expectWhole(
                service, database, "Rack", "books", #"{"include":"loans","order":"title","limit":600}"#)
            // One record that is too much alone is told.
            try await made.run("INSERT INTO loan (reader_id, book_id) SELECT 2, 1 FROM generate_series(1, 200)")
            let refused = try await service.ask(.get, "/api/Racks/1/books?filter[include]=loans")
            #expect(refused.status == 400 && refused.code == "RESULT_TOO_LARGE")
        }
    }

    private enum Caller { @TaskLocal static var least = 0 }

    /// Pages that are read while the body is sent see what the request saw, wherever the body is pulled.
    @Test func whoMayReachWhatHoldsForAllPages() async throws {
        let asked = Mutex(0)
        var hooks = Hooks()
        hooks.access("Book") { access in
            asked.withLock { $0 += 1 }
            access.narrow(["id": ["gt": JSONValue(Caller.least)]])
        }
        try await withLists("reached", hooks: hooks) { service, _, _ in
            let response = await Caller.$least.withValue(400) {
                await service.respond(to: Self.request("/api/Racks/1/books?filter[fields]=id"))
            }
            #expect(response.body.whole == nil)
            var body: [UInt8] = []
            for try await piece in response.body { body += piece }
            let ids = try JSONValue(parsing: body, maximumDepth: 4).elements?.map { $0["id"]?.description }
            #expect(ids == (401...730).map { String($0) })
            // For the whole list once.
            #expect(asked.withLock { $0 } == 1)
        }
    }
}
