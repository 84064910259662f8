// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// One pass through a stream: a leased connection in a transaction with a cursor. However it ends, letting go of the lease
/// ends all three.
final class StreamCursor {
    private enum State {
        case notBegun
        case open(ConnectionLease)
        /// A pull is under way.
        case pulling
        case ended
    }

    private let stream: GraphStream
    private var state = State.notBegun

    init(_ stream: GraphStream) { self.stream = stream }

    /// Fetches the next batch and loads what is included with it; nil at the end.
    func next(isolation: isolated (any Actor)? = #isolation) async throws -> Graph? {
        var lease: ConnectionLease?
        switch state {
        case .notBegun: break
        case .open(let open): lease = open
        case .pulling:
            throw PostgresError(
                .misuse, "A batch of this stream is being fetched already; wait for it, or iterate the stream again.")
        case .ended: return nil
        }
        state = .pulling
        do {
            try Task.checkCancellation()
            var held = lease
            let graph = try await stream.observer.observe(.stream, stream.plan, isolation: isolation) {
                let isFirst = held == nil
                let lease: ConnectionLease
                if let held {
                    lease = held
                } else {
                    lease = try await stream.pool.lease(
                        isolation: isolation, fileID: stream.site.fileID, line: stream.site.line)
                    held = lease
                }
                return try await stream.batch(on: lease.connection, isFirst: isFirst)
            }
            guard let held else { return nil }
            state = graph.count < stream.batchSize ? .ended : .open(held)
            return graph.count > 0 ? graph : nil
        } catch {
            state = .ended
            // The transaction has failed, and is over: its connection goes back before another one is asked for.
            lease = nil
            let pool = stream.pool
            throw await ValueFault(plan: stream.plan, values: stream.values).explain(error) {
                try await pool.execute($0)
            }
        }
    }
}

extension GraphStream {
    /// The cursor's name; it lives in a transaction of its own.
    private static let cursor = "kinship_stream"

    /// Fetches one batch of root rows, and loads what is included for them.
    func batch(on connection: Connection, isFirst: Bool) async throws -> Graph {
        do {
            return try await load(on: connection, isFirst: isFirst)
        } catch let error as PostgresError where error.code == .statementInvalidated && isFirst {
            // A table was changed since a statement was prepared; nothing has been shown yet that this could contradict.
            try await connection.execute(Statement("ROLLBACK", preparation: .unnamed))
            return try await load(on: connection, isFirst: true)
        }
    }

    private func load(on connection: Connection, isFirst: Bool) async throws -> Graph {
        let clock = ContinuousClock()
        let start = clock.now
        let statements = try (isFirst ? opening() : []) + [fetch]
        let rows = try await trees.asking(place: { _ in nil }) {
            try await connection.pipeline(statements, limits: trees.room(beside: TreeSize())).last
        }
        guard let rows else { throw PostgresError(.misuse, "A batch needs a statement.") }
        var run = PlanRun(
            plan, values: values, trees, timeout: planning.timeout, root: rows, statements: statements.count,
            duration: clock.now - start)
        return try await DeferredIncludes(planning: planning, trees: run.options)
            .complete(run(on: connection), on: connection)
    }

    /// A transaction whose statements all see the same rows, and the cursor: the root's statement with its values.
    private func opening() throws -> [Statement] {
        let select = try PlanRun.rootStatement(of: plan, values)
        return [
            Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", preparation: .unnamed),
            Statement(
                "DECLARE \(Self.cursor) NO SCROLL CURSOR FOR \(select.text)", select.parameters,
                preparation: .unnamed),
        ]
    }

    private var fetch: Statement {
        Statement("FETCH FORWARD \(batchSize) FROM \(Self.cursor)", preparation: .unnamed)
    }
}
