// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import Logging
import TestSupport
import Testing

/// LISTEN and NOTIFY.
@Suite(.timeLimit(.minutes(3))) struct NotificationListenerTests {
    private typealias Event = NotificationListener.Event

    private func listener(
        _ channels: [String], url: String, name: String = "listener",
        _ change: (inout NotificationListener.Options) -> Void = { _ in }
    ) throws -> NotificationListener {
        var configuration = try ConnectionConfiguration(url: url, environment: [:])
        configuration.applicationName = name
        var options = NotificationListener.Options()
        options.initialBackoff = .milliseconds(20)
        options.maximumBackoff = .milliseconds(200)
        change(&options)
        return try NotificationListener(
            configuration, channels: channels, options: options, logger: ConnectionFixture.logger)
    }

    /// The next event as text: the payload, or why something is missing.
    private func next(_ iterator: inout NotificationListener.AsyncIterator) async throws -> String? {
        switch try await iterator.next() {
        case .notification(let notification): notification.payload
        case .mayHaveMissed(let reason): "missed: \(reason)"
        case nil: nil
        }
    }

    private final class Counter: Sendable {
        private let count = Locked(0)

        var value: Int { count.withLock { $0 } }

        func add() { count.withLock { $0 += 1 } }
    }

    /// Counts the events to the end.
    private func listen(to listener: NotificationListener, _ started: Counter) -> Task<Int, any Error> {
        Task {
            var count = 0
            for try await event in listener {
                if case .mayHaveMissed = event { started.add() }
                count += 1
            }
            return count
        }
    }

    private func notify(_ channel: String, _ payloads: String...) async throws {
        let connection = try await ConnectionFixture.connect("listen")
        for payload in payloads { try await connection.execute("select pg_notify(\(channel), \(payload))") }
        connection.close()
    }

    @Test func whatIsNotifiedIsHeardInOrder() async throws {
        let database = try await TestDatabase.named("listen")
        var iterator = try listener(["orders", "Odd \"name\""], url: database.url).makeAsyncIterator()
        #expect(try await next(&iterator) == "missed: started")
        try await notify("orders", "1", "2", "")
        try await notify("Odd \"name\"", "\u{1F40E}")
        try await notify("others", "not heard")
        try await notify("orders", "3")
        for payload in ["1", "2", ""] { #expect(try await next(&iterator) == payload) }
        guard case .notification(let odd)? = try await iterator.next() else {
            Issue.record("not heard")
            return
        }
        #expect(odd.channel == "Odd \"name\"" && odd.payload == "\u{1F40E}" && odd.processID > 0)
        #expect(try await next(&iterator) == "3")
    }

    @Test func itHearsWhileItLiesIdle() async throws {
        let database = try await TestDatabase.named("listen")
        var iterator = try listener(["idle"], url: database.url).makeAsyncIterator()
        #expect(try await next(&iterator) == "missed: started")
        async let event = next(&iterator)
        try await Task.sleep(for: .milliseconds(300))
        try await notify("idle", "woken")
        #expect(try await event == "woken")
    }

    @Test func aBrokenConnectionIsMadeAnewAndSaysSo() async throws {
        let database = try await TestDatabase.named("listen")
        var iterator = try listener(["broken"], url: database.url, name: "broken").makeAsyncIterator()
        #expect(try await next(&iterator) == "missed: started")
        for round in 0..<3 {
            try await notify("broken", "before \(round)")
            #expect(try await next(&iterator) == "before \(round)")
            try await database.run(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'broken'")
            #expect(try await next(&iterator) == "missed: reconnected")
            try await notify("broken", "after \(round)")
            #expect(try await next(&iterator) == "after \(round)")
        }
    }

    @Test func aServerThatComesLateIsWaitedFor() async throws {
        let server = try await PrivateServer.start()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        proxy.refuse()
        var iterator = try listener(["late"], url: url).makeAsyncIterator()
        async let event = next(&iterator)
        try await Task.sleep(for: .milliseconds(200))
        proxy.refuse(false)
        #expect(try await event == "missed: started")
        proxy.close()
    }

    /// Nothing comes through, and nothing tells so: only the ping finds out.
    @Test func aConnectionThatWentSilentIsNoticed() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        var iterator = try listener(["silent"], url: url) {
            $0.pingInterval = .milliseconds(100)
            $0.pingTimeout = .milliseconds(500)
        }.makeAsyncIterator()
        #expect(try await next(&iterator) == "missed: started")
        try await Task.sleep(for: .milliseconds(500))
        #expect(proxy.accepted == 1)
        proxy.pause(.toClient)
        #expect(await eventually { proxy.accepted > 1 })
        proxy.resume(.toClient)
        #expect(try await next(&iterator) == "missed: reconnected")
        proxy.close()
    }

    @Test func whatFindsNoRoomIsSaid() async throws {
        let database = try await TestDatabase.named("listen")
        let connection = try await ConnectionFixture.connect("listen")
        var iterator = try listener(["full"], url: database.url, name: "full") { $0.bufferLimit = 10 }
            .makeAsyncIterator()
        #expect(try await next(&iterator) == "missed: started")
        try await connection.run("select pg_notify('full', i::text) from generate_series(1, 1000) i")
        try await connection.run("select pg_notify('full', 'last')")
        // They have come when a later one has, on another channel of the same session; there is none, so by time.
        try await Task.sleep(for: .milliseconds(500))
        for number in 1...10 { #expect(try await next(&iterator) == "\(number)") }
        #expect(try await next(&iterator) == "missed: overflow")
        try await notify("full", "after")
        #expect(try await next(&iterator) == "after")
    }

    @Test func cancellingAndClosingEndIt() async throws {
        let database = try await TestDatabase.named("listen")
        let listener = try listener(["ends"], url: database.url, name: "ends")
        let started = Counter()
        let cancelled = listen(to: listener, started)
        #expect(await eventually { started.value == 1 })
        cancelled.cancel()
        #expect(try await cancelled.value == 1)
        let closed = [listen(to: listener, started), listen(to: listener, started)]
        #expect(await eventually { started.value == 3 })
        listener.close()
        for task in closed { #expect(try await task.value == 1) }
        #expect(try await listen(to: listener, started).value == 0)
        // Nothing stays on the server.
        let open = "select count(*) from pg_stat_activity where application_name = 'ends'"
        #expect(try await eventually { try await database.run(open) == [["0"]] })
    }

    @Test func leavingTheLoopClosesTheConnection() async throws {
        let database = try await TestDatabase.named("listen")
        for try await event in try listener(["left"], url: database.url, name: "left") {
            #expect(event == .mayHaveMissed(.started))
            break
        }
        let open = "select count(*) from pg_stat_activity where application_name = 'left'"
        #expect(try await eventually { try await database.run(open) == [["0"]] })
    }

    @Test func aRefusalForGoodEndsIt() async throws {
        let server = try await PrivateServer.scram(password: "right")
        let url = server.url.replacing("right", with: "wrong")
        var iterator = try listener(["refused"], url: url).makeAsyncIterator()
        try await expect(.authenticationFailed) { _ = try await iterator.next() }
        #expect(try await iterator.next() == nil)
    }

    @Test func namesAndOptionsAreChecked() async throws {
        for channels in [[], [""], ["a", String(repeating: "x", count: 64)], ["a\0b"]] {
            try await expect(.invalidParameter) { _ = try listener(channels, url: "postgres://localhost/x") }
        }
        _ = try listener([String(repeating: "x", count: 63)], url: "postgres://localhost/x")
        try await expect(.invalidConfiguration) {
            _ = try listener(["a"], url: "postgres://localhost/x") { $0.bufferLimit = 0 }
        }
        try await expect(.invalidConfiguration) {
            _ = try listener(["a"], url: "postgres://localhost/x") { $0.initialBackoff = .seconds(9) }
        }
    }

    /// On other connections they are dropped, and the log says so once.
    @Test func elsewhereTheLogSaysThatTheyAreDropped() async throws {
        let log = RecordingLog()
        let connection = try await ConnectionFixture.connect("listen", logger: log.logger(.debug))
        try await connection.run("listen dropped")
        for _ in 0..<3 { try await notify("dropped", "x") }
        try await connection.run("select 1")
        func lines() -> Int { log.lines.count { $0.contains("NotificationListener") } }
        #expect(await eventually { lines() == 1 })
        try await connection.run("notify dropped")
        try await connection.run("select 1")
        #expect(lines() == 1)
    }
}
