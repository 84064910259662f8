// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import Logging
public import RelationPlanner

extension Database {
    /// Opens a database for as long as the body runs, and closes it however that ends.
    ///
    /// ```swift
    /// let orders = try await Database.withDatabase(schema: schema, connection: configuration) { database in
    ///     try await database.count("Order").count
    /// }
    /// ```
    ///
    /// For scripts, commands and tests. A server keeps the one it has opened.
    ///
    /// - Parameters:
    ///   - schema: the models.
    ///   - connection: where the database is.
    ///   - pool: how many connections, and how they are kept.
    ///   - trees: how trees of related records are read.
    ///   - hooks: what the program does besides when records are read, written and deleted.
    ///   - logger: takes notices of the server and warnings of the pool.
    ///   - body: what is done with it; it must not keep the database.
    /// - Returns: what the body gives back.
    /// - Throws: what ``open(schema:connection:pool:trees:hooks:logger:)`` and the body throw.
    /// - Note: The statements of ``open(schema:connection:pool:trees:hooks:logger:)`` and those of the body.
    public static func withDatabase<R>(
        schema: Schema, connection: ConnectionConfiguration, pool: PoolConfiguration = PoolConfiguration(),
        trees: TreeOptions = TreeOptions(), hooks: Hooks = Hooks(), logger: Logger = Logger(label: "kinship"),
        isolation: isolated (any Actor)? = #isolation, _ body: (Database) async throws -> R
    ) async throws -> R {
        let database = try await open(
            schema: schema, connection: connection, pool: pool, trees: trees, hooks: hooks, logger: logger)
        let result: Result<R, any Error>
        do {
            result = .success(try await body(database))
        } catch {
            result = .failure(error)
        }
        await database.close()
        return try result.get()
    }
}
