// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import TestSupport
import Testing

@testable import Libpq

/// Connections that end while several callers' statements are on them: what each is told.
@Suite(.timeLimit(.minutes(3))) struct SharedFaultTests {
    /// Statements on one connection, the first of which is held up; the second one reads the table, too.
    private func crowd(_ shared: SharedPool) async -> [Task<RowSet, any Error>] {
        var tasks = [await shared.begin(shared.read(1), taking: 1)]
        tasks.append(await shared.begin(shared.read(2), taking: 2))
        for number in Int32(2)..<5 { tasks.append(await shared.begin(shared.number(number), taking: tasks.count + 1)) }
        return tasks
    }

    @Test func afterTheServersLastWordThoseBehindGoElsewhereWithoutAWord() async throws {
        let shared = try await SharedPool("fatal")
        let process = try await shared.pool.withConnection { $0.processID }
        let holder = try await shared.hold()
        let tasks = await crowd(shared)
        #expect(try await shared.isHeldUp())
        try await shared.run("select pg_terminate_backend(\(process))")
        let error = await #expect(throws: PostgresError.self) { try await tasks[0].value }
        #expect(error?.code == .connectionLost)
        #expect(error?.sqlState == "57P01")
        for number in 2..<5 {
            // They come ahead of what nobody has waited longer for: the second one is held up on the next connection still.
            if number == 2 { try await shared.release(holder) }
            #expect(try await tasks[number].value.firstInteger() == Int32(number))
        }
        #expect(try await tasks[1].value.firstText() == "row 2")
        #expect(try await shared.pool.withConnection { $0.processID } != process)
        #expect(try await shared.close())
    }

    @Test(arguments: [false, true]) func aSessionThatEndsInTheMiddleCostsTheOneItWasAt(isFirstCancelled: Bool)
        async throws
    {
        let shared = try await SharedPool("middle-\(isFirstCancelled)")
        let process = try await shared.pool.withConnection { $0.processID }
        let other = try await SharedPool("middle-other-\(isFirstCancelled)")
        // The first one waits for one table, the third one for another.
        let text = "select v from \(other.table) where id = 1"
        _ = try await shared.pool.execute(Statement(text))
        for _ in 0..<200 {
            shared.pool.core.note(try #require(shared.pool.core.kind(of: [Statement(text)]).texts), took: 0)
        }
        let (first, second) = (try await shared.hold(), try await other.hold())
        var tasks = await crowd(shared)
        tasks.append(await shared.begin(Statement(text), taking: 6))
        tasks.append(await shared.begin(shared.number(7), taking: 7))
        if isFirstCancelled {
            tasks[0].cancel()
            await #expect(throws: CancellationError.self) { try await tasks[0].value }
        }
        try await shared.release(first)
        #expect(try await tasks[4].value.firstInteger() == 4)
        try await shared.run("select pg_terminate_backend(\(process))")
        let error = await #expect(throws: PostgresError.self) { try await tasks[5].value }
        #expect(error?.code == .connectionLost)
        #expect(try await tasks[6].value.firstInteger() == 7)
        if !isFirstCancelled { #expect(try await tasks[0].value.firstText() == "row 1") }
        #expect(try await tasks[1].value.firstText() == "row 2")
        try await other.release(second)
        #expect(try await shared.close())
        #expect(try await other.close())
    }

    @Test func aNetworkThatBreaksOffCostsTheFirstOneAndNobodyElse() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let shared = try await SharedPool("cut", depth: 5, at: (server.url, url))
        let holder = try await shared.hold()
        let tasks = await crowd(shared)
        let unsent = (0..<3).map { number in Task { try await shared.pool.execute(shared.number(Int32(number))) } }
        #expect(await eventually { shared.pool.status.waiting == 3 })
        // The second one is sent again, is behind nobody then, and that connection is cut, too.
        for place in 0..<2 {
            #expect(
                try await eventually { try await shared.served.sessions("wait_event_type = 'Lock'") == place + 1 })
            proxy.cut()
            let error = await #expect(throws: PostgresError.self) { try await tasks[place].value }
            #expect(error?.code == .connectionLost)
            #expect(error?.server == nil)
            #expect(error?.message.contains("behind others") == false)
        }
        for number in 2..<5 { #expect(try await tasks[number].value.firstInteger() == Int32(number)) }
        for (number, task) in unsent.enumerated() { #expect(try await task.value.firstInteger() == Int32(number)) }
        try await shared.release(holder)
        #expect(try await shared.close())
        proxy.close()
    }

    @Test(arguments: [false, true]) func whoHasNoTimeLeftToGoElsewhereIsToldWhatBecameOfIt(isTold: Bool) async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let shared = try await SharedPool("late-\(isTold)", at: (server.url, url)) { $0.acquireTimeout = .seconds(2) }
        let process = try await shared.pool.withConnection { $0.processID }
        let holder = try await shared.hold()
        let tasks = await crowd(shared)
        try await Task.sleep(for: .milliseconds(2_100))
        if isTold { try await shared.run("select pg_terminate_backend(\(process))") } else { proxy.cut() }
        for (place, task) in tasks.enumerated() {
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .connectionLost)
            #expect(error?.sqlState == (isTold ? "57P01" : nil))
            let outcome = isTold ? "it was not run." : "whether it was run is unknown."
            #expect(error?.message.hasSuffix(outcome) == (place > 0))
        }
        try await shared.release(holder)
        #expect(try await shared.close())
        proxy.close()
    }

    @Test func aNetworkThatIsSilentHasEachWaitForItsOwnDeadline() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let shared = try await SharedPool("silent", at: (server.url, url)) { _ in
        } connection: {
            $0.statementTimeoutGrace = .milliseconds(300)
            $0.closeTimeout = .milliseconds(300)
        }
        proxy.pause()
        var tasks: [Task<RowSet, any Error>] = []
        for number in 1...4 {
            tasks.append(
                await shared.begin(
                    shared.number(Int32(number)), taking: number, timeout: .milliseconds(4_500 - number * 500)))
        }
        for task in tasks {
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .statementTimeout)
        }
        // Nobody can be asked to stop anything: the connection is given up.
        #expect(await eventually { shared.pool.status.leased == 0 })
        proxy.resume()
        #expect(try await shared.pool.execute(shared.number(5)).firstInteger() == 5)
        #expect(try await shared.close())
        proxy.close()
    }

    @Test(arguments: [0, 3, 100, 300]) func anAnswerThatBreaksOffMixesNothingUp(after count: Int) async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let shared = try await SharedPool("broken-\(count)", at: (server.url, url))
        let holder = try await shared.hold()
        let tasks = await crowd(shared)
        proxy.cut(after: count, .toClient)
        try await shared.release(holder)
        var lost = 0
        for (number, task) in tasks.enumerated() {
            do {
                let rows = try await task.value
                if number < 2 {
                    #expect(try rows.firstText() == "row \(number + 1)")
                } else {
                    #expect(try rows.firstInteger() == Int32(number))
                }
            } catch let error as PostgresError {
                #expect(error.code == .connectionLost)
                lost += 1
            }
        }
        // The one whose answer was next.
        #expect(lost <= 1)
        #expect(try await shared.pool.execute(shared.number(5)).firstInteger() == 5)
        #expect(try await shared.close())
        proxy.close()
    }

    @Test func closingThePoolAnswersEverybody() async throws {
        let shared = try await SharedPool("closed")
        let holder = try await shared.hold()
        let tasks = await crowd(shared)
        let waiting = Task { try await shared.pool.withConnection { _ in } }
        #expect(await eventually { shared.pool.status.waiting == 1 })
        await shared.pool.shutdown(deadline: .milliseconds(20))
        for task in tasks {
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .connectionClosed)
        }
        let refused = await #expect(throws: PostgresError.self) { try await waiting.value }
        #expect(refused?.code == .poolClosed)
        try await shared.release(holder)
        #expect(try await shared.close())
    }

    @Test func aShutdownWithTimeLetsThemEnd() async throws {
        let shared = try await SharedPool("drained")
        let holder = try await shared.hold()
        let tasks = await crowd(shared)
        async let closed: Void = shared.pool.shutdown(deadline: .seconds(30))
        try await shared.release(holder)
        #expect(try await tasks[0].value.firstText() == "row 1")
        for number in 2..<5 { #expect(try await tasks[number].value.firstInteger() == Int32(number)) }
        await closed
        #expect(try await shared.close())
    }
}
