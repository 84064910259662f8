// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
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
