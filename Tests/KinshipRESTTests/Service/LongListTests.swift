// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// Lists that are sent as they are read.
@Suite struct LongListTests {
    /// Small batches, of which few are held.
    private func withLists(
        _ name: String, connections: Int = 1, _ body: (RESTService, Database) async throws -> Void
    ) async throws {
        try await RESTWorld.withService(name, connections: connections) { options in
            (options.batchSize, options.bufferedBytes) = (100, 2_000)
            options.limits.rows = 150
        } _: { service, database, _ in
            try await body(service, database)
        }
    }

    @Test(arguments: [
        "{}", #"{"order":"name DESC"}"#, #"{"limit":250}"#, #"{"skip":1100}"#,
        #"{"limit":120,"skip":30,"order":"name"}"#,
        #"{"where":{"id":{"gt":600}}}"#, #"{"fields":["name"],"order":"name ASC"}"#, #"{"limit":0}"#,
        #"{"where":{"id":-1}}"#, #"{"limit":100}"#, #"{"limit":101}"#, #"{"after":{"id":1000}}"#,
        #"{"order":["name","revision DESC"],"limit":500}"#,
    ])
    func theyAreWhatOneRequestWouldGive(filter: String) async throws {
        try await withLists("lists") { service, database in
            let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let answer = try await service.ask(.get, "/api/Things?filter=\(encoded)")
            let expected = try await database.find("Thing", filter: filter).json()
            #expect(answer.status == 200)
            #expect(answer.text == String(decoding: expected, as: UTF8.self))
        }
    }

    private enum Caller { @TaskLocal static var least = 0 }

    /// Pages that are read while the body is sent see what the request saw, wherever the body is pulled.
    @Test func whoMayReachWhatHoldsForAllPages() async throws {
        let asked = Mutex(0)
        var hooks = Hooks()
        hooks.access("Thing") { access in
            asked.withLock { $0 += 1 }
            access.narrow(["id": ["gt": JSONValue(Caller.least)]])
        }
        try await RESTWorld.withService("reached", connections: 1, hooks: hooks) { options in
            (options.batchSize, options.bufferedBytes) = (100, 2_000)
        } _: { service, _, _ in
            let response = await Caller.$least.withValue(400) {
                await service.respond(
                    to: HTTPRequest(
                        method: .get, scheme: nil, authority: nil, path: "/api/Things?filter[fields]=id"))
            }
            #expect(response.body.whole == nil)
            var body: [UInt8] = []
            for try await piece in response.body { body += piece }
            let ids = try JSONValue(parsing: body, maximumDepth: 4).elements?.map { $0["id"]?.description }
            #expect(ids == (401...1234).map { String($0) })
            // For the whole list once.
            #expect(asked.withLock { $0 } == 1)
        }
    }

    /// A batch that is too much at once is read in smaller ones, wherever in the list it is.
    @Test func aFatRecordFarBehindBreaksNothing() async throws {
        try await RESTWorld.withService("fat") { options in
            (options.batchSize, options.bufferedBytes) = (100, 2_000)
            options.limits.rows = 150
        } _: { service, database, made in
            try await made.run(
                """
                INSERT INTO piece (thing_id, name)
                    SELECT thing, 'x' FROM (VALUES (700), (703), (1234)) AS fat (thing), generate_series(1, 140)
                """)
            for filter in ["filter[include]=pieces", "filter[include]=pieces&filter[order]=name&filter[limit]=1200"] {
                let answer = try await service.ask(.get, "/api/Things?\(filter)")
                let expected = try await database.find("Thing", filter: try QueryString(filter).object("filter")).json()
                #expect(answer.text == String(decoding: expected, as: UTF8.self))
            }
            // One record that is too much alone is told.
            try await made.run("INSERT INTO piece (thing_id, name) SELECT 1, 'x' FROM generate_series(1, 200)")
            let answer = try await service.ask(.get, "/api/Things?filter[include]=pieces")
            #expect(answer.status == 400 && answer.code == "RESULT_TOO_LARGE")
        }
    }

