// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Logging
public import RelationPlanner

// In more files than most types: each room that offers operations adds its own here.

/// What records are read through: a ``Database``, or a ``Transaction`` on one connection of it.
///
/// ```swift
/// func openOrders(of customer: Int, in session: some Session) async throws -> Graph {
///     try await session.find("Order", filter: ["where": ["customerId": customer, "status": "open"]])
/// }
/// let now = try await openOrders(of: 7, in: database)
/// let same = try await database.withTransaction { transaction in
///     try await openOrders(of: 7, in: transaction)
/// }
/// ```
///
/// Every operation is one of sessions, so that it does the same in and out of a transaction. ``unscoped``, ``with(trees:)`` and
/// ``with(logger:)`` are the same session in another form. Only the library's own types are sessions.
public protocol Session: AnyObject, Sendable {
    /// What the operations run with.
    var context: SessionContext { get }
    /// The same session with another context; see ``with(trees:)`` instead.
    func with(_ context: SessionContext) -> Self
}

extension Session {
    /// How trees are read.
    public var trees: TreeOptions { context.trees }

    /// How long a round trip to the server took when the database was opened, the work of both ends included.
    public var roundTrip: Duration { context.state.roundTrip }

    /// Whether the default scope of what is asked for is left out; see ``unscoped``.
    public var isUnscoped: Bool { context.isUnscoped }

    /// The models, their columns' types taken from the database as it was when its catalog was last read.
    public var schema: Schema { context.state.planning.schema }

    /// What the models' scopes mean.
    package var scopedSchema: ScopedSchema { context.state.planning.scoped }

    /// The same session with other options for trees: limits of one request, say.
    ///
    /// ```swift
    /// var options = database.trees
    /// options.maximumRows = 500
    /// let graph = try await database.with(trees: options).find("Order", filter: ["include": "items"])
    /// ```
    ///
    /// It shares connections, catalog and plans; closing a database closes its other forms. To make one costs next to nothing.
    public func with(trees: TreeOptions) -> Self { with(context.with(trees: trees)) }

    /// The same session without the default scope of what is asked for (D32).
    ///
    /// ```swift
    /// let all = try await database.unscoped.find("Task")
    /// ```
    ///
    /// Every operation leaves out the default scope of the model it names; those of included models, of relations and
    /// named scopes apply. Of a relation's accessor (``related(_:id:relation:scopes:filter:)``) the record and the targets
    /// are asked for, so that the default scopes of both are left out. It shares connections, catalog and plans; closing a
    /// database closes its other forms.
    public var unscoped: Self { isUnscoped ? self : with(context.unscoped) }

    /// The same session for one request of the program's own, whose logger hears of it.
    ///
    /// ```swift
    /// var logger = Logger(label: "shop")
    /// logger[metadataKey: "request"] = "\(UUID())"
    /// let orders = try await database.with(logger: logger).find("Order", filter: ["limit": 10])
    /// ```
    ///
    /// Statements, at trace level, and warnings about rows go to it, with its metadata; what concerns the connections stays
    /// with the logger that the database was opened with. It shares connections, catalog and plans; closing a database closes
    /// its other forms.
    public func with(logger: Logger) -> Self { with(context.with(logger: logger)) }

    /// The same session, which shows of related records what may be seen: for who answers somebody who may not see everything.
    ///
    /// What a relation leads to is asked about when a request is resolved; records that are asked for by themselves aren't.
    package func showing(_ related: RelatedAccess) -> Self { with(context.showing(related)) }
}
