// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The answer to a filter in batches, each a ``Graph`` with its included relations, fetched when it is pulled.
///
/// ```swift
/// let stream = try database.stream("Order", filter: ["where": ["status": "open"], "include": "items"])
/// for try await graph in stream {
///     try await response.write(graph.jsonLines())
/// }
/// ```
///
/// * Nothing is fetched ahead: the server works when ``Iterator/next(isolation:)`` is called, and not in between. The stream
///   itself holds one batch at most; batches that are kept, or records made of them, are the caller's.
/// * The first pull leases a connection and opens a cursor in a transaction (`REPEATABLE READ READ ONLY`): all batches and
///   their included relations show the database as it was then.
/// * The connection goes back to the pool with the last batch, at the first error, when the task is cancelled, or when the
///   iterator is let go, as `break` does in a loop. The pool ends the transaction, without the caller waiting for it.
/// * While it is pulled it takes a connection of the pool: other requests made in the loop take another one. Whoever pulls
///   slowly keeps a snapshot open on the server, which holds VACUUM back; an `idle_in_transaction_session_timeout` of the
///   server ends the stream with `CONNECTION_LOST`.
/// * Of a ``Transaction`` it takes that one's connection: what its batches see is a matter of the transaction's isolation, its
///   cursor is closed with the last batch or by the transaction's end, and to pull it later is `MISUSE`.
///
/// The stream is a value: it can be iterated again and by several tasks, each time with a cursor of its own.
public struct GraphStream: AsyncSequence, Sendable {
    /// One batch: records with their included relations, at least one.
    public typealias Element = Graph
    /// What can go wrong: ``PostgresError``, `CancellationError`, and ``PlannerError`` for a regular expression that the
    /// server refuses and for a batch that is larger than ``TreeOptions`` allows.
    public typealias Failure = any Error

    let source: ConnectionSource
    let planning: Planning
    let plan: PreparedPlan
    let values: [BoundValue]
    let trees: TreeOptions
    let batchSize: Int
    /// Watches the batches.
    let observer: Observer
    /// Where the stream was asked for.
    let site: (fileID: StaticString, line: UInt)
    /// Makes the stream that is really pulled, where that can't be known before.
    var begin: (@Sendable () async throws -> GraphStream)?
    /// Makes of a batch what is shown of it.
    var show: (@Sendable (Graph) async throws -> Graph)?

    init(
        _ source: ConnectionSource, _ planning: Planning, _ plan: PreparedPlan, _ values: [BoundValue],
        _ trees: TreeOptions,
        batchSize: Int, observer: Observer, fileID: StaticString, line: UInt
    ) {
        self.source = source
        self.planning = planning
        self.plan = plan
        self.values = values
        self.trees = trees
        self.batchSize = batchSize
        self.observer = observer
        site = (fileID, line)
    }

    /// The records one at a time, as JSON bytes.
    ///
    /// ```swift
    /// for try await record in try database.stream("Customer").records {
    ///     print(String(decoding: record, as: UTF8.self))
    /// }
    /// ```
    public var records: RecordStream { RecordStream(self) }

    /// An iterator at the beginning; nothing is sent until it is pulled.
    public func makeAsyncIterator() -> Iterator { Iterator(cursor: StreamCursor(self)) }

    /// Pulls the batches. Its copies share one cursor.
    public struct Iterator: AsyncIteratorProtocol {
        let cursor: StreamCursor

        /// The next batch, nil after the last one and after an error.
        ///
        /// - Throws: ``PostgresError``, among them `ACQUIRE_TIMEOUT` when no connection is to be had, and `MISUSE` when
        ///   another call of the same iterator is under way; `CancellationError`. The stream has ended then.
        /// - Note: One statement, the first time three in one round trip, and those of the included relations. The last
        ///   batch is known by being short, so a full last batch takes one more statement.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Graph? {
            try await cursor.next(isolation: actor)
        }
    }
}
