// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// What a pool learns of statements and connections that callers share, and what connections must not gather.
@Suite(.timeLimit(.minutes(3))) struct SharedHistoryTests {
    @Test func aFirstStatementThatTakesItsTimeIsNotTakenForTheWayToTheServer() async throws {
        let shared = try await SharedPool("first")
        let holder = try await shared.hold()
        // A pool that has sent nothing yet.
        let served = try ServedPool(shared.url, name: "shared-first-new", minimum: 1, maximum: 1) {
            $0.pipelineDepth = 8
        }
        try await served.pool.start()
        let head = Task { try await served.pool.execute(shared.read(1)) }
        #expect(try await eventually { try await served.sessions("wait_event_type = 'Lock'") == 1 })
        // Quick ones are up to 2 ms.
        try await Task.sleep(for: .milliseconds(40))
        try await shared.release(holder)
        #expect(try await head.value.firstText() == "row 1")
        if case .quick = served.pool.core.kind(of: [shared.read(1)]) { Issue.record("it took 40 ms") }
        let connection = try await served.pool.withConnection { $0 }
        #expect(connection.state.withLock { $0.leastRoundTrip } < 10_000_000)
        #expect(try await served.close())
        #expect(try await shared.close())
    }

    @Test(arguments: [false, true]) func whatIsAlwaysGivenUpIsKnownToBeSlow(isFollowed: Bool) async throws {
        let shared = try await SharedPool("given-up-\(isFollowed)")
        let holder = try await shared.hold()
        let head = await shared.begin(shared.read(1), taking: 1, timeout: .milliseconds(300))
        let next = isFollowed ? await shared.begin(shared.number(2), taking: 2) : nil
        let error = await #expect(throws: PostgresError.self) { try await head.value }
        #expect(error?.code == .statementTimeout)
        if case .quick = shared.pool.core.kind(of: [shared.read(1)]) { Issue.record("it took longer than 300 ms") }
        try await shared.release(holder)
        if let next { #expect(try await next.value.firstInteger() == 2) }
        #expect(try await shared.close())
    }

    @Test func notificationsDontPileUpOnAConnectionThatIsAlwaysInUse() async throws {
        final class Heard: NotificationSink {
            let count = Locked(0)
            func take(_ notification: PostgresNotification) -> RequestContinuation? {
                count.withLock { $0 += 1 }
                return nil
            }
        }
        let shared = try await SharedPool("notified")
        let other = try await SharedPool("notified-other")
        let text = "select v from \(other.table) where id = 1"
        try await shared.learn(text)
        let heard = Heard()
        try await shared.pool.withConnection { connection in
            try await connection.execute("listen shared_notified")
            connection.state.withLock { $0.notificationSink = heard }
        }
        let (first, second) = (try await shared.hold(), try await other.hold())
        var tasks = [await shared.begin(shared.read(1), taking: 1), await shared.begin(shared.number(1), taking: 2)]
        tasks.append(await shared.begin(Statement(text), taking: 3))
        tasks.append(await shared.begin(shared.number(2), taking: 4))
        try await shared.run("notify shared_notified")
        try await shared.release(first)
        // Two are under way still.
        #expect(await eventually { heard.count.withLock { $0 } == 1 })
        #expect(await eventually { shared.places == [2] })
        try await other.release(second)
        for task in tasks { _ = try await task.value }
        #expect(try await shared.close())
        #expect(try await other.close())
    }
}
