// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import Libpq
import Logging
import RelationPlanner

/// Where the database is and how long it may take.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the database is: postgres://user@host:port/name. Default: KINSHIP_DATABASE_URL, else the PG* variables.",
            valueName: "url"),
        completion: .list([]))
    var database: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How long one statement may take; connecting takes 10 at most.", valueName: "seconds"),
        completion: .list(["1", "10", "60", "600"]))
    var timeout: Double = 60

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long to wait for a database that can't be reached yet or is still starting. Default: not at all.",
            valueName: "seconds"))
    var wait: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "byLevel: a round trip for each level of the tree. oneTrip: one for the whole tree. Default: what is faster over the measured round trip.",
            valueName: "strategy"),
        completion: .list(Choice.words(of: Strategy.self)), transform: Choice.value)
    var strategy: Strategy?

    @Flag(name: .long, help: "Let all statements of a tree see the same snapshot of the data.")
    var consistent = false

    @Flag(name: .long, help: "Show instants with microseconds, not with milliseconds.")
    var microseconds = false

    @Flag(name: .long, help: "Show integers beyond 2^53, which JavaScript's numbers can't hold, as strings.")
    var bigIntegersAsStrings = false

    @Flag(name: .long, help: "Say on standard error what the connection does.")
    var verbose = false

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout is a number of seconds, more than 0 and at most 86400.")
        }
        guard wait.map({ $0 > 0 && $0 <= 86_400 }) ?? true else {
            throw ValidationError("--wait is a number of seconds, more than 0 and at most 86400.")
        }
    }

    /// The URL that was given, nil when it is left to the PG* variables.
    var url: String? {
        let variable = ProcessInfo.processInfo.environment["KINSHIP_DATABASE_URL"] ?? ""
        return database ?? (variable.isEmpty ? nil : variable)
    }

    /// What to connect with.
    func configuration() throws -> ConnectionConfiguration {
        var configuration = try url.map { try ConnectionConfiguration(url: $0) } ?? ConnectionConfiguration()
        prepare(&configuration)
        return configuration
    }

    /// Sets what every connection of the command has in common.
    func prepare(_ configuration: inout ConnectionConfiguration) {
        configuration.statementTimeout = .seconds(timeout)
        if configuration.applicationName == nil { configuration.applicationName = "kinship" }
    }

    /// A pool for one caller, that says when there is no server at once, or after the time that was given for it to come.
    var pool: PoolConfiguration {
        var pool = PoolConfiguration(minimumConnections: 1, maximumConnections: 1)
        pool.acquireTimeout = .seconds(15)
        pool.startup = wait.map { .waiting(upTo: .seconds($0)) } ?? .failFast
        return pool
    }

    /// Silent unless asked: what goes wrong is reported as an error, once.
    var logger: Logger {
        guard verbose else { return Logger(label: "kinship") { _ in SwiftLogNoOpLogHandler() } }
        var logger = Logger(label: "kinship") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .debug
        return logger
    }

    /// How trees are read.
    var trees: TreeOptions {
        TreeOptions(
            strategy: strategy, snapshot: consistent ? .consistent : .perStatement,
            json: JSONOptions(microseconds: microseconds, bigIntegersAsStrings: bigIntegersAsStrings))
    }

    /// Opens the database, runs the body, and closes it in any case. What is odd about models and database goes to `warn`.
    func withDatabase<R: Sendable>(
        _ schema: Schema, connection: ConnectionConfiguration? = nil, pool: PoolConfiguration? = nil,
        trees: TreeOptions? = nil, logger: Logger? = nil,
        warn: ([DefinitionWarning]) async -> Void = { _ in }, _ body: (Database) async throws -> R
    ) async throws -> R {
        let configuration = try connection ?? self.configuration()
        do {
            return try await Database.withDatabase(
                schema: schema, connection: configuration, pool: pool ?? self.pool, trees: trees ?? self.trees,
                logger: logger ?? self.logger
            ) { database in
                let known = Set(schema.warnings)
                await warn(database.schema.warnings.filter { !known.contains($0) })
                return try await body(database)
            }
        } catch let error as SchemaError {
            var failure = Failure(error)
            failure.status = .configuration
            failure.message = "The models don't fit the database \(configuration)."
            failure.remedy =
                "is it the right database (--database)? Do --models describe it? --schema says in which schema its tables are"
            throw failure
        } catch let error as PostgresError where url == nil {
            throw unnamed(error)
        }
    }

    /// When no database was named, that is what to do about a connection that fails: libpq tried one of its own choice.
    private func unnamed(_ error: PostgresError) -> Failure {
        var failure = Failure(error)
        let environment = ProcessInfo.processInfo.environment
        let isNamed = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGPORT"].contains { environment[$0]?.isEmpty == false }
        guard !isNamed, failure.status == .unavailable || environment["PGDATABASE"] == nil, error.isAboutConnecting
        else { return failure }
        failure.details.append(
            "No database was named, so the one on this machine was tried that is called like the user.")
        failure.remedy =
            "name one: --database postgres://user@host/name, or KINSHIP_DATABASE_URL; \"kinship demo --keep\" starts one "
            + "with a sample shop"
        return failure
    }
}

extension PostgresError {
    /// Whether there was no connection at all.
    fileprivate var isAboutConnecting: Bool {
        [.connectFailed, .connectTimeout, .connectsStuck, .authenticationFailed, .acquireTimeout].contains(code)
    }
}
