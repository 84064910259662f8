// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import RelationPlanner

/// The schema as one state of the database has it, and all that was made of it. A request takes it once and keeps to it, so
/// that a catalog that is read again in the meantime can't mix two states.
final class Planning: Sendable {
    /// How many bytes the texts of what each cache keeps may have together.
    private static let mostKept = 32 << 20

    /// The models, their columns' types taken from the database.
    let schema: Schema
    /// What their scopes mean.
    let scoped: ScopedSchema
    let planner: Planner
    /// How trees are read.
    let trees: TreeOptions
    /// How long a round trip to the server takes.
    let roundTrip: Duration
    /// How long a request's work in memory may take: as long as a statement.
    let timeout: Duration?
    /// Takes warnings about rows.
    let logger: Logger
    /// What came of requests, by the request as it came.
    let requests: RecentCache<RequestKey, RequestTemplate>
    /// Plans by the shape of their filter.
    let plans: RecentCache<PlanKey, PreparedPlan>
    /// Requests for one record by the filter as it came.
    let lookups: RecentCache<LookupKey, KeyLookup>
    /// Changes by their shapes.
    let changes: RecentCache<ChangeKey, PreparedPlan>
    /// Plans of one new record, by what it has values of.
    let creations: RecentCache<CreationKey, PreparedPlan>
    /// How data of new records become values, by model.
    let forms: RecordForms
    /// Counts what is done.
    let metrics: DatabaseMetrics
    /// The models of which the program decides which records may be reached.
    let accessed: [String]
    /// What each round trip says of the tenant to the database's own policies; nil for nothing.
    let wall: TenantWall?
    /// Whether models are named by operations on relations that lead to them, and not by who asks.
    let isFollowing: Bool

    /// - Throws: ``SchemaError`` with every table and column that the models name and the database does not have.
    init(
        _ definitions: Schema, catalog: Catalog, trees: TreeOptions, roundTrip: Duration, timeout: Duration?,
        logger: Logger,
        metrics: DatabaseMetrics, deciding accessed: [String] = []
    ) throws(SchemaError) {
        var scoped = try ScopedSchema(definitions, applying: catalog)
        schema = scoped.schema
        if !accessed.isEmpty {
            scoped.access = AccessConditions(Set(accessed.compactMap { try? scoped.schema.id(of: $0) }))
        }
        self.scoped = scoped
        self.accessed = accessed
        wall = nil
        isFollowing = false
        planner = Planner(schema: schema, catalog: catalog)
        self.trees = trees
        self.roundTrip = roundTrip
        self.timeout = timeout
        self.logger = logger
        self.metrics = metrics
        // Filters may be of a megabyte, and their shapes are the clients' to choose.
        requests = RecentCache(limit: 1024, mostWeight: Self.mostKept, metrics: metrics.requests)
        plans = RecentCache(limit: 1024, mostWeight: Self.mostKept, metrics: metrics.plans)
        lookups = RecentCache(limit: 1024, mostWeight: Self.mostKept, metrics: metrics.lookups)
        changes = RecentCache(limit: 1024, mostWeight: Self.mostKept, metrics: metrics.changes)
        creations = RecentCache(limit: 1024, mostWeight: Self.mostKept)
        forms = RecordForms()
    }

    /// The same with other options, for requests that have their own; plans are shared.
    init(
        _ other: Planning, trees: TreeOptions, scoped: ScopedSchema? = nil, wall: TenantWall? = nil,
        isFollowing: Bool = false
    ) {
        self.isFollowing = isFollowing
        self.wall = wall ?? other.wall
        schema = other.schema
        self.scoped = scoped ?? other.scoped
        planner = other.planner
        self.trees = trees
        accessed = other.accessed
        roundTrip = other.roundTrip
        timeout = other.timeout
        logger = other.logger
        metrics = other.metrics
        requests = other.requests
        plans = other.plans
        lookups = other.lookups
        changes = other.changes
        creations = other.creations
        forms = other.forms
    }

    /// A list's filter that is resolved, with the default limit where it has none.
    func limited(_ resolved: Filter) -> Filter {
        guard let limit = trees.defaultLimit, resolved.limit == nil else { return resolved }
        var limited = resolved
        limited.limit = .rows(max(1, limit))
        return limited
    }
}
