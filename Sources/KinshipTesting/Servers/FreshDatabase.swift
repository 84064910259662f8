// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Logging

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A database that was made for one suite, and is dropped with it.
struct FreshDatabase: Sendable {
    /// How it is reached.
    let configuration: ConnectionConfiguration
    /// How the server's maintenance database is reached.
    private let maintenance: ConnectionConfiguration
    /// Its name on the server.
    let name: String

    /// Makes one: UTF8, texts in the order of their code points, UTC.
    static func make(_ label: String) async throws -> FreshDatabase {
        let server = try await SharedServer.shared.found()
        let name = Self.name(label)
        let quoted = "\"\(name)\""
        try await run(
            ["CREATE DATABASE \(quoted) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"], server.configuration)
        // What outlives the process is dropped when it ends, also where nobody has closed the harness.
        if server.embedded == nil { LeftoverDatabases.shared.add(name, server.configuration) }
        try await run(["ALTER DATABASE \(quoted) SET timezone TO 'UTC'"], server.configuration)
        var configuration = server.configuration
        configuration.database = name
        return FreshDatabase(configuration: configuration, maintenance: server.configuration, name: name)
    }

    /// Drops it, whoever is connected.
    func drop() async throws {
        try await Self.run(["DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)"], maintenance)
        LeftoverDatabases.shared.remove(name)
    }

    static func run(_ statements: [String], _ configuration: ConnectionConfiguration) async throws {
        let connection = try await Connection.connect(configuration, logger: logger)
        defer { connection.close() }
        for statement in statements { try await connection.execute(Statement(statement, preparation: .unnamed)) }
    }

    private static var logger: Logger { Logger(label: "kinship.testing") }

    // MARK: Names

    private static let count = Locked(0)

    /// `kinship_test_<machine>_<process>_<number>_<label>`: several processes and machines can share one server.
    private static func name(_ label: String) -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let plain = label.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return String("\(prefix)\(getpid())_\(number)_\(String(plain))".prefix(63))
    }

    private static let prefix: String = {
        let host = ProcessInfo.processInfo.hostName.utf8.reduce(5381 as UInt32) { $0 &* 33 &+ UInt32($1) }
        return "kinship_test_" + String(host, radix: 36) + "_"
    }()

    /// Drops the databases of processes of this machine that were killed before they could do it.
    static func dropAbandoned(on configuration: ConnectionConfiguration) async {
        // Where it fails they stay, and nobody is in anybody's way.
        guard let connection = try? await Connection.connect(configuration, logger: logger) else { return }
        defer { connection.close() }
        let rows = try? await connection.execute(
            "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, \(prefix))")
        for row in 0..<(rows?.count ?? 0) {
            guard let name = try? rows?.decode(String.self, row: row, column: 0),
                let process = pid_t(name.dropFirst(prefix.count).prefix(while: \.isNumber)),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            let quoted = "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
            _ = try? await connection.execute(
                Statement("DROP DATABASE IF EXISTS \(quoted) WITH (FORCE)", preparation: .unnamed))
        }
    }
}
