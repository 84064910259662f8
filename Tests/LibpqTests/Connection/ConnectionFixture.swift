// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Libpq
import Logging
import TestSupport
import Testing

/// Connections to the tests' servers.
enum ConnectionFixture {
    static let logger = Logger(label: "connection-tests") { _ in SwiftLogNoOpLogHandler() }

    /// A connection to a fresh database of the shared server.
    static func connect(
        _ name: String = "connection", logger: Logger = logger, source: (any ReadinessSource)? = nil,
        _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> Connection {
        try await connect(
            url: try await TestDatabase.named(name).url, logger: logger, source: source, configure)
    }

    static func connect(
        url: String, logger: Logger = logger, source: (any ReadinessSource)? = nil,
        _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> Connection {
        var configuration = try ConnectionConfiguration(url: url, environment: [:])
        // Long, for a busy machine; what is about the grace sets its own.
        configuration.statementTimeoutGrace = .seconds(30)
        configure(&configuration)
        if let source { return try await Connection.connect(configuration, logger: logger, source: source) }
        return try await Connection.connect(configuration, logger: logger)
    }

    /// A proxy to a server with a port.
    static func proxy(to server: EmbeddedServer) throws -> (proxy: TCPProxy, url: String) {
        let proxy = try TCPProxy(to: .port(try #require(server.port)))
        return (proxy, proxy.url(of: try #require(server.tcpURL())))
    }
}

/// A server of the connection tests' own that stays as it is: a port, some connections.
actor ConnectionTestServer {
    static let shared = ConnectionTestServer()

    private var task: Task<EmbeddedServer, any Error>?

    func server() async throws -> EmbeddedServer {
        if let task { return try await task.value }
        let task = Task.detached { try await PrivateServer.start() }
        self.task = task
        return try await task.value
    }
}

extension RowSet {
    /// A cell of a textual column.
    func text(_ row: Int = 0, _ column: Int = 0) -> String? {
        bytes(row: row, column: column).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Connection {
    /// The first cell as text.
    func answer(to sql: String) async throws -> String? { try await execute(Statement(sql)).text() }

    /// Runs the text without preparing it under a name.
    @discardableResult
    func run(_ sql: String) async throws -> RowSet { try await execute(Statement(sql, preparation: .unnamed)) }
}

extension Parameters {
    mutating func append(text: String) { append(.text) { $0.append(contentsOf: text.utf8) } }

    mutating func append(int8: Int64) {
        append(.int8) { bytes in withUnsafeBytes(of: int8.bigEndian) { bytes.append(contentsOf: $0) } }
    }
}

/// Runs `body`, which has to throw a `PostgresError` with the code.
@discardableResult
func expect(
    _ code: PostgresError.Code, sqlState: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async throws -> PostgresError {
    let error = try #require(
        await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { try await body() },
        sourceLocation: sourceLocation)
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    if let sqlState { #expect(error.sqlState == sqlState, "\(error)", sourceLocation: sourceLocation) }
    return error
}
