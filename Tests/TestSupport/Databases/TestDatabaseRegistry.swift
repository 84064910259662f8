// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq

/// Makes each database once in a process, whoever asks first, and drops those on a server that stays.
actor TestDatabaseRegistry {
    static let shared = TestDatabaseRegistry()

    private var serverTask: Task<TestServer, any Error>?
    private var databases: [String: Task<TestDatabase, any Error>] = [:]

    func server() async throws -> TestServer {
        if let serverTask { return try await serverTask.value }
        // Detached: the test that asks first may be cancelled, the others still want their server.
        let task = Task.detached {
            let server = try await TestServer.find()
            if case .embedded = server.origin { return server }
            try await Self.dropAbandoned(on: server)
            return server
        }
        serverTask = task
        return try await task.value
    }

    func database(named name: String, loading files: [String], options: String?) async throws -> TestDatabase {
        if let task = databases[name] { return try await task.value }
        let task = Task.detached {
            let database = try await Self.create(name, options, on: self.server())
            for file in files {
                for part in Self.parts(of: try String(contentsOfFile: Repository.path(file), encoding: .utf8)) {
                    try await database.runPlainly(part)
                }
            }
            return database
        }
        databases[name] = task
        return try await task.value
    }

    /// The text, cut where a type gets a value that is used further on: what is sent at once is one transaction, and the
    /// value can't be used before its end.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            parts[parts.count - 1] += line + "\n"
            if line.lowercased().hasPrefix("alter type"), line.contains(" add value "), line.hasSuffix(";") {
                parts.append("")
            }
        }
        return parts
    }

    private static func create(
        _ name: String, _ options: String?, on server: TestServer
    ) async throws -> TestDatabase {
        let full = prefix + "\(getpid())_\(name)"
        let quoted = "\"" + full.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        try await TestSession.run("DROP DATABASE IF EXISTS \(quoted) WITH (FORCE)", url: server.url)
        let cluster = TestCluster.current
        try await TestSession.run(
            "CREATE DATABASE \(quoted) TEMPLATE template0 \(options ?? cluster.locale)", url: server.url)
        for setting in cluster.settings {
            try await TestSession.run("ALTER DATABASE \(quoted) SET \(setting)", url: server.url)
        }
        if case .embedded = server.origin {
        } else {
            Leftovers.shared.add(quoted, url: server.url)
        }
        return TestDatabase(url: server.url(database: full), name: full, server: server)
    }

    /// `kinship_test_<machine>_<process>_`: several processes and machines can share one server.
    private static let prefix: String = {
        let host = ProcessInfo.processInfo.hostName.utf8.reduce(5381 as UInt32) { $0 &* 33 &+ UInt32($1) }
        return "kinship_test_" + String(host, radix: 36) + "_"
    }()

    /// Drops the databases of processes of this machine that were killed before they could do it.
    private static func dropAbandoned(on server: TestServer) async throws {
        let rows = try await TestSession.run(
            "SELECT datname FROM pg_database WHERE starts_with(datname, '\(prefix)')", url: server.url)
        for name in rows.compactMap({ $0.first ?? nil }) {
            guard let process = pid_t(name.dropFirst(prefix.count).prefix(while: \.isNumber)),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try await TestSession.run("DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)", url: server.url)
        }
    }
}

/// What is dropped when the process exits.
private final class Leftovers: Sendable {
    static let shared = Leftovers()

    private let databases = Locked<[(name: String, url: String)]>([])

    private init() {
        atexit { Leftovers.shared.drop() }
    }

    func add(_ name: String, url: String) {
        databases.withLock { $0.append((name, url)) }
    }

    private func drop() {
        for database in databases.withLock({ $0 }) {
            // The process is ending: there is nobody to tell, and the next run drops what stays.
            _ = try? TestSession.runBlocking(
                "DROP DATABASE IF EXISTS \(database.name) WITH (FORCE)", url: database.url)
        }
    }
}
