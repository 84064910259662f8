// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import Logging
public import RelationPlanner

/// A schema and a pool of connections to the database that holds its tables.
///
/// ```swift
/// let schema = try SchemaLoader.load(directory: "Examples/models")
/// let database = try await Database.open(
///     schema: schema, connection: ConnectionConfiguration(url: "postgres://app@localhost/shop"))
/// let graph = try await database.find("Order", filter: #"{"limit": 10, "include": ["customer", "items"]}"#)
/// print(String(decoding: try graph.json(), as: UTF8.self))
/// await database.close()
/// ```
public final class Database: Sendable {
    /// The connections.
    public let pool: ConnectionPool
    /// How trees are read.
    public let trees: TreeOptions
    /// How long a round trip to the server took when the database was opened, the work of both ends included.
    public let roundTrip: Duration
    /// Whether the default scope of what is asked for is left out; see ``unscoped``.
    public let isUnscoped: Bool
    /// The logger of the request it answers; see ``with(logger:)``.
    let requestLogger: Logger?
    /// The models as they were given, before the database had a say.
    private let definitions: Schema
    /// Shared with the database it is another form of.
    private let current: Current

    private final class Current: Sendable {
        let state: Locked<State>

        init(_ planning: Planning) { state = Locked(State(planning: planning)) }
    }

    private struct State {
        /// What new requests are answered with.
        var planning: Planning
        /// The refresh it is from, and the last one that was begun.
        var refresh = 0
        var lastRefresh = 0
        /// See ``Catalog/losesSettings``: once seen it is remembered.
        var losesSettings = false
    }

    /// The models, their columns' types taken from the database as it was when its catalog was last read.
    public var schema: Schema { planning.schema }

    /// What the models' scopes mean.
    package var scopedSchema: ScopedSchema { planning.scoped }

    /// What a request is planned and answered with from its beginning to its end.
    var planning: Planning {
        let shared = current.state.withLock { $0.planning }
        return hasOwnTrees ? Planning(shared, trees: trees) : shared
    }

    /// Whether its options aren't those it was opened with.
    private let hasOwnTrees: Bool

    /// Connects, and holds the schema against the database's catalog.
    ///
    /// - Parameters:
    ///   - schema: the models.
    ///   - connection: where the database is.
    ///   - pool: how many connections, and how they are kept.
    ///   - trees: how trees of related records are read.
    ///   - logger: takes notices of the server, warnings of the pool, and what is odd in the models (`schema.warnings`).
    /// - Throws: ``PostgresError`` when there is no connection to be had; `SchemaError` with every table and column that the
    ///   models name and the database does not have.
    /// - Note: Five statements in one round trip, and five round trips that are timed, once.
    public static func open(
        schema: Schema, connection: ConnectionConfiguration,
        pool configuration: PoolConfiguration = PoolConfiguration(), trees: TreeOptions = TreeOptions(),
        logger: Logger = Logger(label: "kinship")
    ) async throws -> Database {
        let pool = ConnectionPool(configuration: configuration, connection: connection, logger: logger)
        do {
            try await pool.start()
            let (catalog, roundTrip) = try await pool.withConnection { connection in
                (try await CatalogReader.read(for: schema, on: connection), try await timeRoundTrip(connection))
            }
            let planning = try Planning(
                schema, catalog: catalog, trees: trees, roundTrip: roundTrip, timeout: connection.statementTimeout,
                logger: logger, metrics: DatabaseMetrics(configuration))
            logger.log(planning.schema.warnings)
            return Database(definitions: schema, planning: planning, pool: pool)
        } catch {
            await pool.shutdown(deadline: .seconds(1))
            throw error
        }
    }

    /// The shortest of five.
    private static func timeRoundTrip(_ connection: Connection) async throws -> Duration {
        let clock = ContinuousClock()
        var shortest = Duration.seconds(3600)
        for _ in 0..<5 {
            let start = clock.now
            try await connection.execute(Statement("", preparation: .unnamed))
            shortest = min(shortest, clock.now - start)
        }
        return shortest
    }

    private init(definitions: Schema, planning: Planning, pool: ConnectionPool) {
        self.definitions = definitions
        self.pool = pool
        trees = planning.trees
        roundTrip = planning.roundTrip
        current = Current(planning)
        isUnscoped = false
        requestLogger = nil
        hasOwnTrees = false
    }

