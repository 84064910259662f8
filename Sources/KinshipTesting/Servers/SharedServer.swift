// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Kinship
import Logging

/// The server that the tests of this process use, found or started when it is asked for first.
actor SharedServer {
    /// A server that is there.
    struct Found: Sendable {
        /// How its maintenance database is reached.
        var configuration: ConnectionConfiguration
        /// Set where it is this process's own.
        var embedded: EmbeddedServer?
    }

    static let shared = SharedServer()

    private var search: Task<Found, any Error>?

    /// The one that `KINSHIP_DATABASE_URL` names, else one of this process.
    func found() async throws -> Found {
        if let search { return try await search.value }
        // Detached: the test that asks first may be cancelled, the others still want their server.
        let task = Task.detached { try await Self.find() }
        search = task
        do {
            return try await task.value
        } catch {
            search = nil
            throw error
        }
    }

    private static func find() async throws -> Found {
        if let url = ProcessInfo.processInfo.environment["KINSHIP_DATABASE_URL"], !url.isEmpty {
            let configuration = try ConnectionConfiguration(url: url)
            await FreshDatabase.dropAbandoned(on: configuration)
            return Found(configuration: configuration)
        }
        var options = EmbeddedServerOptions()
        options.settings = ["max_connections": "300"]
        let server = try await EmbeddedServer.start(options)
        return Found(configuration: try ConnectionConfiguration(url: server.url, environment: [:]), embedded: server)
    }
}
