// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import EmbeddedPostgres
internal import Foundation
internal import Libpq

/// Which server, and where the benchmark's files are.
struct ServerOptions: ParsableArguments {
    /// A database with the benchmark's tables.
    struct Place {
        /// How to connect to it.
        var connection: ConnectionConfiguration
        /// The URL that was given or made; another process that is given it finds the same database.
        var url: String
    }

    @Option(help: "The database's URL; default: KINSHIP_DATABASE_URL, else a private server of its own.")
    var database: String?

    @Option(help: "The folder with bench-data.sql and models.")
    var data = "sql/bench"

    /// Runs `body` with a database that has the benchmark's tables.
    func withDatabase(_ body: (Place) async throws -> Void) async throws {
        do {
            try await withServer(body)
        } catch let error as PostgresError {
            // The sentence alone, not all the fields.
            throw BenchmarkError(error.message)
        }
    }

    private func withServer(_ body: (Place) async throws -> Void) async throws {
        let benchmark = BenchmarkData(directory: data)
        if let url = database ?? ProcessInfo.processInfo.environment["KINSHIP_DATABASE_URL"], !url.isEmpty {
            let connection = try await benchmark.ready(ConnectionConfiguration(url: url))
            return try await body(Place(connection: connection, url: url))
        }
        var options = EmbeddedServerOptions()
        options.settings["shared_buffers"] = "256MB"
        let server = try await EmbeddedServer.start(options)
        do {
            let connection = try await benchmark.ready(ConnectionConfiguration(url: server.url))
            try await body(Place(connection: connection, url: server.url))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}
