// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import Synchronization

/// One pass through a stream: a cursor on a leased connection in a transaction, or on the one of a caller's transaction. However it
/// ends, letting go of the lease ends lease, transaction and cursor.
final class StreamCursor {
    private enum State {
        case notBegun
        case open(Place)
        /// A pull is under way.
        case pulling
        case ended
    }

    /// Where the cursor is.
    private enum Place {
        case lease(ConnectionLease)
        case transaction(HeldConnection)
    }

    /// For the names of cursors in callers' transactions, which may hold several.
    private static let count = Atomic(0)

    private var stream: GraphStream
    private let name: String
    private var state = State.notBegun

    init(_ stream: GraphStream) {
        self.stream = stream
        name =
            switch stream.source {
            case .pool: "kinship_stream"
            case .transaction: "kinship_stream_\(Self.count.add(1, ordering: .relaxed).newValue)"
            }
    }

    /// Fetches the next batch and loads what is included with it; nil at the end.
    func next(isolation: isolated (any Actor)? = #isolation) async throws -> Graph? {
        var place: Place?
        switch state {
        case .notBegun: break
        case .open(let open): place = open
        case .pulling:
            throw PostgresError(
                .misuse, "A batch of this stream is being fetched already; wait for it, or iterate the stream again.")
        case .ended: return nil
        }
        state = .pulling
        do {
            try Task.checkCancellation()
            if place == nil, let begin = stream.begin { stream = try await begin() }
            var held = place
            let (stream, name) = (stream, name)
            let graph = try await stream.observer.observe(.stream, of: stream.plan.modelName, isolation: isolation) {
                let isFirst = held == nil
                let place: Place
                switch (held, stream.source) {
                case (let known?, _): place = known
                case (nil, .transaction(let connection, _)): place = .transaction(connection)
                case (nil, .pool(let pool)):
                    pool.warnOfWaiting(stream.observer.logger ?? stream.planning.logger)
                    place = .lease(
                        try await pool.lease(
                            isolation: isolation, fileID: stream.site.fileID, line: stream.site.line))
                }
                held = place
                switch place {
                case .lease(let lease):
                    return try await stream.batch(of: name, .connection(lease.connection), isFirst: isFirst)
                case .transaction(let connection):
                    return try await connection.use(isolation: isolation) {
                        try await stream.batch(of: name, .transaction(connection), isFirst: isFirst)
                    }
                }
            }
            guard let held else { return nil }
            let shown = graph.count > 0 ? try await stream.show?(graph) ?? graph : nil
            state = graph.count < stream.batchSize ? .ended : .open(held)
            return shown
        } catch {
            state = .ended
            // The transaction has failed, and is over: its connection goes back before another one is asked for.
            place = nil
            let source = stream.source
            throw await ValueFault(plan: stream.plan, values: stream.values).explain(error) {
                try await source.probe($0)
            }
        }
    }
}

extension GraphStream {
    /// Fetches one batch of root rows, and loads what is included for them.
    func batch(of cursor: String, _ carrier: Carrier, isFirst: Bool) async throws -> Graph {
        do {
            return try await load(cursor, carrier, isFirst: isFirst)
        } catch let error as PostgresError where error.code == .statementInvalidated && isFirst {
            guard case .connection(let connection) = carrier else { throw error }
            // A table was changed since a statement was prepared; nothing has been shown yet that this could contradict.
            try await connection.execute(Statement("ROLLBACK", preparation: .unnamed))
            return try await load(cursor, carrier, isFirst: true)
        }
    }

    private func load(_ cursor: String, _ carrier: Carrier, isFirst: Bool) async throws -> Graph {
        let isOwn = if case .connection = carrier { true } else { false }
        var statements: [Statement] = []
        if isFirst {
            // A transaction whose statements all see the same rows, and the cursor: the root's statement with its values.
            if isOwn {
                statements.append(
                    Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", preparation: .unnamed))
                // Behind that, which has to be the first; it holds as long as the transaction does.
                if let wall = planning.wall { statements.append(try wall.statement) }
            }
            let select = try plan.rootStatement(values)
            statements.append(
                Statement(
                    "DECLARE \(cursor) NO SCROLL CURSOR FOR \(select.text)", select.parameters, preparation: .unnamed))
        }
        statements.append(Statement("FETCH FORWARD \(batchSize) FROM \(cursor)", preparation: .unnamed))
        let (results, duration) = try await trees.asking(
            place: { _ in nil },
            {
                try await carrier.pipeline(
                    statements, limits: trees.room(beside: TreeSize()), behind: isOwn ? nil : planning.wall)
            })
        guard let rows = results.last else { throw PostgresError(.misuse, "A batch needs a statement.") }
        if !isOwn, rows.count < batchSize {
            // The lease takes its own with it; here it would be in the way of changes of its tables.
            _ = try await carrier.execute(Statement("CLOSE \(cursor)", preparation: .unnamed))
        }
        return try await TreeDriver(carrier: carrier, planning: planning, options: trees).run(
            plan, values, root: rows, statements: statements.count, duration: duration)
    }
}
