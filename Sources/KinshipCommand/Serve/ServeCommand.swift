// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import ArgumentParser
import Foundation
import Kinship
import KinshipHummingbird
import KinshipLifecycle
import KinshipREST
import Logging
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer HTTP requests with LoopBack 3's routes.",
        discussion: """
            Examples:
              kinship serve --models models --database postgres://app@localhost/shop
              kinship serve --access open --cors https://app.example --port 8080
              curl 'http://127.0.0.1:3000/api/Customers?filter[limit]=3'

            Everybody may read and nobody may write, unless --access says something else. Models with access rules (acls) \
            are not served until --access says what is to hold, for the rules are not kept yet.

            GET /health says that the process runs, GET /ready that the database answers. SIGTERM and Ctrl-C let requests \
            that are under way come to their end.
            """)

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let schema = try await models.load()
        let logger = server.logger
        var pool = database.pool
        pool.maximumConnections = server.connections
        pool.acquireTimeout = .seconds(5)
        try await database.withDatabase(schema, pool: pool, logger: logger, warn: models.tell) { database in
            let service = RESTService(database, server.options(logger))
            guard !service.isClosedByRules else {
                throw Failure(
                    .configuration, "The models have access rules (acls), which are not kept yet.",
                    remedy: "say what is to hold instead: --access read, open or none")
            }
            try await serve(service, database, logger)
        }
    }

    private func serve(_ service: RESTService, _ database: Database, _ logger: Logger) async throws {
        let (host, path, routes) = (server.host, server.basePath, service.routes.routes.count)
        let http = KinshipServer(service, host: host, port: server.port, logger: logger) { port in
            await Terminal.say("kinship answers \(routes) routes at http://\(host):\(port)\(path); Ctrl-C ends it.")
        }
        var configuration = ServiceGroupConfiguration(services: [database, http], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(server.grace)
        let group = ServiceGroup(configuration: configuration)
        Interruption.shared.onInterrupt { Task { await group.triggerGracefulShutdown() } }
        do {
            try await group.run()
        } catch {
            throw Failure(
                .unavailable, "The server can't listen at \(host):\(server.port), or has failed: \(error).",
                remedy: "choose another --port, or stop what listens there")
        }
    }
}
#endif
