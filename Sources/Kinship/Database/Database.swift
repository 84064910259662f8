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
///
/// As a ``Session`` it takes a connection of the pool for each operation, for as long as that needs one; see
/// ``Session/withTransaction(isolation:readOnly:deferrable:actor:fileID:line:_:)`` for several operations in one transaction.
public final class Database: Session {
    /// What the operations run with.
    public let context: SessionContext

    /// The connections.
    public var pool: ConnectionPool { context.state.pool }

    /// Connects, and holds the schema against the database's catalog.
    ///
    /// - Parameters:
    ///   - schema: the models.
    ///   - connection: where the database is.
    ///   - pool: how many connections, and how they are kept.
    ///   - trees: how trees of related records are read.
    ///   - hooks: what the program does besides when records are read, written and deleted.
    ///   - logger: takes notices of the server, warnings of the pool, and what is odd in the models (`schema.warnings`).
    /// - Throws: ``PostgresError`` when there is no connection to be had; `SchemaError` with every table and column that the
    ///   models name and the database does not have; with every model that there are hooks for and the schema doesn't have, before
    ///   anything is connected.
    /// - Note: Seven statements in one round trip, and five round trips that are timed, once.
    public static func open(
        schema: Schema, connection: ConnectionConfiguration,
        pool configuration: PoolConfiguration = PoolConfiguration(), trees: TreeOptions = TreeOptions(),
        hooks: Hooks = Hooks(), logger: Logger = Logger(label: "kinship")
    ) async throws -> Database {
        let registry = try HookRegistry(hooks, of: schema)
        let pool = ConnectionPool(configuration: configuration, connection: connection, logger: logger)
        do {
            try await pool.start()
            let (catalog, roundTrip) = try await pool.withConnection { connection in
                (try await CatalogReader.read(for: schema, on: connection), try await timeRoundTrip(connection))
            }
            let planning = try Planning(
                schema, catalog: catalog, trees: trees, roundTrip: roundTrip, timeout: connection.statementTimeout,
                logger: logger, metrics: DatabaseMetrics(configuration), deciding: registry?.accessed ?? [])
            logger.log(planning.schema.warnings)
            let state = DatabaseState(
                schema, planning, pool: pool,
                changes: ChangeHub(connection, ChangeWatch(pool: pool), logger: logger))
            return Database(SessionContext(state, trees: trees, hooks: registry))
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

    private init(_ context: SessionContext) { self.context = context }

    /// The same session with another context; see ``Session/with(trees:)`` instead.
    public func with(_ context: SessionContext) -> Database { Database(context) }

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
    /// - Note: Six statements in one round trip.
    public func refreshCatalog() async throws { try await context.state.refresh() }

    /// Waits for what is running and closes the connections; who listens to changes hears no more.
    ///
    /// - Parameter deadline: how long running requests may take; they are cancelled then.
    public func close(deadline: Duration = .seconds(10)) async {
        context.state.changes.close()
        await pool.shutdown(deadline: deadline)
    }
}
