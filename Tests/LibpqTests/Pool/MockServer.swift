// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging

/// A server without a network: makes ``MockConnection``s, or refuses, as a test tells it.
final class MockServer: Sendable {
    struct State {
        var attempts = 0
        var open: Set<Int> = []
        var mostOpen = 0
        var next = 1
        var refusal: PostgresError?
        var delay: Duration = .zero
        var pings = 0
        var recycled = 0
        var sessionsReset = 0
        var aborted = 0
        var pingFails = false
    }

    let state = Locked(State())

    var attempts: Int { state.withLock { $0.attempts } }
    var open: Int { state.withLock { $0.open.count } }

    func connect() async throws -> MockConnection {
        let (delay, refusal) = state.withLock { state in
            state.attempts += 1
            return (state.delay, state.refusal)
        }
        if delay > .zero { try await Task.sleep(for: delay) }
        if let refusal { throw refusal }
        let id = state.withLock { state in
            let id = state.next
            state.next += 1
            state.open.insert(id)
            state.mostOpen = max(state.mostOpen, state.open.count)
            return id
        }
        return MockConnection(id: id, server: self)
    }

    func pool(
        minimum: Int = 0, maximum: Int = 10,
        logger: Logger = Logger(label: "pool tests") { _ in SwiftLogNoOpLogHandler() },
        _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) -> PoolCore<MockConnection> {
        var configuration = PoolConfiguration(minimumConnections: minimum, maximumConnections: maximum)
        configuration.checkAfterIdle = .seconds(3_600)
        configuration.outagePatience = .seconds(3_600)
        change(&configuration)
        return PoolCore(configuration: configuration, logger: logger) { try await self.connect() }
    }
}

/// A connection that does what a test says.
final class MockConnection: PooledConnection {
    struct State {
        var outcome = ReleaseOutcome.clean
        var onTermination: (@Sendable (PostgresError?) -> Void)?
        var inUse = false
    }

    let id: Int
    private let server: MockServer
    let state = Locked(State())

    init(id: Int, server: MockServer) {
        self.id = id
        self.server = server
    }

    var releaseOutcome: ReleaseOutcome { state.withLock { $0.outcome } }

    /// Whether nobody else used the connection meanwhile.
    func use() -> Bool {
        state.withLock { state in
            defer { state.inUse = true }
            return !state.inUse
        }
    }

    func endUse() { state.withLock { $0.inUse = false } }

    func breakDown() {
        let handler = state.withLock { state in
            state.outcome = .unusable
            return state.onTermination
        }
        handler?(nil)
    }

    func ping(timeout: Duration) async throws {
        let fails = server.state.withLock { state in
            state.pings += 1
            return state.pingFails
        }
        if fails { throw PostgresError(.connectionLost, "no answer") }
    }

    func recycle(timeout: Duration) async -> Bool {
        server.state.withLock { $0.recycled += 1 }
        return state.withLock { state in
            defer { state.outcome = .clean }
            return state.outcome == .inTransaction
        }
    }

    func resetSession(timeout: Duration) async -> Bool {
        server.state.withLock { $0.sessionsReset += 1 }
        return true
    }

    func onTermination(_ handler: @escaping @Sendable (PostgresError?) -> Void) {
        state.withLock { $0.onTermination = handler }
    }

    func abort() {
        server.state.withLock { $0.aborted += 1 }
        close()
    }

    func close() { server.state.withLock { _ = $0.open.remove(id) } }
}
