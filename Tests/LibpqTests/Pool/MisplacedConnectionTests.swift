// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Servers that are no longer what the connections to them were made for.
@Suite(.timeLimit(.minutes(4))) struct MisplacedConnectionTests {
    private func pool(
        _ servers: [EmbeddedServer], _ target: ConnectionConfiguration.TargetSessionAttributes, maximum: Int = 2
    ) async throws -> ConnectionPool {
        var connection = try ConnectionConfiguration(url: servers[0].url(database: "postgres"), environment: [:])
        connection.hosts = servers.map { Host($0.directory, port: $0.port ?? 5432) }
        connection.targetSessionAttributes = target
        var configuration = PoolConfiguration(minimumConnections: 1, maximumConnections: maximum)
        configuration.initialBackoff = .milliseconds(20)
        configuration.maximumBackoff = .milliseconds(100)
        configuration.outagePatience = .seconds(1)
        let pool = ConnectionPool(
            configuration: configuration, connection: connection, logger: ConnectionFixture.logger)
        try await pool.start()
        return pool
    }

    private func process(_ pool: ConnectionPool) async throws -> Int {
        try await pool.withConnection { connection in
            try await connection.run("select 1")
            return connection.processID
        }
    }

    @Test func aServerThatBecameReadOnlyIsLeft() async throws {
        let (first, second) = (try await PrivateServer.start(), try await PrivateServer.start())
        for server in [first, second] { try await server.run("create table counted (id int)") }
        let pool = try await pool([first, second], .readWrite, maximum: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await pool.execute("select pg_sleep(0.05)") } }
            try await group.waitForAll()
        }
        try await pool.execute("insert into counted values (1)")
        try await first.run("alter system set default_transaction_read_only = on")
        try await first.run("select pg_reload_conf()")
        var refused = 0
        for number in 0..<50 {
            do {
                try await pool.execute("insert into counted values (\(number))")
            } catch let error as PostgresError where error.sqlState == "25006" {
                refused += 1
            }
        }
        // One for each connection at most.
        #expect(refused <= 3)
        // Its processes learn of it one after the other: until then it takes what comes.
        var kept = 0
        for server in [first, second] {
            kept += try await server.run("select count(*) from counted")[0][0].flatMap { Int($0) } ?? 0
        }
        #expect(kept == 51 - refused)
        #expect(try await second.run("select count(*) from counted where id = 49") == [["1"]])
        await pool.shutdown(deadline: .seconds(5))
    }

    /// The server doesn't say it, as behind what hides settings: the refusal itself is enough to ask.
    @Test(arguments: [ConnectionConfiguration.TargetSessionAttributes.primary, .any])
    func aRefusalToWriteIsAskedAbout(_ target: ConnectionConfiguration.TargetSessionAttributes) async throws {
        let isReadOnly = Locked(false)
        let server = try FakeServer { session in
            try session.accept(parameters: ["default_transaction_read_only": "off", "in_hot_standby": "off"])
            var text = ""
            try session.serve { message in
                if message.type == "P" { text = message.strings[1] }
                guard message.type == "E" else { return nil }
                let refuses = session.index == 0 && isReadOnly.withLock { $0 }
                if text.contains("pg_is_in_recovery") {
                    return [
                        .rowDescription([("a", 16), ("b", 16)]), .dataRow([[0], [refuses ? 1 : 0]]),
                        .commandComplete("SELECT 1"),
                    ]
                }
                guard refuses, text.hasPrefix("insert") else { return nil }
                return [.error("25006", "cannot execute INSERT in a read-only transaction")]
            }
        }
        var connection = try ConnectionConfiguration(url: server.url, environment: [:])
        connection.targetSessionAttributes = target
        let pool = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 1, maximumConnections: 1), connection: connection,
            logger: ConnectionFixture.logger)
        try await pool.start()
        try await pool.execute("insert into t values (1)")
        isReadOnly.withLock { $0 = true }
        try await expect(.server, sqlState: "25006") { try await pool.execute("insert into t values (2)") }
        // No standby, so a primary it still may be; but of one that took changes it was expected that it does.
        if target == .any { try await pool.execute("insert into t values (2)") }
        await pool.shutdown(deadline: .seconds(5))
        server.close()
    }

    @Test func whatTheUserDeclaredReadOnlyIsNoReason() async throws {
        let server = try await PrivateServer.start()
        try await server.run("create table declared (id int)")
        for target in [ConnectionConfiguration.TargetSessionAttributes.readWrite, .primary] {
            let pool = try await pool([server], target, maximum: 1)
            let before = try await process(pool)
            try await expect(.server, sqlState: "25006") {
                try await pool.withConnection { connection in
                    try await connection.withTransaction(readOnly: true) {
                        _ = try await $0.run("insert into declared values (1)")
                    }
                }
            }
            try await expect(.server, sqlState: "25006") {
                _ = try await pool.pipeline([
                    Statement("begin read only", preparation: .unnamed), Statement("insert into declared values (1)"),
                ])
            }
            try await expect(.server, sqlState: "25006") {
                try await pool.withConnection { connection in
                    try await connection.run("begin")
                    try await connection.run("select set_config('transaction_read_only', 'on', true)")
                    try await connection.run("insert into declared values (1)")
                }
            }
            #expect(try await process(pool) == before)
            await pool.shutdown(deadline: .seconds(5))
        }
        // What is the default of his own session, too, where only the server's role counts.
        var connection = try ConnectionConfiguration(url: server.url(database: "postgres"), environment: [:])
        connection.targetSessionAttributes = .primary
        connection.parameters["options"] = "-c default_transaction_read_only=on"
        let pool = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 1, maximumConnections: 1), connection: connection,
            logger: ConnectionFixture.logger)
        let before = try await process(pool)
        try await expect(.server, sqlState: "25006") { try await pool.execute("insert into declared values (1)") }
        #expect(try await process(pool) == before)
        await pool.shutdown(deadline: .seconds(5))
    }

    /// A standby keeps its sessions when it becomes the primary.
    @Test func aStandbyThatWasPromotedIsLeftByReaders() async throws {
        let (primary, standby) = try await PrivateServer.pair()
        #expect(try await standby.run("select pg_is_in_recovery()") == [["t"]])
        let readers = try await pool([standby, primary], .standby, maximum: 1)
        let either = try await pool([standby, primary], .preferStandby, maximum: 1)
        let writers = try await pool([standby, primary], .primary, maximum: 1)
        let kept = try await process(either)
        try await writers.execute("create table promoted (id int)")
        #expect(try await eventually { try await standby.run("select to_regclass('promoted') is not null") == [["t"]] })
        try await expect(.server, sqlState: "25006") { try await either.execute("insert into promoted values (1)") }

        try await standby.run("select pg_promote()")
        #expect(try await eventually { try await standby.run("select pg_is_in_recovery()") == [["f"]] })
        // Nobody is a standby now.
        #expect(await eventually { (try? await readers.execute("select 1")) == nil })
        let error = await #expect(throws: PostgresError.self) { try await readers.execute("select 1") }
        #expect(error?.code == .connectFailed || error?.code == .acquireTimeout)
        #expect(try await process(either) == kept)

        // The old primary is gone: who writes finds the new one.
        try await primary.halt(.immediate)
        #expect(await eventually { (try? await writers.execute("insert into promoted values (2)")) != nil })
        #expect(try await standby.run("select count(*) from promoted") == [["1"]])
        for pool in [readers, either, writers] { await pool.shutdown(deadline: .seconds(5)) }
        for server in [standby, primary] { await server.stop() }
    }

    /// Errors that say the session is ending, passed on by what lies between without an end.
    @Test(arguments: ["57P01", "57P02", "57P03", "57P05"]) func aSessionThatIsToEndIsNotLentAgain(_ code: String)
        async throws
    {
        let server = try FakeServer { session in
            try session.accept()
            try session.serve { message in
                message.type == "E" && session.index == 0 ? [.error(code, "it ends")] : nil
            }
        }
        let pool = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 1, maximumConnections: 1),
            connection: try ConnectionConfiguration(url: server.url, environment: [:]), logger: ConnectionFixture.logger
        )
        try await pool.start()
        try await expect(.server, sqlState: code) { try await pool.execute("select 1") }
        try await pool.execute("select 2")
        #expect(server.accepted == 2)
        await pool.shutdown(deadline: .seconds(5))
        server.close()
    }
}
