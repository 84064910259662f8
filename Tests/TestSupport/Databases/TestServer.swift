// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import EmbeddedPostgres
import Foundation

/// The server that the tests of this process use.
public struct TestServer: Sendable {
    /// Where a server comes from.
    public enum Origin: Sendable {
        /// `KINSHIP_DATABASE_URL`.
        case environment
        /// The service of `docker-compose.yml`, found on its port.
        case compose
        /// A server of this process.
        case embedded(EmbeddedServer)
    }

    /// Where it comes from.
    public let origin: Origin
    /// A URL of its maintenance database.
    public let url: String

    /// The server of this process, found or started at the first call.
    public static func shared() async throws -> TestServer {
        try await TestDatabaseRegistry.shared.server()
    }

    /// Where `docker-compose.yml` publishes its service.
    public static let composeURL = "postgres://kinship:kinship@127.0.0.1:54329/kinship?connect_timeout=5"

    static func find() async throws -> TestServer {
        if let url = ProcessInfo.processInfo.environment["KINSHIP_DATABASE_URL"], !url.isEmpty {
            return TestServer(origin: .environment, url: url)
        }
        if (try? await TestSession.run("SELECT 1", url: composeURL)) != nil {
            return TestServer(origin: .compose, url: composeURL)
        }
        var options = EmbeddedServerOptions()
        options.settings = ["max_connections": "300"]
        let server = try await EmbeddedServer.start(options)
        return TestServer(origin: .embedded(server), url: server.url)
    }

    /// A URL like ``url``, of another database.
    func url(database: String) -> String {
        // postgres://user:password@host:port/DATABASE?parameters
        guard let scheme = url.range(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let query = rest.firstIndex(of: "?") ?? rest.endIndex
        let path = rest[..<query].firstIndex(of: "/") ?? query
        return url[..<scheme.upperBound] + rest[..<path] + "/" + database + rest[query...]
    }
}
