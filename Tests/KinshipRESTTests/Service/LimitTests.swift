// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import Synchronization
import TestSupport
import Testing

/// How much may be asked for.
@Suite struct LimitTests {
    /// Lets one client ask three times.
    private actor Thrice: RateLimiter {
        private var asked: [String: Int] = [:]

        func wait(_ request: HTTPRequest, client: String?) -> Duration? {
            asked[client ?? "", default: 0] += 1
            return asked[client ?? "", default: 0] > 3 ? .seconds(7) : nil
        }
    }

    @Test func bodiesHaveLimits() async throws {
        try await RESTWorld.withService("bodies") { options in
            (options.limits.bodyBytes, options.limits.records, options.limits.dataDepth) = (2_000, 5, 4)
        } _: { service, database, _ in
            let before = try await database.count("Piece").count
            let long: JSONValue = ["name": .string(String(repeating: "x", count: 2_000))]
            #expect(try await service.ask(.post, "/api/Pieces", [:], long).status == 413)
            #expect(
                try await service.ask(.post, "/api/Pieces", [.contentLength: "9000000"], ["name": "x"]).status == 413)
            let many = JSONValue.array(Array(repeating: ["name": "x"], count: 6))
            #expect(try await service.ask(.post, "/api/Pieces", [:], many).code == "BODY_TOO_LARGE")
            let deep = try await service.ask(.post, "/api/Pieces", [:], ["a": ["a": ["a": ["a": ["a": 1]]]]])
            #expect(deep.status == 400 && deep.code == "QUERY_OBJECT_TOO_DEEP")
            #expect(
                try await service.ask(.post, "/api/Pieces", [.contentEncoding: "gzip"], ["name": "x"]).status == 415)
            #expect(try await database.count("Piece").count == before)
        }
    }

    /// What arrives in pieces is read no further than it may be long.
    @Test func streamedBodiesAreReadNoFurtherThanTheyMayBeLong() async throws {
        try await RESTWorld.withService("pieces") { options in
            options.limits.bodyBytes = 10_000
        } _: { service, _, _ in
            let pulled = Mutex(0)
            let endless = AsyncStream<[UInt8]> {
                pulled.withLock { $0 += 1 }
                return Array(repeating: UInt8(ascii: " "), count: 1_000)
            }
            var request = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/api/Pieces")
            request.headerFields[.contentType] = "application/json"
            let response = await service.respond(to: request, body: RESTRequestBody(endless))
            #expect(response.head.status.code == 413)
            #expect(pulled.withLock { $0 } <= 12)
        }
    }

    @Test func filtersHaveLimits() async throws {
        try await RESTWorld.withService("filters") { options in
            options.limits.filter = FilterLimits(depth: 3, nodes: 10, listLength: 20, bytes: 500)
        } _: { service, _, _ in
            let list = (0..<30).map { "filter[where][id][inq][]=\($0)" }.joined(separator: "&")
            let long = "/api/Things?filter[where][name]=" + String(repeating: "x", count: 600)
            let deep = #"/api/Things?filter={"where":{"and":[{"and":[{"and":[{"and":[{"id":1}]}]}]}]}}"#
            for path in ["/api/Things?\(list)", long, deep] {
                let answer = try await service.ask(.get, path)
                #expect(answer.status == 400, "\(path)")
            }
        }
    }

    /// `.max` is no limit at all, and nothing that is added to it ends the process.
    @Test func limitsMayBeAsLargeAsNumbersAre() async throws {
        try await RESTWorld.withService("unbounded") { options in
            options.limits.filter = FilterLimits(depth: .max, nodes: .max, listLength: .max, bytes: .max)
            (options.limits.bodyBytes, options.limits.records) = (.max, .max)
            options.limits.bodyTime = .seconds(Int64.max)
            options.limits.time = .seconds(Int64.max)
            options.limits.streamTime = .seconds(Int64.max)
        } _: { service, _, _ in
            let header = try #require(HTTPField.Name("filter"))
            let list = try await service.ask(.get, "/api/Things", [header: #"{"limit": 2}"#])
            #expect(list.status == 200 && list.json.elements?.count == 2, "\(list.text)")
            #expect(try await service.ask(.get, "/api/Things").status == 200)
            #expect(try await service.ask(.post, "/api/Pieces", [:], ["name": "x"]).status == 200)
        }
    }

    @Test func oneClientAsksNoOftenerThanItMay() async throws {
        try await RESTWorld.withService("rates") { options in
            options.rateLimiter = Thrice()
        } _: { service, _, _ in
            for _ in 0..<3 { #expect(try await service.ask(.get, "/api/Things/1", client: "a").status == 200) }
            let refused = try await service.ask(.get, "/api/Things/1", client: "a")
            #expect(refused.status == 429 && refused.code == "TOO_MANY_REQUESTS")
            #expect(refused.fields[.retryAfter] == "7")
            #expect(try await service.ask(.get, "/api/Things/1", client: "b").status == 200)
        }
    }

    /// Behind a proxy a client is who the proxy says; what stands ahead of that anybody may have written.
    @Test func aProxySaysForWhomItAsks() async throws {
        try await RESTWorld.withService("proxies") { options in
            options.rateLimiter = Thrice()
            options.clientHeader = "X-Forwarded-For"
        } _: { service, _, _ in
            let header = try #require(HTTPField.Name("X-Forwarded-For"))
            for number in 0..<3 {
                let answer = try await service.ask(
                    .get, "/api/Things/1", [header: "10.0.0.\(number), 1.1.1.1"], client: "proxy")
                #expect(answer.status == 200)
            }
            for path in ["/api/Things/1", "/api/nothing", "/nowhere"] {
                let refused = try await service.ask(.get, path, [header: "9.9.9.9, 1.1.1.1"], client: "proxy")
                #expect(refused.status == 429, "\(path)")
            }
            #expect(try await service.ask(.get, "/api/Things/1", [header: "1.1.1.1, 2.2.2.2"]).status == 200)
            #expect(try await service.ask(.get, "/api/Things/1", [header: " "], client: "direct").status == 200)
        }
    }

    /// However many ask whether the database answers, one statement does.
    @Test func readinessIsAskedOnce() async throws {
        try await RESTWorld.withService("ready", connections: 1) { service, database, _ in
            let most = Mutex(0)
            try await database.withTransaction { _ in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<300 { group.addTask { try await service.ask(.get, "/ready").status } }
                    _ = await eventually(within: .seconds(1)) {
                        let waiting = database.pool.status.waiting
                        most.withLock { $0 = max($0, waiting) }
                        return false
                    }
                    // The pool's only connection is this transaction's.
                    for try await status in group { #expect(status == 503) }
                }
            }
            #expect(most.withLock { $0 } == 1)
            #expect(await eventually { (try? await service.ask(.get, "/ready").status) == 200 })
            // Known for a second, whoever asks.
            try await database.withTransaction { _ in
                for _ in 0..<100 {
                    let answer = try await service.ask(.get, "/ready")
                    #expect(answer.status == 200)
                }
            }
        }
    }

    /// Requests that wait for a table: one more than there may be is refused, and says so at once; they end with their deadline or
    /// their client, and their statements with them.
    @Test func requestsHaveAPlaceAndADeadline() async throws {
        try await RESTWorld.withService("flight", connections: 6) { options in
            options.limits.requestsInFlight = 3
            options.limits.time = .seconds(2)
        } _: { service, database, made in
            try await database.withTransaction { transaction in
                try await transaction.execute("lock table thing in access exclusive mode")
                async let first = service.ask(.get, "/api/Things/1")
                async let second = service.ask(.get, "/api/Things?filter[limit]=1")
                async let third = service.ask(.patch, "/api/Things/2", [:], ["name": "late"])
                while service.requestsInFlight < 3 { try await Task.sleep(for: .milliseconds(2)) }
                let refused = try await service.ask(.get, "/api/Pieces/1")
                #expect(refused.status == 503 && refused.code == "OVERLOADED")
                #expect(refused.fields[.retryAfter] == "1")
                #expect(!refused.text.contains("under way"))
                for answer in [try await first, try await second, try await third] {
                    #expect(answer.status == 504 && answer.code == "REQUEST_TIMEOUT")
                }
                try await Self.expectNoWaiting(made)
            }
            #expect(service.requestsInFlight == 0)
            #expect(try await service.ask(.get, "/api/Things/2").json["name"] == "thing 2")
        }
    }

    @Test func whatAClientThatWentAwayAskedForIsCancelled() async throws {
        try await RESTWorld.withService("gone") { service, database, made in
            try await database.withTransaction { transaction in
                try await transaction.execute("lock table thing in access exclusive mode")
                let task = Task { try await service.ask(.get, "/api/Things/1") }
                while service.requestsInFlight == 0 { try await Task.sleep(for: .milliseconds(2)) }
                try await Task.sleep(for: .milliseconds(50))
                task.cancel()
                _ = try await task.value
                try await Self.expectNoWaiting(made)
            }
        }
    }

    /// Nothing waits for a lock any more.
    private static func expectNoWaiting(_ made: TestDatabase) async throws {
        for _ in 0..<2_000 {
            let count = try await made.run(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
            if count == [["0"]] { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("a statement still waits")
    }
}
