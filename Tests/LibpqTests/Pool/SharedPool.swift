// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// A pool whose callers share connections, and a table whose reads a test can hold up: what reads it is quick until then.
struct SharedPool {
    let served: ServedPool
    /// The database's URL, without what may lie between.
    let url: String
    let table: String
    private let name: String

    var pool: ConnectionPool { served.pool }

    /// - Parameters:
    ///   - isPatient: whether statements go behind others, and stay there, however long those take.
    ///   - place: the database's URL, and how the pool gets there where something lies between.
    init(
        _ name: String, connections: Int = 1, depth: Int = 8, isPatient: Bool = true,
        at place: (url: String, proxied: String)? = nil,
        _ configure: (inout PoolConfiguration) -> Void = { _ in },
        connection change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws {
        let own = if let place { place.url } else { try await TestDatabase.named("shared").url }
        url = own
        table = "held_" + name.replacing("-", with: "_")
        self.name = "shared-" + name
        for text in [
            "drop table if exists \(table)", "create table \(table) (id int primary key, v text)",
            "insert into \(table) select n, 'row ' || n from generate_series(1, 50) n",
        ] {
            try await TestSession.run(text, url: own)
        }
        served = try ServedPool(
            place?.proxied ?? own, watch: own, name: self.name, minimum: connections, maximum: connections
        ) {
            $0.pipelineDepth = depth
            $0.checkAfterIdle = .seconds(3_600)
            if isPatient {
                $0.pipelinePatience = .seconds(3_600)
                $0.pipelineOverdue = .seconds(3_600)
            }
            configure(&$0)
        } connection: {
            change(&$0)
        }
        try await served.pool.start()
        #expect(await eventually { served.pool.status.idle == connections })
        try await teach()
    }

    /// Has all connections know the statements, and the pool that they are quick.
    func teach() async throws {
        for text in [read(1), number(1), quotient(1)] {
            for _ in 0..<200 where !isKnown(text) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<(4 * pool.configuration.maximumConnections) {
                        group.addTask { _ = try await pool.execute(text) }
                    }
                    try await group.waitForAll()
                }
                // Slow ones of a busy machine are outweighed.
                let texts = try #require(pool.core.kind(of: [text]).texts)
                for _ in 0..<100 { pool.core.note(texts, took: 0) }
            }
            #expect(isKnown(text), "\(text.text) is not known on all connections")
        }
    }

    /// Makes a text known as a quick one.
    func learn(_ text: String) async throws {
        _ = try await pool.execute(Statement(text), limits: ResultLimits())
        for _ in 0..<200 { pool.core.note(try #require(pool.core.kind(of: [Statement(text)]).texts), took: 0) }
    }

    private func isKnown(_ statement: Statement) -> Bool {
        guard case .quick(let texts) = pool.core.kind(of: [statement]) else { return false }
        return pool.core.guarded.withLock { guarded in
            guarded.state.slots.allSatisfy { $0.phase != .free && $0.knows(texts) }
        }
    }

    /// Runs something on a connection that is not the pool's.
    func run(_ sql: String) async throws { try await TestSession.run(sql, url: url) }

    // MARK: Statements

    /// Reads the table: waits while it is held.
    func read(_ id: Int32) -> Statement { statement("select v from \(table) where id = $1", id) }

    func number(_ number: Int32) -> Statement { statement("select $1 as n", number) }

    /// Fails for 0.
    func quotient(_ divisor: Int32) -> Statement { statement("select 100 / $1 as q", divisor) }

    private func statement(_ text: String, _ value: Int32) -> Statement {
        var parameters = Parameters()
        parameters.append(.int4) { $0.append(bigEndian: value) }
        return Statement(text, parameters)
    }

    // MARK: What is under way

    /// How many places each connection has taken.
    var places: [Int] { pool.core.guarded.withLock { $0.state.slots.map(\.places.count) } }

    /// Holds up all that reads the table, until the connection that is returned is closed or its transaction ended.
    func hold() async throws -> Connection {
        let holder = try await ConnectionFixture.connect(url: url)
        for text in ["begin", "lock table \(table) in access exclusive mode"] {
            try await holder.execute(Statement(text, preparation: .unnamed))
        }
        return holder
    }

    func release(_ holder: Connection) async throws {
        try await holder.execute(Statement("rollback", preparation: .unnamed))
        holder.close()
    }

    /// Begins a statement, and waits until so many places are taken.
    func begin(
        _ statement: Statement, taking count: Int, timeout: Duration? = nil, limits: ResultLimits? = nil
    ) async -> Task<RowSet, any Error> {
        let task = Task { try await pool.execute(statement, timeout: timeout, limits: limits) }
        #expect(await eventually { places.reduce(0, +) >= count }, "\(places) places of \(count) are taken")
        return task
    }

    /// Waits until the server is held up by the table.
    func isHeldUp() async throws -> Bool {
        try await eventually { try await served.sessions("wait_event_type = 'Lock'") > 0 }
    }

    func close() async throws -> Bool { try await served.close() }
}

extension RowSet {
    /// The first cell of the first row, an integer.
    func firstInteger() throws -> Int32 { try decode(Int32.self, row: 0, column: 0) }
    /// The first cell of the first row, a text.
    func firstText() throws -> String { try decode(String.self, row: 0, column: 0) }
}