    /// Another form of a database.
    private init(_ database: Database, isUnscoped: Bool, logger: Logger?, trees: TreeOptions? = nil) {
        definitions = database.definitions
        pool = database.pool
        self.trees = trees ?? database.trees
        roundTrip = database.roundTrip
        current = database.current
        self.isUnscoped = isUnscoped
        requestLogger = logger
        hasOwnTrees = database.hasOwnTrees || trees != nil
    }

    /// The same database with other options for trees: limits of one request, say.
    ///
    /// ```swift
    /// var options = database.trees
    /// options.maximumRows = 500
    /// let graph = try await database.with(trees: options).find("Order", filter: ["include": "items"])
    /// ```
    ///
    /// It shares pool, catalog and plans; closing it closes both. To make one costs next to nothing.
    public func with(trees: TreeOptions) -> Database {
        Database(self, isUnscoped: isUnscoped, logger: requestLogger, trees: trees)
    }

    /// The same database without the default scope of what is asked for (D32).
    ///
    /// ```swift
    /// let all = try await database.unscoped.find("Task")
    /// ```
    ///
    /// Every operation leaves out the default scope of the model it names; those of included models, of relations and
    /// named scopes apply. Of a relation's accessor (``related(_:id:relation:scopes:filter:)``) the record and the targets
    /// are asked for, so that the default scopes of both are left out. It shares pool, catalog and plans; closing it closes
    /// both.
    public var unscoped: Database {
        isUnscoped ? self : Database(self, isUnscoped: true, logger: requestLogger)
    }

    /// The same database for one request of the program's own, whose logger hears of it.
    ///
    /// ```swift
    /// var logger = Logger(label: "shop")
    /// logger[metadataKey: "request"] = "\(UUID())"
    /// let orders = try await database.with(logger: logger).find("Order", filter: ["limit": 10])
    /// ```
    ///
    /// Statements, at trace level, and warnings about rows go to it, with its metadata; what concerns the connections stays
    /// with the logger that the database was opened with. It shares pool, catalog and plans; closing it closes both.
    public func with(logger: Logger) -> Database { Database(self, isUnscoped: isUnscoped, logger: logger) }

    /// Watches what is done.
    func observer(_ planning: Planning) -> Observer {
        Observer(logger: requestLogger, metrics: planning.metrics.operations)
    }

    /// Reads the database's catalog again: after a migration, when an index was made or dropped, when statistics have
    /// changed much.
    ///
    /// ```swift
    /// try await database.refreshCatalog()
    /// ```
    ///
    /// Requests that begin after it has returned are planned for the tables, types and indexes as they were when it was
    /// called, or later; those that are running keep to what they began with. Without a refresh answers stay right when
    /// indexes come and go, only slower than need be. A column whose type was changed is noticed and needs none; a unique index
    /// that was dropped does, once there are rows it would have refused.
    ///
    /// - Throws: `SchemaError` with every table and column that the models name and the database no longer has, and
    ///   ``PostgresError``; what was known before stays in use.
    /// - Note: Five statements in one round trip.
    public func refreshCatalog() async throws {
        let (refresh, losesSettings) = current.state.withLock { state in
            state.lastRefresh += 1
            return (state.lastRefresh, state.losesSettings)
        }
        let shared = current.state.withLock { $0.planning }
        var catalog = try await pool.withConnection { try await CatalogReader.read(for: definitions, on: $0) }
        catalog.losesSettings = losesSettings
        let planning = try Planning(
            definitions, catalog: catalog, trees: shared.trees, roundTrip: roundTrip, timeout: shared.timeout,
            logger: shared.logger, metrics: shared.metrics)
        planning.logger.log(planning.schema.warnings, besides: self.planning.schema.warnings)
        current.state.withLock { state in
            // Of several at once the one that was begun last has seen the latest state.
            guard refresh > state.refresh else { return }
            state.planning = planning
            state.refresh = refresh
        }
    }

    /// Reads the catalog again, and hands no keys over on the server any more.
    func stopHandingOver() async throws {
        current.state.withLock { $0.losesSettings = true }
        planning.logger.warning(
            "Keys that a statement left on the server were not there for the next one: trees are read level by level from now on"
        )
        try await refreshCatalog()
    }

    /// Waits for what is running and closes the connections.
    ///
    /// - Parameter deadline: how long running requests may take; they are cancelled then.
    public func close(deadline: Duration = .seconds(10)) async {
        await pool.shutdown(deadline: deadline)
    }
}
