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
              kinship serve --jwt-keys issuer.pem --jwt-issuer https://login.example --jwt-audience shop
              kinship serve --access open --cors https://app.example --port 8080
              curl 'http://127.0.0.1:3000/api/Customers?filter[limit]=3'

            Access rules (acls) of the models are kept, with LoopBack's tokens, roles and rows of rules where the database has their tables; \
            where no model has any, everybody may read and nobody may write. --access says something else, --who prints what holds. \
            Tokens (JWT) count where their keys are given, beside LoopBack's. \
            KINSHIP_COOKIE_SECRET is what cookies with tokens are signed with.

            GET /health says that the process runs, GET /ready that the database answers. SIGTERM and Ctrl-C let requests \
            that are under way come to their end. --metrics shows what is measured at http://127.0.0.1:9464/metrics, for Prometheus.
            """)

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Access rules") var rules: RuleOptions
    @OptionGroup(title: "Tokens") var tokens: TokenOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions

    func validate() throws {
        guard !tokens.areTaken || server.access == nil || server.access == .rules else {
            throw ValidationError(
                "With --access \(server.access?.rawValue ?? "") nobody looks at tokens: leave it out.")
        }
    }

    func run() async throws {
        let schema = try rules.applied(to: try await models.load())
        let examples = try server.examples.map { try ExampleFile.examples(in: $0, of: schema) } ?? [:]
        let logger = server.logger
        // What is made before that isn't measured.
        let registry = rules.who ? nil : metrics.begin()
        var pool = database.pool
        pool.maximumConnections = server.connections
        pool.acquireTimeout = .seconds(5)
        try await database.withDatabase(schema, pool: pool, logger: logger, warn: models.tell) { database in
            var options = try server.options(logger, rules, tokens, database.schema)
            options.examples = examples
            let service = RESTService(database, options)
            guard service.ruleProblems.isEmpty else {
                throw Failure(
                    .configuration, service.ruleProblems.joined(separator: " "),
                    remedy: "correct the rules, or say what is to hold instead: --access read, open or none")
            }
            let listing = service.accessListing.map { "\($0)" }.joined(separator: "\n")
            // Where rules are kept and let nobody do anything that is said as well.
            let said = options.access == nil ? server.accessLine(database.schema) : listing
            let who = said.isEmpty ? "nobody may do anything: no rule of the models lets them" : said
            if rules.who { return print(who) }
            await Terminal.say("who may call what:\n\(who)")
            try await serve(service, database, logger, registry)
        }
    }

    private func serve(
        _ service: RESTService, _ database: Database, _ logger: Logger, _ registry: MetricsRegistry?
    ) async throws {
        let (host, path, routes) = (server.host, server.basePath, service.routes.routes.count)
        let http = KinshipServer(service, host: host, port: server.port, logger: logger) { port in
            await Terminal.say("kinship answers \(routes) routes at http://\(host):\(port)\(path); Ctrl-C ends it.")
        }
        let measured = registry.map { metricsServer($0, logger) }
        let services: [(any Service)?] = [database, measured, http]
        var configuration = ServiceGroupConfiguration(services: services.compactMap(\.self), logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(server.grace)
        let group = ServiceGroup(configuration: configuration)
        Interruption.shared.onInterrupt { Task { await group.triggerGracefulShutdown() } }
        do {
            try await group.run()
        } catch {
            let other = measured == nil ? "" : " or \(metrics.metricsHost):\(metrics.metricsPort)"
            throw Failure(
                .unavailable, "The server can't listen at \(host):\(server.port)\(other), or has failed: \(error).",
                remedy:
                    "choose another --port\(measured == nil ? "" : " or --metrics-port"), or stop what listens there")
        }
    }

    /// What shows what is measured.
    private func metricsServer(_ registry: MetricsRegistry, _ logger: Logger) -> TextServer {
        let host = metrics.metricsHost
        return TextServer(
            path: MetricsOptions.path, type: MetricsRegistry.contentType, host: host, port: metrics.metricsPort,
            logger: logger,
            onListening: { port in await Terminal.say("metrics are at http://\(host):\(port)\(MetricsOptions.path)") },
            text: { registry.text })
    }
}
#endif