    /// Cursors, which nobody has asked for, don't get in the way of what isn't shown.
    @Test(
        arguments: [
            ([:], "id", ["id"]), (["order": "place"], "id", ["place"]), (["order": "place"], "id", ["id", "place"]),
            (["order": "place DESC"], "place", ["name"]), (["order": ["name", "place"]], nil, ["name"]), ([:], nil, []),
        ] as [(JSONValue, String?, [String])])
    func hiddenKeysAndOrdersAreListed(scope: JSONValue, key: String?, hidden: [String]) async throws {
        var model = ModelDefinition(
            "Row", table: "row_view", properties: [.number("id"), .number("place"), .string("name")])
        for position in model.properties.indices where model.properties[position].name == key {
            model.properties[position].keyPosition = 1
        }
        (model.scope, model.hidden) = (scope, hidden)
        model.idInjection = false
        let models = [model]
        try await RESTWorld.withOwn(
            "hidden-lists",
            tables: """
                CREATE TABLE row_table (id integer PRIMARY KEY, place integer, name text);
                INSERT INTO row_table SELECT g, 100 - g, 'n' || g % 7 FROM generate_series(1, 60) AS g;
                CREATE VIEW row_view AS SELECT * FROM row_table;
                """, models
        ) { options in
            (options.batchSize, options.bufferedBytes) = (10, 100)
        } _: { service, database, _ in
            let named = hidden.contains("name") ? "" : "?filter[where][name]=n1"
            for query in ["", "?filter[limit]=40", "?filter[skip]=5&filter[limit]=50", named] {
                let answer = try await service.ask(.get, "/api/Rows\(query)")
                #expect(answer.status == 200, "\(answer.text)")
                let all = try await database.find(
                    "Row", filter: try QueryString(String(query.dropFirst())).object("filter"))
                #expect(answer.json.elements?.count == all.count && all.count > 0)
                for name in hidden { #expect(!answer.text.contains("\"\(name)\"")) }
            }
        }
    }

    /// Whatever an answer is made of, its reader has to be through in time, and keeps nothing else from being answered.
    @Test(arguments: [
        "/api/Things", "/api/Things/1/pieces", "/api/Things?filter[page]=true",
        "/api/Things?filter[distinct]=true&filter[fields]=name",
        "/api/Things/fifth?filter[include]=pieces",
    ])
    func slowReadersEnd(path: String) async throws {
        try await RESTWorld.withService("readers") { options in
            (options.batchSize, options.bufferedBytes) = (100, 500)
            (options.limits.requestsInFlight, options.limits.streams) = (1, 2)
            options.limits.streamTime = .milliseconds(300)
        } _: { service, _, made in
            try await made.run("INSERT INTO piece (thing_id, name) SELECT 1, 'x' FROM generate_series(1, 300)")
            func begin() async -> RESTResponse {
                await service.respond(to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: path))
            }
            var readers = [await begin(), await begin()]
            #expect(readers.allSatisfy { $0.head.status == .ok && $0.body.length == nil })
            // Two readers are as many as there may be; what is short is answered all the same.
            let third = await begin()
            #expect(third.head.status == .serviceUnavailable)
            #expect(try await service.ask(.get, "/api/Things/1").status == 200)
            try await Task.sleep(for: .milliseconds(400))
            for reader in readers {
                let error = await #expect(throws: RESTError.self) {
                    var iterator = reader.body.makeAsyncIterator()
                    while try await iterator.next() != nil {}
                }
                #expect(error?.code == .requestTimeout)
            }
            readers = []
            #expect(await eventually { service.requestsInFlight == 0 })
            #expect(await begin().head.status == .ok)
        }
    }

    /// One client keeps no other one from long answers.
    @Test func aClientHasSomeOfThePlaces() async throws {
        try await RESTWorld.withService("client-places") { options in
            (options.batchSize, options.bufferedBytes) = (100, 2_000)
            (options.limits.streams, options.limits.streamsPerClient) = (3, 2)
        } _: { service, _, _ in
            func begin(_ client: String?) async -> RESTResponse {
                await service.respond(
                    to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/api/Things"), client: client)
            }
            var readers = [await begin("a"), await begin("a")]
            #expect(await begin("a").head.status == .serviceUnavailable)
            readers.append(await begin("b"))
            #expect(readers.allSatisfy { $0.head.status == .ok })
            // Now there are as many as there may be of all.
            for client in ["b", "c", nil] { #expect(await begin(client).head.status == .serviceUnavailable) }
            readers = []
            #expect(await eventually { service.requestsInFlight == 0 })
            readers = [await begin("a"), await begin("a"), await begin(nil)]
            #expect(readers.allSatisfy { $0.head.status == .ok })
        }
    }

    /// A page behind the first has the time of a request.
    @Test func pagesHaveTheTimeOfARequest() async throws {
        try await RESTWorld.withService("page-time", connections: 2) { options in
            (options.batchSize, options.bufferedBytes) = (100, 2_000)
            options.limits.time = .seconds(2)
        } _: { service, database, _ in
            let response = await service.respond(
                to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/api/Things"))
            #expect(response.head.status == .ok && response.body.length == nil)
            try await database.withTransaction { transaction in
                try await transaction.execute("lock table thing in access exclusive mode")
                let error = await #expect(throws: RESTError.self) {
                    var iterator = response.body.makeAsyncIterator()
                    while try await iterator.next() != nil {}
                }
                #expect(error?.code == .requestTimeout)
            }
            #expect(try await service.ask(.get, "/api/Things").json.elements?.count == 1234)
        }
    }

    /// The rows that wait for readers have a bound together.
    @Test func rowsThatWaitHaveABound() async throws {
        try await RESTWorld.withService("held") { options in
            (options.batchSize, options.bufferedBytes) = (100, 500)
            options.limits.streamBytes = 10_000
        } _: { service, _, made in
            try await made.run(
                "INSERT INTO piece (thing_id, name) SELECT 1, repeat('x', 500) FROM generate_series(1, 90)")
            for path in ["/api/Things/1/pieces", "/api/Pieces?filter[page]=true", "/api/Pieces"] {
                let request = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
                // One alone may have what its own limits let it.
                let first: RESTResponse? = await service.respond(to: request)
                #expect(first?.head.status == .ok && first?.body.length == nil, "\(path)")
                let second = try await service.ask(.get, path)
                #expect(second.status == 503 && second.code == "OVERLOADED", "\(path)")
                #expect(second.fields[.retryAfter] == "1")
                withExtendedLifetime(first) {}
            }
            #expect(await eventually { service.requestsInFlight == 0 })
            #expect(try await service.ask(.get, "/api/Pieces").status == 200)
        }
    }

    /// Each batch has its own limit of rows; what isn't read in batches has one for all.
    @Test func whatIsReadAtOnceIsLimited() async throws {
        try await withLists("limited") { service, _ in
            #expect(try await service.ask(.get, "/api/Things").status == 200)
            let whole = try await service.ask(.get, "/api/Things?filter[page]=true")
            #expect(whole.status == 400)
            #expect(whole.code == "RESULT_TOO_LARGE")
            #expect(
                try await service.ask(.get, "/api/Things?filter[distinct]=true&filter[fields]=name").json.elements?
                    .count == 50)
        }
    }

    @Test func limitsOfScopesHold() async throws {
        try await withLists("scopes") { service, _ in
            #expect(
                try await service.ask(.get, "/api/Things/few?filter[fields]=id").text
                    == #"[{"id":1234},{"id":1233},{"id":1232}]"#)
            let fifth = try await service.ask(.get, "/api/Things/fifth")
            #expect(fifth.json.elements?.count == 25)
        }
    }

    /// With a pool of one connection others are answered while a list waits for its reader, who gets all of it.
    @Test func aSlowReaderHoldsNoConnection() async throws {
        try await withLists("slow") { service, database in
            let response = await service.respond(
                to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/api/Things"))
            #expect(response.body.length == nil)
            #expect(response.head.headerFields[.eTag] == nil)
            var bytes: [UInt8] = []
            var pieces = 0
            for try await piece in response.body {
                bytes += piece
                pieces += 1
                #expect(database.pool.status.leased == 0)
                #expect(try await service.ask(.get, "/api/Things/1").status == 200)
            }
            #expect(pieces > 5)
            #expect(try JSONValue(parsing: bytes).elements?.count == 1234)
        }
    }

    /// A request is under way until its answer is let go of.
    @Test func longAnswersCount() async throws {
        try await withLists("counted") { service, _ in
            func begin() async -> RESTResponse {
                await service.respond(
                    to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/api/Things"))
            }
            var response: RESTResponse? = await begin()
            #expect(response?.body.length == nil)
            #expect(service.requestsInFlight == 1)
            response = nil
            // The last task that has held it may still be on its way out.
            for _ in 0..<2_000 where service.requestsInFlight > 0 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(service.requestsInFlight == 0)
        }
    }

    @Test func whatChangesMeanwhileLeavesEachRecordThereOnce() async throws {
        try await withLists("changing", connections: 2) { service, database in
            let response = await service.respond(
                to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/api/Things"))
            var bytes: [UInt8] = []
            for try await piece in response.body {
                bytes += piece
                // Records ahead and behind of the place come and go.
                try await database.deleteAll("Thing", where: ["id": ["inq": [5, 1200]]])
            }
            let ids = try JSONValue(parsing: bytes).elements?.compactMap { $0["id"]?.description } ?? []
            #expect(Set(ids).count == ids.count)
            #expect(ids.count == 1233)
        }
    }
}
