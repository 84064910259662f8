// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
import KinshipHummingbird
import KinshipLifecycle
import KinshipREST
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport

/// The corpus's database behind a server on a port of its own.
struct ServedDatabase {
    let database: Database
    let made: TestDatabase
    let service: RESTService
    let client: RawHTTP
    private let group: ServiceGroup

    private static let count = Atomic(0)

    /// Runs something with such a server, and ends it.
    static func run(
        connections: Int = 6, server: KinshipServer.Options = .init(), attaching functions: ModelFunctions = [:],
        own: (tables: String, models: [ModelDefinition])? = nil, hooks: Hooks = Hooks(),
        _ configure: (inout RESTOptions) -> Void = { _ in },
        _ body: (ServedDatabase) async throws -> Void
    ) async throws {
        let made = try await TestDatabase.named("served-\(count.add(1, ordering: .relaxed).newValue)")
        let corpus = Repository.path("Tests/Fixtures/conformance")
        try await made.run(
            try own?.tables ?? String(contentsOfFile: corpus + "/small-data.sql", encoding: .utf8))
        let schema =
            try own.map { try Schema(definitions: $0.models) }
            ?? SchemaLoader.load(directory: corpus + "/models").attaching(functions)
        var pool = PoolConfiguration(minimumConnections: 1, maximumConnections: connections)
        pool.acquireTimeout = .seconds(20)
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: made.url), pool: pool, hooks: hooks)
        var options = RESTOptions()
        options.policy = OpenPolicy()
        configure(&options)
        let service = RESTService(database, options)
        let (ports, port) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let http = KinshipServer(service, port: 0, options: server, logger: logger) {
            port.yield($0)
            port.finish()
        }
        let group = ServiceGroup(services: [database, http], logger: logger)
        let running = Task { try await group.run() }
        guard let number = await ports.first(where: { _ in true }) else { return try await running.value }
        let served = ServedDatabase(
            database: database, made: made, service: service, client: RawHTTP(port: number), group: group)
        do {
            try await body(served)
        } catch {
            await group.triggerGracefulShutdown()
            try await running.value
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    /// The corpus's tables and models, for those who change the models a little.
    static func corpus(
        _ change: (inout ModelDefinition) -> Void
    ) throws -> (tables: String, models: [ModelDefinition]) {
        let folder = Repository.path("Tests/Fixtures/conformance")
        let models = try SchemaLoader.load(directory: folder + "/models").definitions.map { definition in
            var definition = definition
            change(&definition)
            return definition
        }
        return (try String(contentsOfFile: folder + "/small-data.sql", encoding: .utf8), models)
    }

    /// Asks the server to end.
    func end() async { await group.triggerGracefulShutdown() }

    /// What all tables hold, in short.
    func contents() async throws -> [[String?]] {
        let names = try await made.run(
            "select table_name from information_schema.tables where table_schema = 'public' order by table_name")
        let parts = names.compactMap { $0.first ?? nil }.map { name in
            "select '\(name)', md5(coalesce(string_agg(t::text, '' order by t::text), '')) from \"\(name)\" as t"
        }
        return try await made.run(parts.joined(separator: " union all ") + " order by 1")
    }
}
#endif
