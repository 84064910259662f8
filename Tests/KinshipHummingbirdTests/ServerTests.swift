// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Hummingbird
import Kinship
import KinshipHummingbird
import KinshipREST
import TestSupport
import Testing

/// What only a server can get wrong.
@Suite struct ServerTests {
    @Test func requestsAreAnsweredOverASocket() async throws {
        try await ServedDatabase.run { served in
            let list = try await served.client.send("GET", "/api/Tags?filter[limit]=2")
            #expect(list.status == 200 && list.text == #"[{"id":1,"label":"tag-1"},{"id":2,"label":"tag-2"}]"#)
            #expect(list.fields["content-type"] == ["application/json; charset=utf-8"])
            let made = try await served.client.send(
                "POST", "/api/Tags", [("Content-Type", "application/json")], body: Array(#"{"label":"é"}"#.utf8))
            #expect(made.status == 200 && made.text.contains(#""label":"é""#))
            let head = try await served.client.send("HEAD", "/api/Tags/1")
            #expect(head.status == 200 && head.body.isEmpty)
            let gone = try await served.client.send("DELETE", "/api/Customers/3/orders/53")
            #expect(gone.status == 204 && gone.body.isEmpty)
            #expect(try await served.client.send("GET", "/api/Countries/%E0%A4%A").status == 400)
            #expect(try await served.client.send("PURGE", "/api/Tags").status == 404)
        }
    }

    @Test func longListsComeInChunks() async throws {
        try await ServedDatabase.run {
            ($0.batchSize, $0.bufferedBytes) = (5, 100)
        } _: { served in
            let answer = try await served.client.send("GET", "/api/Customers")
            #expect(answer.fields["transfer-encoding"] == ["chunked"] && answer.isWhole)
            let expected = try await served.database.find("Customer").json()
            #expect(answer.body == expected)
        }
    }

    /// A list that fails on its way doesn't end as if it were all of it.
    @Test func aListThatFailsIsNotWhole() async throws {
        try await ServedDatabase.run {
            ($0.batchSize, $0.bufferedBytes) = (5, 100)
            $0.limits.streamTime = .zero
        } _: { served in
            let answer = try await served.client.send("GET", "/api/Customers")
            #expect(answer.status == 200 && !answer.isWhole && !answer.body.isEmpty)
            #expect(try await served.client.send("GET", "/health").status == 200)
        }
    }

    @Test func bodiesThatAreTooLargeAreNotWaitedFor() async throws {
        try await ServedDatabase.run {
            $0.limits.bodyBytes = 1_000
        } _: { served in
            let answer = try await served.client.send(
                "POST", "/api/Tags", [("Content-Type", "application/json")],
                body: Array(repeating: UInt8(ascii: " "), count: 200_000))
            #expect(answer.status == 413)
        }
    }

    /// The statement of a client that went away ends, and so does its request.
    @Test func aClientThatGoesAwayIsNoticed() async throws {
        try await ServedDatabase.run { served in
            try await served.database.withTransaction { transaction in
                try await transaction.execute("lock table tag in access exclusive mode")
                try await served.client.sendAndLeave("GET", "/api/Tags/1") {
                    await served.until { try await served.waiting == 1 }
                }
                await served.until { try await served.waiting == 0 }
            }
            await served.until { served.service.requestsInFlight == 0 }
        }
    }

    /// So does that of a page behind the first.
    @Test func aClientThatGoesAwayInTheMiddleIsNoticed() async throws {
        try await ServedDatabase.run {
            ($0.batchSize, $0.bufferedBytes) = (50, 1_000)
        } _: { served in
            try await served.made.run(
                "insert into tag (label) select repeat('x', 10000) from generate_series(1, 3000)")
            try await served.client.withConnection { connection in
                connection.send("GET /api/Tags HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await connection.take(1_000) == 1_000)
                try await served.database.withTransaction { transaction in
                    try await transaction.execute("lock table tag in access exclusive mode")
                    // Until a page is asked for that isn't there yet.
                    while try await served.waiting == 0 {
                        guard try await connection.take(10_000) == 10_000 else { break }
                    }
                    #expect(try await served.waiting == 1)
                    #expect(served.service.requestsInFlight == 1)
                    return
                }
            }
        }
    }

    /// Nobody knows how long a list is that is made while it is sent; a length of nothing would be taken for one.
    @Test func theHeadOfALongListSaysNoLength() async throws {
        try await ServedDatabase.run {
            ($0.batchSize, $0.bufferedBytes) = (5, 100)
        } _: { served in
            let head = try await served.client.send("HEAD", "/api/Customers")
            #expect(head.status == 200 && head.body.isEmpty && head.fields["content-length"] == nil)
            let short = try await served.client.send("HEAD", "/api/Tags?filter[limit]=1")
            #expect(short.fields["content-length"] == ["26"] && short.body.isEmpty, "\(short.fields)")
            #expect(try await served.client.send("GET", "/health").status == 200)
        }
    }

    /// As LoopBack's own example reorders images.
    @Test func methodsOfAProgramAreCalled() async throws {
        let reorder = RelationMethod(MethodParameter<[Int]>("ids", from: .body), verb: .put) { orders, ids in
            for (position, id) in ids.enumerated() {
                try await orders.update(key: id, ["total": JSONValue(position)])
            }
            return ids
        }
        try await ServedDatabase.run(attaching: ["Customer.orders": .scopeMethods(["reorder": reorder])]) { served in
            let ids = try await served.made.run("select id from orders where customer_id = 1 order by id desc limit 3")
                .compactMap { $0.first ?? nil }
            let list = "[\(ids.joined(separator: ","))]"
            let json = [("Content-Type", "application/json")]
            let answer = try await served.client.send(
                "PUT", "/api/Customers/1/orders/reorder", json, body: Array(list.utf8))
            #expect(answer.status == 200 && answer.text == list, "\(answer.text)")
            let order = try await served.made.run(
                "select id from orders where total < 3 and customer_id = 1 order by total")
            #expect(order.compactMap { $0.first ?? nil } == ids && ids.count > 1)
            let before = try await served.contents()
            for (path, body, status) in [
                ("/api/Customers/2/orders/reorder", list, 404), ("/api/Customers/1/orders/reorder", "[\"x\"]", 400),
                ("/api/Customers/999/orders/reorder", list, 404),
            ] {
                let refused = try await served.client.send("PUT", path, json, body: Array(body.utf8))
                #expect(refused.status == status, "\(path): \(refused.text)")
            }
            #expect(try await served.contents() == before)
        }
    }

    /// A reader that takes nothing keeps no connection of the pool, and is let go of in the end.
    @Test func aReaderThatTakesNothingIsLetGoOf() async throws {
        var options = KinshipServer.Options()
        options.stallTime = .seconds(1)
        try await ServedDatabase.run(connections: 1, server: options) {
            ($0.batchSize, $0.bufferedBytes) = (50, 1_000)
        } _: { served in
            try await served.made.run(
                "insert into tag (label) select repeat('x', 10000) from generate_series(1, 3000)")
            try await served.client.sendAndLeave("GET", "/api/Tags", taking: 100) {
                await served.until { served.service.requestsInFlight == 1 }
                // The pool has one connection.
                for _ in 0..<5 {
                    let other = try? await served.client.send("GET", "/api/Tags/1")
                    #expect(other?.status == 200)
                }
                await served.until { served.service.requestsInFlight == 0 }
            }
        }
    }

    /// What is under way when the server is to end is answered; nothing else is.
    @Test func whatIsUnderWayIsAnsweredAtTheEnd() async throws {
        try await ServedDatabase.run { served in
            let answer = try await served.database.withTransaction { transaction in
                try await transaction.execute("lock table tag in access exclusive mode")
                let task = Task { try await served.client.send("GET", "/api/Tags/1") }
                await served.until { try await served.waiting == 1 }
                await served.end()
                try await Task.sleep(for: .milliseconds(100))
                return task
            }.value
            #expect(answer.status == 200 && answer.text.contains("tag-1"))
            await served.until {
                (try? await served.client.send("GET", "/health")) == nil
            }
        }
    }

    @Test func anApplicationKeepsItsOwnRoutes() async throws {
        try await ServedDatabase.run { served in
            let router = Router()
            router.add(middleware: KinshipMiddleware(served.service))
            router.get("hello") { _, _ in "Hello" }
            router.get("health/details") { _, _ in "mine" }
            let (ports, port) = AsyncStream<Int>.makeStream()
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in
                    port.yield(channel.localAddress?.port ?? 0)
                    port.finish()
                })
            let running = Task { try await application.run() }
            let number = try #require(await ports.first { _ in true })
            let client = RawHTTP(port: number)
            #expect(try await client.send("GET", "/hello").text == "Hello")
            #expect(try await client.send("GET", "/API/tags/count").text == #"{"count":20}"#)
            #expect(try await client.send("GET", "/apiary").status == 404)
            #expect(try await client.send("GET", "/health").text == #"{"status":"ok"}"#)
            #expect(try await client.send("GET", "/health/details").text == "mine")
            running.cancel()
            _ = try? await running.value
        }
    }
}

extension ServedDatabase {
    /// How many statements wait for a lock.
    fileprivate var waiting: Int {
        get async throws {
            let rows = try await made.run(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
            return Int(rows.first?.first.flatMap { $0 } ?? "") ?? -1
        }
    }

    /// Waits for something, for at most a minute.
    fileprivate func until(_ condition: () async throws -> Bool) async {
        for _ in 0..<6_000 {
            if (try? await condition()) == true { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it did not come to that")
    }
}
#endif
